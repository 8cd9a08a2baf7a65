// question: What changed between versions of a paper: claims of one version beside those of another on the same matter?
// param paper = ""
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[r:AGREES_WITH|CONTRADICTS|DIFFERS_IN_SCOPE]-(d:Claim)<-[:MAKES]-(p)
WHERE c.version_id < d.version_id AND ($paper = '' OR p.id = $paper OR $paper IN p.dois)
RETURN p.id AS paper, c.version_id AS version, d.version_id AS other_version, type(r) AS relation, c.kind AS kind,
       c.statement AS statement, d.statement AS other_statement, c.value AS score, d.value AS other_score,
       c.id AS claim, d.id AS other
ORDER BY paper, version, other_version, relation, claim, other
LIMIT $limit
