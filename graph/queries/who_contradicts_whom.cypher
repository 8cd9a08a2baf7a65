// question: Who contradicts whom: pairs of papers by how many claims point in opposite directions?
// param paper = ""
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[r:CONTRADICTS|DIFFERS_IN_SCOPE]-(d:Claim)<-[:MAKES]-(q:Paper)
WHERE p.id < q.id AND ($paper = '' OR p.id = $paper OR q.id = $paper)
RETURN p.id AS paper, q.id AS other, p.title AS title, q.title AS other_title, type(r) AS relation,
       count(r) AS pairs, count(DISTINCT c.id) AS claims, count(DISTINCT d.id) AS other_claims
ORDER BY pairs DESC, paper, other, relation
LIMIT $limit
