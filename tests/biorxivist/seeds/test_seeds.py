from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biorxivist import seeds
from biorxivist.seeds import studies
from biorxivist.seeds.claims import printed_interval
from biorxivist.seeds.papers import paper_ids
from graph.compare import compare, relate
from graph.records import (
    Author,
    Claim,
    Dataset,
    Paper,
    Passage,
    Record,
    Reference,
    Result,
    Run,
    SaturationPoint,
    Version,
    canonical_json,
)
from graph.vocabulary import load_vocabulary
from scaling import published

JUDGED = Path(__file__).parents[3] / "docs/facts/models_and_papers.csv"
"""Every correction that was proposed for a paper, a model or a data set, and what became of it."""
WINDOW = 60
"""Characters in a row that may not be those of a source file."""


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(seeds.records())


@pytest.fixture(scope="module")
def claims(records: list[Record]) -> list[Claim]:
    return [record for record in records if isinstance(record, Claim)]


@pytest.fixture(scope="module")
def papers(records: list[Record]) -> list[Paper]:
    return [record for record in records if isinstance(record, Paper)]


def _registers() -> list[str]:
    folder = resources.files("biorxivist.seeds") / "claims"
    files = [tomllib.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith("toml")]
    return [claim["register"] for file in files for claim in file["claim"] if "register" in claim]


def _one(claims: list[Claim], **fields: object) -> Claim:
    (found,) = [claim for claim in claims if all(getattr(claim, name) == value for name, value in fields.items())]
    return found


def test_no_id_comes_twice(records: list[Record]) -> None:
    assert [record_id for record_id, n in Counter(record.id for record in records).items() if n > 1] == []


def test_a_work_is_named_after_its_key_only_where_it_has_neither_doi_nor_arxiv_id(papers: list[Paper]) -> None:
    assert len(papers) >= 49
    assert sum(len(paper.dois) == 2 for paper in papers) >= 24
    by_key = {paper.id for paper in papers if paper.id.startswith("key:")}
    assert by_key == {paper.id for paper in papers if not paper.dois and not paper.arxiv}
    assert "key:noiselarge2025" in by_key


def test_a_preprint_and_its_journal_copy_are_one_work_with_two_versions(records: list[Record]) -> None:
    work = paper_ids()["cui2024"]
    versions = {r.label: r.doi for r in records if isinstance(r, Version) and r.paper_id == work}
    assert work == "doi:10.1101/2023.04.30.538439"
    assert versions == {"1": "10.1101/2023.04.30.538439", "journal": "10.1038/s41592-024-02201-0"}


def test_every_paper_has_a_version_a_summary_and_known_authors_and_models(
    records: list[Record], papers: list[Paper]
) -> None:
    versioned = {record.paper_id for record in records if isinstance(record, Version)}
    summarised = {r.paper_id for r in records if isinstance(r, Passage) and r.section == "Summary"}
    authors = {record.id for record in records if isinstance(record, Author)}
    vocabulary = load_vocabulary()
    for paper in papers:
        assert paper.id in versioned & summarised
        assert set(paper.author_ids) <= authors
        assert all(model in vocabulary for model in paper.model_ids)


def test_what_could_not_be_verified_says_so(papers: list[Paper]) -> None:
    by_id = {paper.id: paper for paper in papers}
    assert by_id[paper_ids()["tahoe2025"]].unverified_fields
    assert all(paper.source_url for paper in papers if paper.verified)
    assert all(paper.read for paper in papers)


def test_bibliographic_facts_are_those_of_the_sampled_papers_except_where_they_were_judged(
    papers: list[Paper], shared: Path
) -> None:
    sampled = json.loads((shared / "samples/scfm_papers.json").read_text(encoding="utf-8"))["papers"]
    with JUDGED.open(encoding="utf-8") as lines:
        judged = {row["entry"] for row in csv.DictReader(lines)}
    by_id, ids = {paper.id: paper for paper in papers}, paper_ids()
    assert {entry["key"] for entry in sampled} <= ids.keys()
    for entry in sampled:
        paper = by_id[ids[entry["key"]]]
        assert paper.arxiv == entry["arxiv"]
        assert set(paper.dois) >= {doi for doi in (entry["doi"], entry["preprint_doi"]) if doi}
        same = (paper.title, paper.year, paper.venue, paper.verified, len(paper.author_ids)) == (
            *(entry[name] for name in ("title", "year", "venue", "verified")),
            len([name for name in entry["authors"] if name != "et al."]),
        )
        assert same or entry["key"] in judged


