"""Claims out of text: sentences -> mentions and clauses -> drafts -> verified claims.

Every extractor yields drafts (`draft.Draft`), and only `verify` makes a Claim of one. A false assertion weighs more
than a miss, so a rule that does not recognise the shape of a clause yields nothing.
"""
