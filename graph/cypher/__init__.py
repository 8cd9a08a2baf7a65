"""The read language of :mod:`graph.guard`: scanned, parsed, reviewed, checked with the schema, printed anew."""
