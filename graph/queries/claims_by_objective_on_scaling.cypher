// question: Does more pre-training data help? What papers claim, by the training objective of the model.
// param objective = ""
// param limit = 200
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[a:ABOUT]->(m:Model)
WHERE a.role = 'subject' AND c.kind IN ['scaling', 'saturation'] AND ($objective = '' OR m.objective = $objective)
RETURN m.objective AS objective, m.supervision AS supervision, m.id AS model, c.id AS claim, c.direction AS direction,
       c.polarity AS polarity, c.corpus_cells AS corpus_cells, c.fraction AS fraction, c.statement AS statement,
       p.title AS paper, p.year AS year
ORDER BY objective, supervision, model, claim
LIMIT $limit
