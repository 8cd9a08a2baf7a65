// question: Which models are known, with their family, year, species, licences, size, corpus and how a cell is given to them?
// param objective = ""
// param limit = 200
MATCH (m:Model)
WHERE $objective = '' OR m.objective = $objective
OPTIONAL MATCH (c:Claim)-[:ABOUT]->(m)
RETURN m.id AS model, m.name AS title, m.variant_of AS variant_of, m.role AS role, m.year AS year, m.species AS species,
       m.input AS input, m.objective AS objective, m.supervision AS supervision, m.architecture AS architecture,
       m.parameters AS parameters, m.frozen_parameters AS frozen_parameters, m.vocabulary_genes AS vocabulary_genes,
       m.genes_per_cell AS genes_per_cell, m.corpus_id AS corpus, m.corpus_cells AS corpus_cells,
       m.licence_code AS licence_code, m.licence_weights AS licence_weights, m.weights_url AS weights_url,
       m.read_on AS read_on, count(DISTINCT c.id) AS claims
ORDER BY role, model
LIMIT $limit