def test_a_version_with_another_title_states_its_own(records: list[Record], papers: list[Paper]) -> None:
    titles = {paper.id: paper.title for paper in papers}
    other = {(r.paper_id, r.label): r.title for r in records if isinstance(r, Version) and r.title}
    assert other[paper_ids()["rosen2023"], "1"] == "Universal Cell Embeddings: A Foundation Model for Cell Biology"
    assert other[paper_ids()["boiarsky2024"], "journal"] == "Deeper evaluation of a single-cell foundation model"
    assert all(title != titles[work] for (work, _), title in other.items())


def test_every_row_of_the_register_became_a_claim(shared: Path) -> None:
    with (shared / "reference/claims.csv").open(encoding="utf-8") as lines:
        rows = [row["claim_id"] for row in csv.DictReader(lines)]
    assert len(rows) == 47
    assert set(_registers()) == set(rows)


def test_rows_with_several_scores_became_several_claims() -> None:
    found = Counter(_registers())
    assert all(found[row] > 1 for row in ("L01", "L03", "L04", "L05", "L19", "N01", "N02"))


def test_at_least_40_papers_make_a_claim_that_is_more_than_prose(claims: list[Claim]) -> None:
    assert len({claim.paper_id for claim in claims if claim.kind != "qualitative"}) >= 40


def test_every_claim_stands_in_a_version_of_a_paper(records: list[Record], claims: list[Claim]) -> None:
    versions = {record.id: record.paper_id for record in records if isinstance(record, Version)}
    for claim in claims:
        assert versions[claim.version_id] == claim.paper_id


def test_every_name_in_a_claim_is_in_the_vocabulary(claims: list[Claim]) -> None:
    vocabulary = load_vocabulary()
    for claim in claims:
        named = (*claim.subject_ids, *claim.comparator_ids, claim.task_id, claim.dataset_id, claim.metric_id)
        for name in (*named, claim.corpus_id):
            assert name is None or name in vocabulary, (claim.statement, name)


def test_every_claim_has_a_passage_that_says_what_it_is_about(records: list[Record], claims: list[Claim]) -> None:
    texts = {(r.version_id, r.text.partition(" [")[0]): r.text for r in records if isinstance(r, Passage)}
    vocabulary = load_vocabulary()
    for claim in claims:
        text = texts[claim.version_id, claim.statement]
        for name in (*claim.subject_ids, claim.task_id):
            entry = vocabulary.get(name or "")
            assert entry is None or entry.name in text


def test_citations_name_papers_of_the_seeds(records: list[Record], papers: list[Paper]) -> None:
    works = {paper.id for paper in papers}
    cited = {(r.paper_id, r.cited_id) for r in records if isinstance(r, Reference)}
    assert (paper_ids()["denadel2026"], paper_ids()["fischer2024"]) in cited
    assert all(source in works and target in works for source, target in cited)


def test_claims_that_rank_or_scale_have_a_direction(claims: list[Claim]) -> None:
    for claim in claims:
        if claim.kind in ("comparison", "scaling", "saturation", "effect"):
            assert claim.direction, claim.statement
        if claim.kind == "comparison":
            assert claim.comparator_ids, claim.statement
        if claim.kind == "effect":
            assert claim.ablation or claim.sampling, claim.statement
        if claim.kind == "scaling":
            assert claim.unit, claim.statement


def test_scores_are_fractions_and_lie_in_their_intervals(claims: list[Claim]) -> None:
    for claim in claims:
        if claim.kind == "score":
            assert claim.value is not None
            if claim.unit == "fraction":
                assert 0 <= claim.value <= 1
            assert claim.low is not None
            assert claim.high is not None
            assert claim.low <= claim.value <= claim.high


def test_a_score_of_the_code_is_the_published_result_of_that_place(records: list[Record], claims: list[Claim]) -> None:
    results = [record for record in records if isinstance(record, Result)]
    scores = [claim for claim in claims if claim.kind == "score" and claim.evidence_type == "code"]
    assert scores
    for claim in scores:
        (result,) = [
            result
            for result in results
            if (result.location, result.metric_id, result.dataset_id, result.ablation, result.train_fraction)
            == (claim.location, claim.metric_id, claim.dataset_id, claim.ablation, claim.train_fraction)
            and result.model_id in claim.subject_ids
        ]
        assert claim.low is not None
        assert claim.high is not None
        assert claim.low <= result.value <= claim.high


