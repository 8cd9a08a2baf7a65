// question: Which claims are second-hand: said by a summary or a commentary, or reported of somebody else's work?
// param limit = 100
MATCH (p:Paper)-[:MAKES]->(c:Claim)
WHERE c.attribution = 'cited' OR c.evidence_type IN ['summary', 'commentary']
RETURN p.kind AS told_as, c.evidence_type AS told_by, c.attribution AS attribution, c.attributed_to AS attributed_to,
       c.kind AS kind, c.statement AS statement, p.title AS paper, c.location AS location, c.id AS claim
ORDER BY told_by, attribution, kind, claim
LIMIT $limit
