// question: Which claims contradict each other under the same conditions?
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[r:CONTRADICTS]->(d:Claim)<-[:MAKES]-(q:Paper)
RETURN c.id AS claim, d.id AS other, c.statement AS statement, d.statement AS other_statement,
       p.title AS paper, q.title AS other_paper, r.reasons AS reasons, r.rule AS rule
ORDER BY claim, other
LIMIT $limit
