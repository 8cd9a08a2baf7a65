// question: Does more pre-training data help? How many claims say yes, level off or no, by training objective.
// param axis = "cells"
// param limit = 50
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[a:ABOUT]->(m:Model)
WHERE a.role = 'subject' AND c.kind IN ['scaling', 'saturation'] AND c.direction IS NOT NULL
  AND ($axis = '' OR c.kind = 'saturation' OR c.unit = $axis)
WITH coalesce(m.objective, 'not stated') AS objective, c.polarity AS polarity,
     CASE c.direction WHEN '+' THEN 'keeps rising' WHEN 'no_plateau' THEN 'keeps rising'
          WHEN 'plateau' THEN 'levels off' WHEN '0' THEN 'no effect' WHEN '-' THEN 'falls'
          WHEN '>' THEN 'gains more than another' WHEN '<' THEN 'gains less than another'
          ELSE 'gains as much as another' END AS answer,
     c, p
RETURN objective, answer, polarity, count(DISTINCT c.id) AS claims, count(DISTINCT p.id) AS papers,
       min(p.year) AS first_year, max(p.year) AS last_year
ORDER BY objective, answer, polarity
LIMIT $limit
