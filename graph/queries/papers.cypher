// question: Which papers are in the graph, and how many claims does each make?
// param limit = 200
MATCH (p:Paper)
WHERE p.stub = false
OPTIONAL MATCH (p)-[:MAKES]->(c:Claim)
RETURN p.id AS paper, p.title AS title, p.year AS year, p.venue AS venue, p.topic AS topic, p.verified AS verified,
       count(c.id) AS claims
ORDER BY claims DESC, paper
LIMIT $limit
