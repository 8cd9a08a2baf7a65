"""``biorxivist search | get | sync | load | cite``: find papers, read, harvest and cite them."""
