// question: Which claims has nobody tested: no evidence, or only the verdict not_testable?
// param kind = ""
// param limit = 200
MATCH (p:Paper)-[:MAKES]->(c:Claim)
WHERE ($kind = '' OR c.kind = $kind)
  AND NOT EXISTS { MATCH (e:Evidence)-[:EVIDENCE_FOR]->(c) WHERE e.verdict <> 'not_testable' }
RETURN c.id AS claim, c.kind AS kind, c.statement AS statement, p.title AS paper, p.year AS year
ORDER BY kind, claim
LIMIT $limit
