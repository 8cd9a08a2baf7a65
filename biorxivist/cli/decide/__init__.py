"""``biorxivist ask | check | evidence | explain | compare | show``: what is claimed, and what holds."""
