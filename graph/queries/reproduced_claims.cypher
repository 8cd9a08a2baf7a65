// question: Which claims of a paper did our runs, or its own printed numbers, bear out or not?
// param paper = ""
// param basis = ""
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)<-[:EVIDENCE_FOR]-(e:Evidence)
WHERE NOT e.verdict IN ['not_testable', 'inconclusive'] AND ($basis = '' OR e.basis = $basis)
  AND ($paper = '' OR p.id = $paper OR $paper IN p.dois)
RETURN p.id AS paper, e.verdict AS verdict, e.basis AS basis, c.id AS claim, c.kind AS kind, c.statement AS statement,
       e.effect AS effect, e.ci_low AS ci_low, e.ci_high AS ci_high, e.n AS n, e.rule AS rule
ORDER BY paper, verdict, basis, claim, rule
LIMIT $limit
