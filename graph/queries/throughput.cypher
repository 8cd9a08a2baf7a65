// question: What did our runs cost: seconds of training by model, size of the subset and budget?
// param study = ""
// param limit = 100
MATCH (r:Run)-[:TRAINS]->(m:Model)
WHERE r.seconds IS NOT NULL AND ($study = '' OR r.study = $study)
RETURN m.id AS model, r.study AS study, r.cells AS cells, r.steps AS steps, count(r.id) AS runs,
       round(avg(r.seconds), 1) AS mean_seconds, min(r.seconds) AS fastest, max(r.seconds) AS slowest
ORDER BY model, study, cells, steps
LIMIT $limit
