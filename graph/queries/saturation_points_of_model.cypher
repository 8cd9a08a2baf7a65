// question: At which share of the corpus does a model saturate, on each evaluation, by printed points?
// param model = ""
// param limit = 200
MATCH (s:SaturationPoint)-[:OF]->(m:Model)
WHERE s.source = 'published' AND s.status = 'as_printed' AND NOT s.evaluation ENDS WITH '_spikein'
  AND ($model = '' OR m.id = $model OR m.name = $model)
RETURN m.id AS model, s.dataset_id AS dataset, s.task_id AS task, s.metric_id AS metric, s.regime AS regime,
       s.sampling AS sampling, s.rule AS rule, s.fraction AS fraction, s.outcome AS outcome, s.id AS point
ORDER BY model, task, dataset, sampling, rule, point
LIMIT $limit
