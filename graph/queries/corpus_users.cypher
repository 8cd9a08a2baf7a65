// question: Who used which pre-training corpus: models, and the papers that introduce or study them?
// param corpus = ""
// param limit = 200
MATCH (m:Model)
WHERE m.corpus_id IS NOT NULL
MATCH (d:Dataset)
WHERE d.id = m.corpus_id AND ($corpus = '' OR d.id = $corpus OR d.name = $corpus)
OPTIONAL MATCH (p:Paper)
WHERE m.id IN p.model_ids
RETURN d.id AS corpus, d.cells AS cells, m.id AS model, m.objective AS objective, m.parameters AS parameters,
       p.id AS paper, p.year AS year
ORDER BY corpus, model, year, paper
LIMIT $limit
