// question: What does a paper claim, where does it say so, and what was found?
// param paper = ""
// param limit = 200
MATCH (p:Paper)-[:MAKES]->(c:Claim)
WHERE $paper = '' OR p.id = $paper OR $paper IN p.dois
OPTIONAL MATCH (e:Evidence)-[:EVIDENCE_FOR]->(c)
RETURN p.id AS paper, c.id AS claim, c.kind AS kind, c.direction AS direction, c.statement AS statement,
       c.quote AS quote, c.location AS location, c.source_url AS source_url, e.verdict AS verdict, e.basis AS basis
ORDER BY paper, kind, claim, basis, verdict
LIMIT $limit
