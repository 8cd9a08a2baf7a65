"""Harvests: a query over a range of days into the archive, in steps that survive a kill."""
