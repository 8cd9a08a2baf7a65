// question: What is known of a corpus or evaluation set: cells, genes, species, tissue, licence, collection?
// param dataset = ""
// param limit = 100
MATCH (d:Dataset)
WHERE $dataset = '' OR d.id = $dataset OR d.name = $dataset
RETURN d.id AS dataset, d.name AS title, d.parent_id AS collection, d.species AS species, d.tissue AS tissue,
       d.cells AS cells, d.used_cells AS used_cells, d.genes AS genes, d.license AS license, d.part_of AS part_of,
       d.source_url AS source_url
ORDER BY dataset
LIMIT $limit
