// question: What is the evidence for or against a claim, with interval, gates and reasons?
// param claim = ""
// param limit = 100
MATCH (e:Evidence)-[:EVIDENCE_FOR]->(c:Claim)
WHERE $claim = '' OR c.id = $claim
RETURN c.id AS claim, e.id AS evidence, e.verdict AS verdict, e.basis AS basis, e.scale_ratio AS scale_ratio,
       e.effect AS effect, e.ci_low AS ci_low, e.ci_high AS ci_high, e.mde AS mde, e.n AS n, e.gates AS gates,
       e.failed_gates AS failed_gates, e.reasons AS reasons, e.rule AS rule, size(e.inputs) AS inputs
ORDER BY claim, evidence
LIMIT $limit
