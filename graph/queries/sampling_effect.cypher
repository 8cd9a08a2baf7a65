// question: Does it matter how the cells were chosen? The share of the corpus that is enough, by sampling scheme.
// param source = "published"
// param limit = 200
MATCH (s:SaturationPoint)-[:OF]->(m:Model)
WHERE s.fraction IS NOT NULL AND s.status = 'as_printed' AND ($source = '' OR s.source = $source)
RETURN s.source AS source, s.evaluation AS evaluation, s.rule AS rule, s.sampling AS sampling,
       count(DISTINCT m.id) AS models, count(s.id) AS points, round(avg(s.fraction), 4) AS mean_fraction,
       max(s.fraction) AS highest
ORDER BY source, evaluation, rule, sampling
LIMIT $limit
