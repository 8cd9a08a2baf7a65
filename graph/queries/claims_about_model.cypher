// question: What do papers claim about a model, as subject or as what it is compared with?
// param model = ""
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[a:ABOUT]->(m:Model)
WHERE $model = '' OR m.id = $model OR m.name = $model
RETURN m.id AS model, a.role AS role, c.id AS claim, c.kind AS kind, c.direction AS direction,
       c.statement AS statement, p.title AS paper, p.year AS year
ORDER BY model, role, year, claim
LIMIT $limit
