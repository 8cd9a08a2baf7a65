// question: Do models level off earlier zero-shot or after fine-tuning, by published saturation points?
// param limit = 100
MATCH (s:SaturationPoint)-[:OF]->(m:Model)
WHERE s.source = 'published' AND s.status = 'as_printed' AND NOT s.evaluation ENDS WITH '_spikein'
  AND s.fraction IS NOT NULL
RETURN m.id AS model, s.regime AS regime, s.task_id AS task, count(s.id) AS points,
       round(avg(s.fraction), 4) AS mean_fraction, min(s.fraction) AS lowest, max(s.fraction) AS highest
ORDER BY model, regime, task
LIMIT $limit
