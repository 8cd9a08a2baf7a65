// counts and rankings

MATCH (p:Paper) RETURN count(p) AS papers

MATCH (n) RETURN labels(n)[0] AS label, count(*) AS n ORDER BY n DESC

MATCH ()-[r]->() RETURN type(r) AS rel, count(r) AS n ORDER BY n DESC

MATCH (p:Paper) WHERE NOT p.stub RETURN p.year AS year, count(*) AS papers ORDER BY year

MATCH (a:Author)-[:WROTE]->(p:Paper) RETURN a.name, count(DISTINCT p) AS papers ORDER BY papers DESC, a.name LIMIT 10

MATCH (p:Paper)-[:MAKES]->(c:Claim)
WITH p, count(c) AS n_claims
WHERE n_claims >= 5
RETURN p.title, n_claims
ORDER BY n_claims DESC

MATCH (m:Model)<-[:ABOUT]-(c:Claim) RETURN m.name AS model, COUNT(c) AS claims, COLLECT(DISTINCT c.kind) AS kinds ORDER BY claims DESC LIMIT 20

MATCH (c:Claim) RETURN c.kind, c.direction, count(*) AS n ORDER BY n DESC

MATCH (p:Paper)<-[:CITES]-(q:Paper) WITH p, count(q) AS citations ORDER BY citations DESC LIMIT 5 RETURN p.title AS title, citations

MATCH (c:Claim) WITH count(c) AS total MATCH (d:Claim) WHERE d.direction = 'plateau' RETURN count(d) AS plateau, total, round(100.0 * count(d) / total, 1) AS percent

MATCH (d:Dataset) WHERE d.cells IS NOT NULL RETURN d.name, d.cells ORDER BY d.cells DESC LIMIT 5

MATCH (m:Model) RETURN m.objective AS objective, count(*) AS n, collect(m.name)[..5] AS examples ORDER BY n DESC

MATCH (m:Model) WHERE m.parameters IS NOT NULL RETURN m.name, m.parameters / 1000000.0 AS millions ORDER BY millions DESC LIMIT 10

MATCH (m:Model) RETURN min(m.parameters) AS smallest, max(m.parameters) AS largest, avg(m.parameters) AS mean, percentileCont(m.parameters, 0.5) AS median, stDev(m.parameters) AS sd

// texts

MATCH (p:Paper) WHERE toLower(p.title) CONTAINS toLower('Foundation Model') RETURN p.id, p.title LIMIT 25

MATCH (p:Paper) WHERE p.title =~ '(?i).*scaling law.*' RETURN p.title, p.year

MATCH (c:Claim) WHERE any(word IN ['plateau', 'saturat', 'diminish'] WHERE toLower(c.statement) CONTAINS word) RETURN c.id, c.statement LIMIT 20

MATCH (p:Paper) WHERE p.abstract IS NOT NULL RETURN p.title, size(split(p.abstract, ' ')) AS words ORDER BY words DESC LIMIT 3

MATCH (m:Model) WHERE toLower(m.name) STARTS WITH 'sc' RETURN m.name ORDER BY m.name

MATCH (a:Author) WHERE a.name ENDS WITH 'Theis' OR a.family = 'Theis' RETURN a.name, a.orcid

MATCH (p:Paper) RETURN p.id AS id, left(p.title, 60) + '...' AS short LIMIT 5

MATCH (p:Paper) WHERE p.title IS NOT NULL RETURN toUpper(substring(p.title, 0, 1)) AS letter, count(*) AS n ORDER BY letter

MATCH (c:Claim) RETURN c.id, replace(c.statement, '\n', ' ') AS statement LIMIT 3

MATCH (c:Claim) WHERE c.quote IS NOT NULL AND trim(c.quote) <> '' RETURN count(*) AS quoted

MATCH (a:Author) WITH split(a.name, ' ') AS parts RETURN last(parts) AS family, count(*) AS n ORDER BY n DESC, family LIMIT 10

// days

MATCH (p:Paper) WHERE p.posted >= date('2024-01-01') AND p.posted <= date('2024-12-31') RETURN p.title, p.posted ORDER BY p.posted

MATCH (p:Paper) WHERE p.posted.year = 2024 RETURN p.posted.month AS month, count(*) AS n ORDER BY month

MATCH (p:Paper) WHERE p.posted > date() - duration({years: 2}) RETURN p.title, p.posted ORDER BY p.posted DESC

