// question: How small an effect could the data behind a verdict have shown, and how large was the one that they show?
// param basis = ""
// param limit = 100
MATCH (e:Evidence)-[:EVIDENCE_FOR]->(c:Claim)
WHERE e.mde IS NOT NULL AND ($basis = '' OR e.basis = $basis)
RETURN c.id AS claim, c.kind AS kind, e.basis AS basis, e.verdict AS verdict, e.effect AS effect, e.mde AS mde,
       abs(e.effect) >= e.mde AS above, e.n AS n, c.statement AS statement, e.id AS evidence
ORDER BY mde, claim, evidence
LIMIT $limit
