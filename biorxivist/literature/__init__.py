"""Papers: found at the sources, fetched, parsed, harvested and cited; what is known of a work, put together."""
