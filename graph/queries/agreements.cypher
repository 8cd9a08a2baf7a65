// question: Which claims of different papers agree?
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[r:AGREES_WITH]->(d:Claim)<-[:MAKES]-(q:Paper)
WHERE p.id <> q.id
RETURN c.id AS claim, d.id AS other, c.statement AS statement, d.statement AS other_statement,
       p.title AS paper, q.title AS other_paper, r.reasons AS reasons
ORDER BY claim, other
LIMIT $limit