MATCH (p:Paper) WHERE p.posted > date() - duration('P18M') RETURN count(p)

MATCH (p:Paper)-[:HAS_VERSION]->(v:Version) WITH p, min(v.posted) AS first, max(v.posted) AS latest WHERE first <> latest RETURN p.title, first, latest, duration.inDays(first, latest).days AS days

MATCH (p:Paper) RETURN p.posted.year AS y, p.posted.quarter AS q, count(*) AS n ORDER BY y, q

MATCH (p:Paper) WHERE p.posted IS NOT NULL RETURN toString(p.posted) AS day, p.title ORDER BY day DESC LIMIT 5

MATCH (p:Paper) WHERE date(p.posted) >= date({year: 2025, month: 1, day: 1}) RETURN p.id

MATCH (p:Paper) WHERE p.posted >= datetime('2024-01-01T00:00:00Z') RETURN p.id

MATCH (v:Version) RETURN date.truncate('month', v.posted) AS month, count(*) AS n ORDER BY month

// claims and their evidence

MATCH (p:Paper)-[:MAKES]->(c:Claim)-[:ABOUT {role: 'subject'}]->(m:Model {name: 'Geneformer'}) RETURN p.title, c.statement, c.direction

MATCH (c1:Claim)-[r:CONTRADICTS]-(c2:Claim) WHERE elementId(c1) < elementId(c2) RETURN c1.statement, c2.statement, r.fields LIMIT 10

MATCH (c1:Claim)-[r:CONTRADICTS]-(c2:Claim) WHERE id(c1) < id(c2) RETURN c1.statement, c2.statement

MATCH (p1:Paper)-[:MAKES]->(c1:Claim)-[:CONTRADICTS]->(c2:Claim)<-[:MAKES]-(p2:Paper)
WHERE p1 <> p2
RETURN p1.title AS paper, p2.title AS contradicted_by, count(*) AS contradictions ORDER BY contradictions DESC

MATCH (c:Claim) OPTIONAL MATCH (c)<-[:EVIDENCE_FOR]-(e:Evidence) RETURN c.id, c.statement, collect({verdict: e.verdict, effect: e.effect}) AS evidence LIMIT 5

MATCH (e:Evidence)-[:EVIDENCE_FOR]->(c:Claim) RETURN e.verdict, count(*) AS n, avg(e.effect) AS mean_effect

MATCH (c:Claim) WHERE NOT (c)<-[:EVIDENCE_FOR]-() RETURN count(c) AS without_evidence

MATCH (c:Claim) RETURN c.id, EXISTS { (c)<-[:EVIDENCE_FOR]-(:Evidence {verdict: 'supported'}) } AS supported LIMIT 10

MATCH (c:Claim)-[:AGREES_WITH]-(o:Claim) WITH c, count(DISTINCT o) AS agreeing OPTIONAL MATCH (c)-[:CONTRADICTS]-(x:Claim) RETURN c.statement, agreeing, count(DISTINCT x) AS contradicting ORDER BY agreeing DESC LIMIT 10

MATCH (e:Evidence) UNWIND e.failed_gates AS gate RETURN gate, count(*) AS times ORDER BY times DESC

MATCH (c:Claim)-[:QUOTES]->(s:Passage) RETURN c.statement, s.section, s.text LIMIT 3

MATCH (c:Claim) WHERE c.value IS NOT NULL AND c.low IS NOT NULL RETURN c.id, c.value, c.high - c.low AS width ORDER BY width

MATCH (c:Claim) RETURN c.id, CASE WHEN c.confidence >= 0.9 THEN 'high' WHEN c.confidence >= 0.5 THEN 'medium' ELSE 'low' END AS confidence, c.hedging LIMIT 10

MATCH (c:Claim) RETURN CASE c.direction WHEN 'plateau' THEN 'flat' ELSE coalesce(c.direction, 'unknown') END AS d, count(*) AS n ORDER BY n DESC

MATCH (c:Claim) WHERE 'corpus_cells' IN c.inferred OR size(c.inferred) > 2 RETURN c.id, c.inferred LIMIT 5

MATCH (c:Claim)-[a:ABOUT]->(x) RETURN a.role AS role, labels(x) AS about, count(*) AS n ORDER BY n DESC

