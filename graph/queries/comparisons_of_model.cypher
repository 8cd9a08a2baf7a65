// question: What is a model compared with, by whom, on which task or set, and which comes out ahead?
// param model = ""
// param limit = 500
MATCH (p:Paper)-[:MAKES]->(c:Claim)
WHERE c.kind = 'comparison' AND ($model = '' OR $model IN c.subject_ids OR $model IN c.comparator_ids)
RETURN c.id AS claim, c.direction AS direction, c.polarity AS polarity, c.subject_ids AS subjects,
       c.comparator_ids AS comparators, c.task_id AS task, c.dataset_id AS dataset, c.metric_id AS metric,
       c.regime AS regime, c.statement AS statement, p.id AS paper, p.year AS year
ORDER BY claim
LIMIT $limit
