// question: What do our runs show of a claim, at what scale, and which papers say the opposite in which other scope?
// param claim = ""
// param paper = ""
// param limit = 20
MATCH (p:Paper)-[:MAKES]->(c:Claim)-[r:CONTRADICTS|DIFFERS_IN_SCOPE]-(d:Claim)<-[:MAKES]-(q:Paper)
WHERE ($claim = '' OR c.id = $claim) AND ($paper = '' OR q.id = $paper)
MATCH (s:SaturationPoint)-[:OF]->(m:Model)
WHERE m.parent_id IN c.subject_ids AND s.source = 'reproduced' AND s.rule = 'equivalence@1'
  AND s.checkpoint = 'chosen' AND s.dataset_id = 'dataset:held_out_mean' AND s.metric_id = 'metric:macro_f1'
OPTIONAL MATCH (c)<-[:EVIDENCE_FOR]-(e:Evidence)-[:USES]->(u:Result)
WHERE u.study = s.study
RETURN DISTINCT c.id AS claim, p.title AS paper, d.id AS other, q.title AS other_paper, d.statement AS other_claim,
       r.fields AS differ_in, m.name AS our_model, s.study AS study, s.outcome AS our_curve, s.cells AS enough,
       s.corpus_cells AS our_cells, c.corpus_cells AS its_cells, e.verdict AS verdict
ORDER BY claim, other, study, our_model, verdict
LIMIT $limit
