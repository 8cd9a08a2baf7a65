// question: Which claims are contested most: how many claims of other papers point the other way, how many agree?
// param kind = ""
// param limit = 50
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[:CONTRADICTS|DIFFERS_IN_SCOPE]-(d:Claim)
WHERE d.paper_id <> c.paper_id AND ($kind = '' OR c.kind = $kind)
WITH p, c, count(DISTINCT d.id) AS opposed
OPTIONAL MATCH (c)-[:AGREES_WITH]-(e:Claim)
WHERE e.paper_id <> c.paper_id
RETURN c.id AS claim, c.kind AS kind, c.direction AS direction, c.statement AS statement, p.title AS paper,
       opposed, count(DISTINCT e.id) AS agreeing
ORDER BY opposed DESC, agreeing DESC, claim
LIMIT $limit
