// question: Which models were pre-trained on which corpus, by the facts of the models and by our runs?
// param limit = 200
MATCH (d:Dataset)
OPTIONAL MATCH (m:Model)
WHERE m.corpus_id = d.id
WITH d, count(m.id) AS models
OPTIONAL MATCH (r:Run)-[:PRETRAINED_ON]->(d)
WITH d, models, count(r.id) AS runs
WHERE models > 0 OR runs > 0
RETURN d.id AS dataset, d.name AS title, d.cells AS cells, models, runs
ORDER BY models DESC, runs DESC, dataset
LIMIT $limit
