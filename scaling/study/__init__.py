"""A study: read from a file, planned as runs, executed by processes, written as records."""
