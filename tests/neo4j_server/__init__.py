"""A throw-away Neo4j server for tests and for ``make neo4j``, from jars that Maven fetches."""
