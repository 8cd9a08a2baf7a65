// question: By which metrics does the field judge, for which task, and how many models were scored by each?
// param limit = 100
MATCH (r:Result)-[:MEASURED_BY]->(m:Metric)
RETURN m.id AS metric, r.task_id AS task, r.source AS source, count(r.id) AS scores,
       count(DISTINCT r.model_id) AS models, count(DISTINCT r.dataset_id) AS datasets
ORDER BY metric, task, source
LIMIT $limit
