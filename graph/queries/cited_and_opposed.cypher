// question: Which papers make claims that point the other way than claims of a work that they cite?
// param limit = 100
MATCH (p:Paper)-[:CITES]->(q:Paper)
MATCH (p)-[:MAKES]->(c:Claim)-[r:CONTRADICTS|DIFFERS_IN_SCOPE]-(d:Claim)<-[:MAKES]-(q)
RETURN p.id AS paper, q.id AS cited, type(r) AS relation, c.statement AS statement, d.statement AS cited_statement,
       c.id AS claim, d.id AS other
ORDER BY paper, cited, relation, claim, other
LIMIT $limit
