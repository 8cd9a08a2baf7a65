"""Answer outside of the engine what it has no way to give: the engine matches, this computes with the rows.

The embedded engine has no pattern comprehensions, map projections, ``reduce``, ``COLLECT {}`` and more, and gives some
expressions other values than Neo4j. A query that holds one of these is run clause by clause: each MATCH goes to the
engine (:mod:`graph.cypher.rows.matching`), and WITH, RETURN, UNWIND and every expression are computed here with Neo4j's
meaning. It runs in the child process of the store, under its limits on time and memory.
"""
