// question: Which models score best on an evaluation set, by each metric, by what papers print?
// param dataset = ""
// param metric = ""
// param limit = 500
MATCH (r:Result)-[:`ON`]->(d:Dataset)
WHERE r.source <> 'reproduced' AND r.status = 'as_printed' AND ($dataset = '' OR d.id = $dataset OR d.name = $dataset)
  AND ($metric = '' OR r.metric_id = $metric)
RETURN r.model_id AS model, d.id AS dataset, r.task_id AS task, r.metric_id AS metric, r.value AS score, r.low AS low,
       r.high AS high, r.regime AS regime, r.train_fraction AS train_fraction, r.fraction AS fraction,
       r.ablation AS ablation, r.evaluation AS evaluation, r.source AS source, r.paper_id AS paper,
       r.location AS location, r.id AS result
ORDER BY dataset, metric, score DESC, model, result
LIMIT $limit
