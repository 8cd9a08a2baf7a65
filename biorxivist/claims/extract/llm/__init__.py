"""A language model as a second extractor: it proposes, and the same `verify` that checks the rules decides.

A model sees one section at a time and must quote every claim. What it proposes is held against the whole sentence that
the quote stands in, as the rules read it: a quote cut out of a denial or a hypothesis makes no claim.
"""
