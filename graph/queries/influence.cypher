// question: Which papers of the graph are cited most, and how do their claims stand?
// param limit = 100
MATCH (p:Paper)-[:CITES]->(q:Paper)
WITH q, count(DISTINCT p.id) AS citations, min(p.year) AS first_cited
OPTIONAL MATCH (q)-[:MAKES]->(c:Claim)
WITH q, citations, first_cited, count(DISTINCT c.id) AS claims
OPTIONAL MATCH (q)-[:MAKES]->(d:Claim)-[:CONTRADICTS|DIFFERS_IN_SCOPE]-(o:Claim)
WHERE o.paper_id <> q.id
RETURN q.id AS paper, q.title AS title, q.year AS year, q.stub AS stub, citations, first_cited, claims,
       count(DISTINCT d.id) AS opposed
ORDER BY citations DESC, paper
LIMIT $limit
