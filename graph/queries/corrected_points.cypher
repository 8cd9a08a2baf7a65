// question: Which published saturation points are wrong as printed, where do they stand, and what should they be?
// param limit = 100
MATCH (s:SaturationPoint)
WHERE s.status = 'corrected'
MATCH (o:SaturationPoint)
WHERE o.status = 'as_printed' AND o.paper_id = s.paper_id AND o.evaluation = s.evaluation
  AND o.model_id = s.model_id AND o.dataset_id = s.dataset_id AND o.task_id = s.task_id
  AND o.metric_id = s.metric_id AND o.sampling = s.sampling AND o.rule = s.rule
  AND (o.fraction <> s.fraction OR o.outcome <> s.outcome)
RETURN s.paper_id AS paper, s.evaluation AS evaluation, s.model_id AS model, s.dataset_id AS dataset,
       s.sampling AS sampling, o.fraction AS as_printed, s.fraction AS corrected, o.location AS location, s.id AS point
ORDER BY paper, evaluation, model, dataset, sampling, as_printed, point
LIMIT $limit
