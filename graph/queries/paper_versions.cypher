// question: Where and when did a paper appear, in which versions?
// param paper = ""
// param limit = 200
MATCH (p:Paper)
WHERE p.stub = false AND ($paper = '' OR p.id = $paper OR $paper IN p.dois)
OPTIONAL MATCH (p)-[:HAS_VERSION]->(v:Version)
RETURN p.id AS paper, p.title AS title, p.venue AS venue, p.year AS year, p.posted AS posted, v.label AS version,
       v.doi AS doi, v.posted AS version_posted
ORDER BY paper, version
LIMIT $limit
