// question: What is claimed about a task or its narrower tasks?
// param task = ""
// param limit = 500
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[:ABOUT]->(t:Task)
WHERE $task = '' OR t.id = $task OR t.name = $task OR t.parent_id = $task
RETURN c.id AS claim, c.kind AS kind, c.direction AS direction, c.polarity AS polarity, c.subject_ids AS subjects,
       c.comparator_ids AS comparators, t.id AS task, c.regime AS regime, c.statement AS statement, p.id AS paper,
       p.year AS year
ORDER BY kind, claim
LIMIT $limit
