// question: Which scores do papers print for a model, on which set, by which metric, under which conditions?
// param model = ""
// param dataset = ""
// param limit = 500
MATCH (r:Result)-[:OF]->(m:Model)
WHERE r.source <> 'reproduced' AND r.status = 'as_printed' AND ($model = '' OR m.id = $model OR m.name = $model)
  AND ($dataset = '' OR r.dataset_id = $dataset)
RETURN m.id AS model, r.dataset_id AS dataset, r.task_id AS task, r.metric_id AS metric, r.value AS score, r.low AS low,
       r.high AS high, r.regime AS regime, r.train_fraction AS train_fraction, r.fraction AS fraction,
       r.ablation AS ablation, r.evaluation AS evaluation, r.source AS source, r.paper_id AS paper,
       r.location AS location, r.id AS result
ORDER BY model, dataset, metric, evaluation, result
LIMIT $limit
