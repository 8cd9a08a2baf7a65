// question: Do larger models help? What papers claim about the number of parameters, beside the model's own size.
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[a:ABOUT]->(m:Model)
WHERE a.role = 'subject' AND c.kind = 'scaling' AND c.unit = 'parameters'
RETURN m.id AS model, m.parameters AS parameters, m.objective AS objective, c.direction AS direction,
       c.statement AS statement, p.title AS paper, p.year AS year, c.id AS claim
ORDER BY model, direction, claim
LIMIT $limit
