from __future__ import annotations

from pathlib import Path

from scaling.study.overview import overview
from scaling.study.plan import specs
from scaling.study.prepare import choose_genes, describe
from scaling.study.reading import read_cells
from scaling.study.spec import Study


def test_a_study_on_paper_says_who_plays_which_role_and_what_would_be_trained(study: Study, simulated: Path) -> None:
    planned = overview(study, str(simulated))
    corpus, evaluations = read_cells(study, simulated)
    roles = {row.name: row.role for row in planned.sets}
    assert set(roles) == {*corpus.studies, *evaluations}
    assert {roles[name] for name in corpus.studies} == {"corpus"}
    assert sum(row.cells for row in planned.sets if row.role == "corpus") == len(corpus)
    assert all(roles[entry.query] != "corpus" for entry in study.evaluations)
    assert all(0 < row.coverage <= 1 and row.labels > 1 for row in planned.sets)
    facts = describe(study, corpus, evaluations, choose_genes(study, corpus, evaluations))
    runs = specs(study, facts)
    assert sum(row.seeds * row.learning_rates for row in planned.trainings) == len(runs)
    assert planned.genes == facts.genes
    seen = {(row.family, row.cells): row.cells_seen for row in planned.trainings if row.steps}
    assert seen == {
        (spec.run.family, spec.run.cells): spec.training.steps * spec.training.batch_size
        for spec in runs
        if spec.training.steps
    }
