// question: At which share of the corpus does each model saturate?
// param source = "published"
// param limit = 200
MATCH (s:SaturationPoint)-[:OF]->(m:Model)
WHERE ($source = '' OR s.source = $source) AND s.status = 'as_printed'
RETURN m.id AS model, s.task_id AS task, s.sampling AS sampling, s.rule AS rule, s.fraction AS fraction,
       s.outcome AS outcome, count(s.id) AS points
ORDER BY model, task, sampling, rule, fraction, outcome
LIMIT $limit
