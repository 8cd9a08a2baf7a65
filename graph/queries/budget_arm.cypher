// question: Does the saturation point move when the training budget grows?
// param rule = "equivalence@1"
// param limit = 200
MATCH (s:SaturationPoint)-[:OF]->(m:Model)
WHERE s.source <> 'published' AND s.rule = $rule
RETURN m.id AS model, s.study AS study, s.evaluation AS evaluation, s.dataset_id AS dataset, s.metric_id AS metric,
       s.sampling AS sampling, s.steps AS steps, s.outcome AS outcome, s.fraction AS fraction, s.low AS low,
       s.high AS high, s.id AS point
ORDER BY model, study, evaluation, dataset, metric, sampling, steps, point
LIMIT $limit
