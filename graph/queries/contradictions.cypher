// question: Which claims contradict each other under the same conditions, or under conditions that differ in one field?
// param differing = 1
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[r:CONTRADICTS|DIFFERS_IN_SCOPE]->(d:Claim)<-[:MAKES]-(q:Paper)
WHERE type(r) = 'CONTRADICTS' OR size(r.fields) <= $differing
RETURN type(r) AS relation, c.id AS claim, d.id AS other, c.statement AS statement, d.statement AS other_statement,
       p.title AS paper, q.title AS other_paper, r.fields AS differs_in, r.reasons AS reasons, r.rule AS rule
ORDER BY relation, claim, other
LIMIT $limit
