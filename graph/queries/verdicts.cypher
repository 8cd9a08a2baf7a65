// question: What did experiments and re-analyses find about the claims, and at what scale?
// param verdict = ""
// param limit = 200
MATCH (p:Paper)-[:MAKES]->(c:Claim)<-[:EVIDENCE_FOR]-(e:Evidence)
WHERE $verdict = '' OR e.verdict = $verdict
RETURN e.verdict AS verdict, e.basis AS basis, c.id AS claim, c.kind AS kind, c.statement AS statement,
       p.title AS paper, e.effect AS effect, e.ci_low AS ci_low, e.ci_high AS ci_high, e.mde AS mde, e.n AS n,
       e.scale_ratio AS scale_ratio, e.failed_gates AS failed_gates, e.id AS evidence
ORDER BY verdict, kind, claim, evidence
LIMIT $limit
