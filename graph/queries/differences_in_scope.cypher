// question: Which claims point in opposite directions, and which conditions differ between them?
// param field = ""
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[r:DIFFERS_IN_SCOPE]->(d:Claim)<-[:MAKES]-(q:Paper)
WHERE $field = '' OR $field IN r.fields
RETURN c.id AS claim, d.id AS other, r.fields AS fields, c.statement AS statement, d.statement AS other_statement,
       p.title AS paper, q.title AS other_paper, r.reasons AS reasons
ORDER BY claim, other
LIMIT $limit
