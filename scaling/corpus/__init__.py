"""Cells from outside: files, counts over one list of genes, which genes vary, which cells occur twice."""
