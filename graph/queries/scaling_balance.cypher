// question: Does more pre-training data help? How many claims say yes, level off or no, by training objective.
// param axis = "cells"
// param limit = 50
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[a:ABOUT]->(m:Model)
WHERE a.role = 'subject' AND c.kind IN ['scaling', 'saturation'] AND c.direction IS NOT NULL
  AND ($axis = '' OR c.kind = 'saturation' OR c.unit = $axis)
WITH coalesce(m.objective, 'several or none') AS objective,
     CASE WHEN c.direction IN ['+', 'no_plateau'] THEN 'keeps rising'
          WHEN c.direction = 'plateau' THEN 'levels off'
          WHEN c.direction = '0' THEN 'no effect'
          ELSE 'falls' END AS answer,
     c, p
RETURN objective, answer, count(DISTINCT c.id) AS claims, count(DISTINCT p.id) AS papers, min(p.year) AS first_year,
       max(p.year) AS last_year
ORDER BY objective, answer
LIMIT $limit
