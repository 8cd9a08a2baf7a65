// question: How has the field's view of data scaling moved: claims by year and direction?
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)
WHERE c.kind IN ['scaling', 'saturation'] AND c.direction IS NOT NULL AND c.attribution = 'own'
RETURN p.year AS year, c.direction AS direction, c.polarity AS polarity, count(c.id) AS claims,
       count(DISTINCT p.id) AS papers
ORDER BY year, direction, polarity
LIMIT $limit