MATCH (c:Claim)-[:ABOUT]->(m:Model), (c)-[:ABOUT]->(t:Task) RETURN m.name, t.name, count(DISTINCT c) AS claims ORDER BY claims DESC LIMIT 15

MATCH (c:Claim)-[:ABOUT]->(x:Model|Dataset) RETURN x.name, count(*) AS n ORDER BY n DESC LIMIT 5

MATCH (c:Claim) WHERE c.kind IN ['scaling', 'saturation'] WITH c.direction AS direction, collect(c.id) AS ids RETURN direction, size(ids) AS n, ids[0] AS example

// results, saturation points and runs

MATCH (r:Result)-[:OF]->(m:Model), (r)-[:MEASURED_BY]->(k:Metric), (r)-[:FOR_TASK]->(t:Task) RETURN m.name, t.name, k.name, max(r.value) AS best ORDER BY best DESC LIMIT 10

MATCH (r:Result)-[:OF]->(m:Model) WITH m, avg(r.value) AS mean, count(r) AS n WHERE n > 3 RETURN m.name, round(mean, 3) AS mean, n

MATCH (s:SaturationPoint)-[:OF]->(m:Model) RETURN m.name, s.fraction, s.cells, s.rule ORDER BY s.fraction LIMIT 10

MATCH (s:SaturationPoint) WHERE s.fraction <= 0.1 RETURN s.model_id AS model, min(s.fraction) AS earliest, count(*) AS points

MATCH (s:SaturationPoint) RETURN s.outcome, count(*) AS n, percentileDisc(s.fraction, 0.5) AS median_fraction

MATCH (p:Paper)-[:REPORTS]->(s:SaturationPoint)-[:ON]->(d:Dataset) RETURN p.title, d.name, s.fraction LIMIT 5

MATCH (run:Run)-[:TRAINS]->(m:Model), (run)-[:PRETRAINED_ON]->(d:Dataset) RETURN m.name, d.name, count(run) AS runs

MATCH (run:Run)-[:SCORED]->(r:Result) RETURN run.cells AS cells, avg(r.value) AS mean, stDev(r.value) AS sd ORDER BY cells

MATCH (r:Result) WHERE r.low IS NOT NULL RETURN r.id, r.value, [r.low, r.high] AS interval LIMIT 5

MATCH (r:Result) RETURN r.source AS source, r.status AS status, count(*) AS n, min(r.value) AS lo, max(r.value) AS hi

MATCH (m:Model)<-[:OF]-(r:Result)-[:MEASURED_BY]->(k:Metric) WITH k, m, max(r.value) AS best ORDER BY best DESC WITH k, collect({model: m.name, best: best})[0] AS top RETURN k.name, top.model, top.best

MATCH (r:Result) WITH avg(r.value) AS mean, stDevP(r.value) AS sd MATCH (x:Result) WHERE abs(x.value - mean) > 2 * sd RETURN x.id, x.value ORDER BY x.value DESC LIMIT 10

// citations, paths and neighbours

MATCH path = shortestPath((a:Paper)-[:CITES*..4]-(b:Paper)) WHERE a.id < b.id AND NOT a.stub AND NOT b.stub RETURN [n IN nodes(path) | n.title] AS titles, length(path) AS hops ORDER BY hops DESC LIMIT 3

MATCH (p:Paper)-[:CITES*1..2]->(q:Paper) WHERE NOT p.stub RETURN p.title, count(DISTINCT q) AS reachable ORDER BY reachable DESC LIMIT 5

MATCH p = (a:Paper)-[:CITES]->(b:Paper)-[:CITES]->(c:Paper) RETURN p LIMIT 3

MATCH (a:Author)-[:WROTE]->(:Paper)<-[:WROTE]-(b:Author) WHERE a.id < b.id RETURN a.name, b.name, count(*) AS together ORDER BY together DESC LIMIT 10

MATCH (p:Paper)-[:CITES]->(x:Paper)<-[:CITES]-(q:Paper) WHERE p.id < q.id RETURN p.title, q.title, count(x) AS shared ORDER BY shared DESC LIMIT 10

MATCH (p:Paper) WHERE NOT EXISTS { MATCH (p)<-[:CITES]-(:Paper) } AND p.stub = false RETURN p.title

MATCH (p:Paper) RETURN p.title, COUNT { (p)-[:CITES]->() } AS outgoing, COUNT { (p)<-[:CITES]-() } AS incoming ORDER BY incoming DESC LIMIT 5

