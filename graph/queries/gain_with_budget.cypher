// question: How much do our models gain from the smallest subset to the whole corpus, at each training budget?
// param metric = "metric:macro_f1"
// param evaluation = "knn5_cross_study"
// param limit = 100
MATCH (r:Result)-[:OF]->(m:Model)
WHERE r.source = 'reproduced' AND r.metric_id = $metric AND r.evaluation = $evaluation AND r.sampling = 'random'
  AND r.steps > 0 AND r.fraction > 0
WITH m.id AS model, r.study AS study, r.steps AS steps, r.dataset_id AS dataset, min(r.fraction) AS smallest
MATCH (a:Result)
WHERE a.source = 'reproduced' AND a.metric_id = $metric AND a.evaluation = $evaluation AND a.sampling = 'random'
  AND a.model_id = model AND a.study = study AND a.steps = steps AND a.dataset_id = dataset
WITH model, study, steps, dataset, smallest,
     avg(CASE WHEN a.fraction = smallest THEN a.value END) AS few,
     avg(CASE WHEN a.fraction = 1.0 THEN a.value END) AS all_cells,
     sum(CASE WHEN a.fraction = 1.0 THEN 1 ELSE 0 END) AS scores
RETURN model, study, dataset, steps, smallest, round(few, 4) AS few_cells, round(all_cells, 4) AS all_cells,
       round(all_cells - few, 4) AS gain, scores
ORDER BY model, study, dataset, steps
LIMIT $limit
