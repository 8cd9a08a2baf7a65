// question: At which share of the corpus do the published models saturate, and how often?
// param limit = 20
MATCH (s:SaturationPoint)
WHERE s.source = 'published' AND s.status = 'as_printed' AND NOT s.evaluation ENDS WITH '_spikein'
RETURN s.fraction AS fraction, count(s.id) AS points
ORDER BY fraction
LIMIT $limit
