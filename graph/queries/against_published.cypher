// question: Which scores differ from the number published for the same model, data and metric, and where do both stand?
// param tolerance = 0.0015
// param limit = 100
MATCH (r:Result)-[:OF]->(m:Model)
WHERE r.source = 'published' AND r.status = 'as_printed'
WITH m, r
MATCH (q:Result)-[:OF]->(m)
WHERE q.dataset_id = r.dataset_id AND q.task_id = r.task_id AND q.metric_id = r.metric_id
  AND (q.source <> 'published' OR r.location < q.location)
  AND (q.regime = r.regime OR q.regime IS NULL OR r.regime IS NULL)
  AND (q.sampling = r.sampling OR (q.sampling IS NULL AND r.sampling IS NULL))
  AND (q.fraction = r.fraction OR (q.fraction IS NULL AND r.fraction IS NULL))
  AND coalesce(q.train_fraction, 1.0) = coalesce(r.train_fraction, 1.0)
  AND coalesce(q.ablation, '') = coalesce(r.ablation, '')
  AND abs(q.value - r.value) > $tolerance
RETURN m.id AS model, r.dataset_id AS dataset, r.metric_id AS metric, r.value AS published, q.value AS score,
       round(q.value - r.value, 4) AS difference, q.source AS source, r.paper_id AS paper,
       r.location AS published_at, q.location AS score_at, r.id AS result, q.id AS other
ORDER BY model, dataset, metric, result, other
LIMIT $limit
