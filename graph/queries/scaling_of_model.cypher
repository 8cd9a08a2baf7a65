// question: Does a model gain from more cells or more parameters, or level off, and who says so?
// param model = ""
// param axis = "cells"
// param limit = 200
MATCH (p:Paper)-[:MAKES]->(c:Claim)
WHERE (($axis = 'cells' AND c.kind = 'saturation') OR (c.kind = 'scaling' AND c.unit = $axis))
  AND ($model = '' OR $model IN c.subject_ids)
RETURN c.id AS claim, c.kind AS kind, c.direction AS direction, c.polarity AS polarity, c.task_id AS task,
       c.regime AS regime, c.fraction AS fraction, c.statement AS statement, p.id AS paper, p.year AS year
ORDER BY kind, claim
LIMIT $limit
