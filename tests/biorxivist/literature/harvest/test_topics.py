"""A topic takes in what is about it, and little else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from biorxivist.errors import InvalidInput
from biorxivist.literature.harvest.run import sync
from biorxivist.literature.harvest.topics import Topic, load_topics
from graph.archive import Archive
from graph.records import Author, Paper
from tests.fake_literature.corpus import build

OTHER = (
    "Deep generative modeling for single-cell transcriptomics",
    "scTab: Scaling cross-tissue single-cell annotation models",
    "CONCORD: self-supervised single-cell integration by optimised mini-batch sampling",
    "Deep-learning-based gene perturbation effect prediction does not yet outperform simple linear baselines",
)
"""Titles of the samples that are about other models."""
NEAR = (
    "A foundation model for computational pathology", "Foundation models for protein structure and function",
    "A single-cell atlas of the human lung", "Islet autoimmunity genes in the TEDDY study",
    "State of the art in single-cell RNA sequencing", "Fast integration of single-cell data with scVI",
    "A language model of the genome", "The foundations of cell biology", "X-cell receptors and their genes",
)  # fmt: skip


@pytest.fixture(scope="module")
def scfm() -> Topic:
    return load_topics()["scfm"]


def test_of_a_hundred_titles_nearly_all_that_fit_are_about_it(scfm: Topic, shared: Path) -> None:
    listed = json.loads((shared / "samples/scfm_papers.json").read_text(encoding="utf-8"))
    titles = [row["title"] for row in (listed if isinstance(listed, list) else listed["papers"])]
    made = [row["title"] for row in build(shared / "samples", 100 - len(titles)).details]
    labelled = dict.fromkeys(made, False) | {title: title not in OTHER for title in titles}
    taken = [title for title in labelled if scfm.fits(title)]
    right = sum(labelled[title] for title in taken)
    print(f"{len(labelled)} titles, {len(taken)} fit, {right} rightly, of {sum(labelled.values())}")
    assert right / len(taken) >= 0.95
    assert right / sum(labelled.values()) >= 0.6  # of titles alone; a query looks at abstracts, too


@pytest.mark.parametrize("title", NEAR)
def test_what_only_sounds_like_it_does_not_fit(scfm: Topic, title: str) -> None:
    assert not scfm.fits(title)


def test_spelling_does_not_matter(scfm: Topic) -> None:
    assert scfm.fits("Single cell\nfoundation models")
    assert scfm.fits("SINGLE‑CELL FOUNDATION MODEL")
    assert scfm.fits("Embeddings of GENEFORMER for single-cell data")
    assert not scfm.fits("Geneformers")


def test_the_query_names_phrases_models_and_context(scfm: Topic) -> None:
    query = scfm.query()
    assert query.startswith('TITLE_ABS:("single-cell foundation model" OR ')
    assert '"scGPT"' in query
    assert '"scVI"' not in query
    assert len(query) < 2_500


def test_a_person_adds_topics(tmp_path: Path) -> None:
    (tmp_path / "topics.toml").write_text('[ageing]\nphrases = ["ageing clock"]\n', encoding="utf-8")
    topics = load_topics(tmp_path)
    assert topics["ageing"].query() == 'TITLE_ABS:("ageing clock")'
    assert "scfm" in topics


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\nphrases = []", "at least one of phrases"),
        ('[a]\nphrases = ["x\\" OR y"]', "without quotes or brackets"),
        ('[a]\nphrases = ["ab"]\nnames = ["scGPT"]', "beside a word of the context"),
        ('[a]\nphrases = ["ab"]\nmodels_below = "nothing"', "is not a model or group"),
        ('[a]\nphrases = ["ab"]\nquery = "x"', "nothing else"),
        ("[a", "no TOML"),
        ("a = 1", "nothing else"),
    ],
)
def test_what_is_no_topic_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "topics.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=said):
        load_topics(tmp_path)


def test_of_a_feed_only_what_fits_is_written_and_all_rows_are_counted(fake, sources_of, tmp_path: Path) -> None:
    services = fake(60)
    word = services.feed[0]["title"].split()[0].lower()
    topic = Topic("own", "", phrases=(word,))
    fitting = {row["doi"] for row in services.feed if topic.fits(f"{row['title']}\n{row['abstract']}")}
    assert 0 < len(fitting) < 60
    report = sync(
        since=date(2026, 8, 1), until=date(2026, 8, 31), topic=topic, archive=tmp_path / "archive",
        state=tmp_path / "sync", sources=sources_of(services, cache=None),
    )  # fmt: skip
    assert (report.got, report.missing) == (60, 0)
    written = [record for record in Archive(tmp_path / "archive").read("Paper") if isinstance(record, Paper)]
    assert {paper.id.removeprefix("doi:") for paper in written} == fitting
    assert report.papers == len(fitting)
    named = {author for paper in written for author in paper.author_ids}
    assert {record.id for record in Archive(tmp_path / "archive").read("Author") if isinstance(record, Author)} == named
