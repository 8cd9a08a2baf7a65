// question: What do other claims say to this one: agree, contradict, or differ in scope, and why?
// param claim = ""
// param limit = 100
MATCH (c:Claim)-[r:AGREES_WITH|CONTRADICTS|DIFFERS_IN_SCOPE]-(d:Claim)<-[:MAKES]-(q:Paper)
WHERE ($claim = '' AND c.id < d.id) OR c.id = $claim
RETURN c.id AS claim, type(r) AS relation, d.id AS other, d.statement AS other_statement, q.title AS other_paper,
       q.year AS year, r.reasons AS reasons
ORDER BY claim, relation, other
LIMIT $limit
