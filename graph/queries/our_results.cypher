// question: What did our own runs score, by model, evaluation, budget and size?
// param model = ""
// param evaluation = ""
// param metric = "metric:macro_f1"
// param limit = 500
MATCH (r:Result)-[:OF]->(m:Model)
WHERE r.source = 'reproduced' AND r.metric_id = $metric
  AND ($model = '' OR m.id = $model) AND ($evaluation = '' OR r.evaluation = $evaluation)
RETURN m.id AS model, r.evaluation AS evaluation, r.study AS study, r.sampling AS sampling, r.steps AS steps,
       r.fraction AS fraction, round(avg(r.value), 12) AS mean, min(r.value) AS lowest, max(r.value) AS highest, count(r.id) AS scores
ORDER BY model, evaluation, study, sampling, steps, fraction
LIMIT $limit
