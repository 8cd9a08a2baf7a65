// question: Which numbers does a verdict rest on, and where do they stand?
// param claim = ""
// param limit = 200
MATCH (c:Claim)<-[:EVIDENCE_FOR]-(e:Evidence)-[:USES]->(r:Result)
WHERE $claim = '' OR c.id = $claim
RETURN c.id AS claim, e.verdict AS verdict, e.rule AS rule, r.source AS source, r.model_id AS model,
       r.dataset_id AS dataset, r.metric_id AS metric, r.fraction AS fraction, r.steps AS steps, r.seed_data AS seed,
       r.value AS score, r.location AS location, r.id AS result
ORDER BY claim, rule, model, dataset, metric, fraction, steps, seed, result
LIMIT $limit