def test_saturation_claims_of_the_first_thread_name_a_quarter_zero_shot_and_a_tenth_fine_tuned(
    claims: list[Claim],
) -> None:
    thread = [c for c in claims if c.paper_id == paper_ids()["denadel_thread2024"] and c.kind == "saturation"]
    assert {(claim.task_id, claim.regime): (claim.fraction, "fraction" in claim.inferred) for claim in thread} == {
        ("task:cell_type_classification", "zero_shot"): (0.25, False),
        ("task:cell_type_classification", "fine_tuned"): (0.10, False),
        ("task:batch_integration", "zero_shot"): (0.25, True),  # "similar results" is all that the thread says
    }


def test_supervised_scaling_and_the_plateau_differ_in_scope_by_supervision_and_objective(claims: list[Claim]) -> None:
    plateau = _one(
        claims, paper_id=paper_ids()["denadel_thread2024"], kind="scaling", task_id="task:downstream",
        direction="plateau", hedging="weak",
    )  # fmt: skip
    supervised = _one(claims, paper_id=paper_ids()["fischer2024"], kind="scaling", unit="cells")
    contrastive = _one(claims, paper_id=paper_ids()["theis2026"], kind="scaling", direction="+")
    first, second = compare(plateau, supervised), compare(plateau, contrastive)
    assert first.relation == second.relation == "differs_in_scope"
    assert {"supervision", "objective"} <= set(first.fields)
    assert "corpus" not in first.fields
    assert {"objective", "corpus"} <= set(second.fields)


def test_no_two_papers_contradict_each_other_in_equal_scope(claims: list[Claim]) -> None:
    by_id = {claim.id: claim for claim in claims}
    for relation in relate(claims):
        if relation.relation == "contradicts":  # a paper may contradict its own earlier version
            assert by_id[relation.claim_id].paper_id == by_id[relation.other_id].paper_id


def test_pretraining_matters_for_scgpt_and_not_for_scbert_in_different_scopes(claims: list[Claim]) -> None:
    def effect(model: str, dataset: str) -> Claim:
        return _one(
            claims,
            kind="effect",
            ablation="no pre-training",
            subject_ids=(model,),
            dataset_id=dataset,
            metric_id="metric:accuracy",
        )

    relation = compare(effect("model:scbert", "dataset:zheng68k"), effect("model:scgpt", "dataset:ms"))
    assert relation.relation == "differs_in_scope"
    assert {"subject", "dataset"} <= set(relation.fields)


def test_whoever_retells_or_criticises_a_work_speaks_as_a_work_of_its_own(
    claims: list[Claim], papers: list[Paper]
) -> None:
    by_id = {paper.id: paper for paper in papers}
    for claim in claims:
        speaker = by_id[claim.paper_id]
        if claim.evidence_type == "commentary" or speaker.kind not in ("article", "code"):
            assert speaker.kind in ("summary", "note", "commentary", "thread"), claim.statement
            assert speaker.discusses_ids, claim.statement
        elif claim.evidence_type == "summary":  # what an article says, as far as a third party reports it
            assert claim.read == "third_party", claim.statement
        assert claim.attributed_to != claim.paper_id, claim.statement


def test_the_advice_of_a_summary_is_its_own_and_the_rest_is_cited(claims: list[Claim]) -> None:
    summary = [claim for claim in claims if claim.paper_id == paper_ids()["aissential2026"]]
    assert [claim.kind for claim in summary if claim.attribution == "own"] == ["qualitative"]
    assert {c.attributed_to for c in summary if c.attribution == "cited"} == {paper_ids()["denadel2026"]}


def test_published_numbers_come_with_the_seeds_and_belong_to_their_papers(
    records: list[Record], papers: list[Paper]
) -> None:
    works = {paper.id for paper in papers}
    numbers = [
        record for record in records if isinstance(record, Result | SaturationPoint) and record.source == "published"
    ]
    assert len(numbers) > 1000
    assert all(number.paper_id in works for number in numbers)