MATCH (p:Paper) RETURN p.title, size([(p)-[:MAKES]->(c:Claim) | c]) AS claims ORDER BY claims DESC LIMIT 5

MATCH (p:Paper) RETURN p.title, size((p)-[:MAKES]->(:Claim)) AS claims ORDER BY claims DESC LIMIT 5

MATCH (p:Paper {id: 'doi:10.1101/2024.12.13.628448'})-[r]-(n) RETURN type(r), labels(n), count(*)

MATCH (p:Paper)-[r:MAKES|REPORTS]->(n) RETURN p.title, type(r) AS rel, count(n) AS n ORDER BY n DESC LIMIT 10

MATCH (a:Author)-[w:WROTE]->(p:Paper) WITH p, a ORDER BY w.position WITH p, collect(a.name) AS authors RETURN p.title, authors[0] AS first, authors[-1] AS senior, size(authors) AS n LIMIT 5

MATCH (p:Paper)<-[w:WROTE]-(a:Author) WITH p, a ORDER BY w.position ASC RETURN p.title, reduce(s = '', x IN collect(a.name) | s + CASE WHEN s = '' THEN '' ELSE ', ' END + x) AS authors LIMIT 3

// lists, maps and projections

MATCH (m:Model) UNWIND m.aliases AS alias RETURN alias, m.name ORDER BY alias LIMIT 10

MATCH (m:Model) WHERE size(m.species) > 1 RETURN m.name, m.species

MATCH (m:Model) WHERE all(s IN m.species WHERE s = 'human') RETURN m.name LIMIT 10

MATCH (m:Model) WHERE none(s IN m.species WHERE s = 'mouse') RETURN count(m)

MATCH (p:Paper) RETURN p {.id, .title, .year, authors: [(a:Author)-[:WROTE]->(p) | a.name]} AS paper LIMIT 3

MATCH (d:Dataset) RETURN d {.*} AS dataset LIMIT 2

MATCH (m:Model) RETURN properties(m) AS model LIMIT 2

MATCH (m:Model) RETURN keys(m) LIMIT 1

MATCH (p:Paper) WITH collect(p) AS papers RETURN size(papers) AS n, [x IN papers WHERE x.year = 2024 | x.title][..3] AS some

MATCH (m:Model) RETURN [x IN collect(DISTINCT m.architecture) WHERE x IS NOT NULL] AS architectures

MATCH (p:Paper) RETURN p.year, apoc.text.join(collect(p.title), '; ') AS titles

MATCH (p:Paper) WITH p.year AS year, collect(p.title) AS titles RETURN {year: year, titles: titles[0..2]} AS entry ORDER BY year

UNWIND ['Geneformer', 'scGPT', 'scVI'] AS name OPTIONAL MATCH (m:Model) WHERE m.name = name OR name IN m.aliases RETURN name, m.id, m.parameters

WITH ['scaling', 'saturation'] AS kinds MATCH (c:Claim) WHERE c.kind IN kinds RETURN c.kind, count(*)

MATCH (m:Model) WHERE m.name IN ['scGPT', 'Geneformer'] RETURN m

// subqueries, unions and odds

MATCH (p:Paper) WHERE p.stub = false CALL { WITH p MATCH (p)-[:MAKES]->(c:Claim) RETURN count(c) AS n } RETURN p.title, n ORDER BY n DESC LIMIT 5

MATCH (m:Model) CALL (m) { MATCH (m)<-[:OF]-(r:Result) RETURN r ORDER BY r.value DESC LIMIT 1 } RETURN m.name, r.value

MATCH (m:Model) RETURN m.name AS name, 'model' AS kind UNION MATCH (d:Dataset) RETURN d.name AS name, 'dataset' AS kind

```cypher
MATCH (p:Paper) RETURN p.title LIMIT 3;
```

MATCH (m:Model) WHERE m.year != 2023 AND exists(m.parameters) RETURN m.name

MATCH (m:Model) WHERE m.parent_id IS NULL XOR m.variant_of IS NULL RETURN m.name, m.parent_id, m.variant_of

MATCH (m:Model) RETURN DISTINCT m.architecture ORDER BY m.architecture

MATCH (p:Paper) WHERE p.server = 'biorxiv' RETURN p.category AS category, count(*) AS n ORDER BY n DESC SKIP 1 LIMIT 5
