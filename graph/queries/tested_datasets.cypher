// question: Which evaluation sets carry the field: how many claims, published scores and scores of ours stand on each?
// param limit = 100
MATCH (d:Dataset)
OPTIONAL MATCH (c:Claim)-[a:ABOUT]->(d)
WHERE a.role = 'dataset'
WITH d, count(DISTINCT c.id) AS claims
OPTIONAL MATCH (r:Result)-[:`ON`]->(d)
WHERE r.source = 'published'
WITH d, claims, count(r.id) AS published
OPTIONAL MATCH (o:Result)-[:`ON`]->(d)
WHERE o.source <> 'published'
WITH d, claims, published, count(o.id) AS others
WHERE claims + published + others > 0
RETURN d.id AS dataset, d.name AS title, d.cells AS cells, claims, published, others
ORDER BY claims DESC, published DESC, others DESC, dataset
LIMIT $limit