@pytest.mark.parametrize(
    ("text", "value", "low", "high"),
    [
        ("0.595", 0.595, 0.5945, 0.5955),
        ("0.720", 0.720, 0.7195, 0.7205),
        ("22.2E6", 22.2e6, 22.15e6, 22.25e6),
        ("400", 400, 400, 400),
        ("0.766±0.013", 0.766, 0.753, 0.779),
    ],
)
def test_a_printed_number_stands_for_its_rounding_interval(text: str, value: float, low: float, high: float) -> None:
    assert printed_interval(text) == pytest.approx((value, low, high))


@given(st.decimals(min_value=0, max_value=1, places=4))
def test_a_printed_score_lies_in_the_middle_of_its_interval(score: object) -> None:
    value, low, high = printed_interval(str(score))
    assert low < value < high
    assert high - low == pytest.approx(0.0001)


@pytest.mark.parametrize("text", ["", "about 3", "0.5±", "±0.1", "NaN", "inf", "0.5±nan"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number as printed"):
        printed_interval(text)


def _windows(text: str) -> set[str]:
    flat = re.sub(r"\s+", " ", text)
    return {flat[start : start + WINDOW] for start in range(len(flat) - WINDOW + 1)}


def test_no_sentence_is_copied_from_the_sources(records: list[Record], shared: Path) -> None:
    titles = {record.title for record in records if isinstance(record, Paper)}
    with (shared / "reference/claims.csv").open(encoding="utf-8") as lines:
        sources = [row["claim"] for row in csv.DictReader(lines)]
    sources += [(shared / "reference" / name).read_text(encoding="utf-8") for name in ("protocol.md", "llm_claims.md")]
    sampled = json.loads((shared / "samples/scfm_papers.json").read_text(encoding="utf-8"))["papers"]
    sources += [entry["claim"] for entry in sampled]
    sources.append((shared / "samples/eval/scfm_mini/deep_dive.txt").read_text(encoding="utf-8"))
    taken = set().union(*map(_windows, sources))
    own = [r.text for r in records if isinstance(r, Passage)] + [r.statement for r in records if isinstance(r, Claim)]
    copied = [text for text in own if text not in titles and _windows(text) & taken]
    assert copied == []


def test_every_name_in_any_record_is_in_the_vocabulary(records: list[Record]) -> None:
    vocabulary = load_vocabulary()
    for record in records:
        if isinstance(record, Run | Result | SaturationPoint):
            for field in ("model_id", "dataset_id", "reference_id", "task_id", "metric_id", "corpus_id"):
                name = getattr(record, field, None)
                assert name is None or name in vocabulary, (record.id, field, name)


def test_a_study_is_read_as_it_was_written(tmp_path: Path) -> None:
    point = next(record for record in published.records() if isinstance(record, SaturationPoint))
    line = {"record": "SaturationPoint", "v": 1, "id": point.id, "data": point.model_dump(mode="json", exclude={"id"})}
    (tmp_path / "records.jsonl").write_text(canonical_json(line) + "\n", encoding="utf-8")
    assert list(studies.read(tmp_path)) == [point]


def test_what_a_study_measured_of_a_data_set_joins_the_vocabularys_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = Dataset(id="dataset:pbmc3k", name="pbmc3k", cells=2638, sha256="ab" * 32)
    unknown = Dataset(id="dataset:of_a_study", name="of a study")
    monkeypatch.setattr(studies, "records", lambda: iter([measured, unknown]))
    found = {record.id: record for record in seeds.records() if isinstance(record, Dataset)}
    assert (found[measured.id].name, found[measured.id].cells, found[measured.id].sha256) == (
        "PBMC 3k", 2700, "ab" * 32,
    )  # fmt: skip
    assert found[unknown.id] == unknown


@pytest.mark.parametrize("bad", ["{", "[]", '{"record": "Nothing", "id": "x", "data": {}}', '{"record": "Result"}'])
def test_a_bad_line_of_a_study_is_named(tmp_path: Path, bad: str) -> None:
    (tmp_path / "records.jsonl").write_text(bad + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"records\.jsonl, line 1: "):
        list(studies.read(tmp_path))


def test_reading_the_seeds_loads_no_model_code() -> None:
    code = (
        "import sys; from biorxivist import seeds; n = sum(1 for _ in seeds.records()); "
        "bad = {'torch', 'scanpy', 'pandas', 'numpy', 'scipy', 'ladybug'} & set(sys.modules); "
        "sys.exit(f'{n} records, loaded {bad}' if bad or n < 1000 else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
