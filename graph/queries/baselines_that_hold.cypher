// question: Where does a simple baseline do as well as, or better than, the model that it is compared with?
// param model = ""
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[a:ABOUT]->(m:Model)
MATCH (c)-[b:ABOUT]->(o:Model)
WHERE a.role = 'subject' AND b.role = 'comparator' AND c.kind = 'comparison' AND c.polarity = 'asserted'
  AND ((m.role = 'baseline' AND o.role <> 'baseline' AND c.direction IN ['>', '~'])
    OR (o.role = 'baseline' AND m.role <> 'baseline' AND c.direction IN ['<', '~']))
  AND ($model = '' OR m.id = $model OR o.id = $model)
RETURN CASE WHEN m.role = 'baseline' THEN m.id ELSE o.id END AS baseline,
       CASE WHEN m.role = 'baseline' THEN o.id ELSE m.id END AS model,
       CASE WHEN c.direction = '~' THEN 'as good' ELSE 'better' END AS baseline_is, c.task_id AS task,
       c.regime AS regime, c.statement AS statement, p.title AS paper, p.year AS year, c.id AS claim
ORDER BY baseline, model, claim
LIMIT $limit
