"""Papers: search, fetch, parse, harvest and cite them, and merge what several sources know of one."""
