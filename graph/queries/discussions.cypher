// question: Who comments on, summarises, retells or notes what others published, and what do they claim?
// param limit = 100
MATCH (p:Paper)-[:DISCUSSES]->(about:Paper)
OPTIONAL MATCH (p)-[:MAKES]->(c:Claim)
RETURN p.kind AS told_as, p.id AS paper, p.title AS title, p.year AS year, about.title AS discusses,
       count(DISTINCT c.id) AS claims
ORDER BY told_as, title, discusses
LIMIT $limit
