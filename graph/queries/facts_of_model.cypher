// question: What is known of a model and of its versions: size, corpus, species, objective, licences?
// param model = ""
// param limit = 100
MATCH (m:Model)
WHERE $model = '' OR m.id = $model OR m.name = $model OR m.variant_of = $model
RETURN m.id AS model, m.name AS title, m.variant_of AS variant_of, m.year AS year, m.species AS species,
       m.objective AS objective, m.supervision AS supervision, m.architecture AS architecture, m.input AS input,
       m.vocabulary_genes AS vocabulary_genes, m.genes_per_cell AS genes_per_cell, m.parameters AS parameters,
       m.frozen_parameters AS frozen_parameters, m.corpus_id AS corpus, m.corpus_cells AS corpus_cells,
       m.licence_code AS licence_code, m.licence_weights AS licence_weights, m.weights_url AS weights_url,
       m.source_url AS source_url
ORDER BY model
LIMIT $limit
