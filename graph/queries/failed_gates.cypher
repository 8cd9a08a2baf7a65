// question: Why could claims not be judged: which condition failed, how often, for which kind of claim?
// param basis = "experiment"
// param limit = 100
MATCH (e:Evidence)-[:EVIDENCE_FOR]->(c:Claim)
WHERE ($basis = '' OR e.basis = $basis) AND e.failed_gates IS NOT NULL
UNWIND e.failed_gates AS gate
RETURN gate, c.kind AS kind, count(DISTINCT c.id) AS claims, count(DISTINCT c.paper_id) AS papers
ORDER BY claims DESC, gate, kind
LIMIT $limit
