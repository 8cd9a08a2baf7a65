// question: Which models are known, with which objective, supervision, size and corpus?
// param objective = ""
// param limit = 200
MATCH (m:Model)
WHERE $objective = '' OR m.objective = $objective
OPTIONAL MATCH (c:Claim)-[:ABOUT]->(m)
RETURN m.id AS model, m.name AS title, m.role AS role, m.objective AS objective, m.supervision AS supervision,
       m.architecture AS architecture, m.parameters AS parameters, m.corpus_id AS corpus, m.corpus_cells AS corpus_cells,
       count(DISTINCT c.id) AS claims
ORDER BY role, model
LIMIT $limit
