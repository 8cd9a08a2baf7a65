// question: How do claims of each kind fare: how many got which verdict, by experiment and by re-analysis?
// param limit = 100
MATCH (e:Evidence)-[:EVIDENCE_FOR]->(c:Claim)
RETURN c.kind AS kind, e.basis AS basis, e.verdict AS verdict, count(DISTINCT c.id) AS claims,
       count(e.effect) AS with_effect
ORDER BY kind, basis, verdict
LIMIT $limit
