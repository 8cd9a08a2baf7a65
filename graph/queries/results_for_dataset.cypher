// question: Which scores does the graph hold for an evaluation set, published and ours?
// param dataset = ""
// param limit = 200
MATCH (r:Result)-[:`ON`]->(d:Dataset)
WHERE $dataset = '' OR d.id = $dataset OR d.name = $dataset
RETURN d.id AS dataset, r.task_id AS task, r.metric_id AS metric, r.model_id AS model, r.evaluation AS evaluation,
       r.source AS source, r.status AS status, r.fraction AS fraction, r.value AS score, r.paper_id AS paper,
       r.location AS location, r.id AS result
ORDER BY dataset, task, metric, model, evaluation, source, fraction, result
LIMIT $limit
