"""Score tables: one claim a cell that is understood whole, and a reason for those that are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.claims.extract.grid import NotAGrid, read_grid
from biorxivist.claims.extract.tables import TablesRead, read_tables
from biorxivist.literature.parse import parse
from graph.records import Claim, Passage
from graph.vocabulary import load_vocabulary

SCORES = "Method\tAccuracy\tMacro F1\nscGPT\t0.81\t0.70\nGeneformer\t0.79\t0.68"


def table(text: str, caption: str = "Table 1. Results.", notes: str = "") -> TablesRead:
    parts = [("caption", caption), ("table", text), ("caption", notes)]
    passages, start = [], 0
    for kind, words in parts:
        if words:
            passages.append(
                Passage.model_validate(
                    {"paper_id": "key:p", "version_id": "key:pv1", "section": "Results", "kind": kind, "text": words,
                     "start": start, "end": start + len(words)}
                )
            )  # fmt: skip
            start += len(words) + 1
    return read_tables(passages, load_vocabulary())


def told(read: TablesRead) -> list[tuple[object, ...]]:
    return [(c.subject_ids[0].partition(":")[2], c.metric_id, c.dataset_id, c.value) for c in read.claims]


def test_every_cell_is_a_score_of_its_row_and_column_quoted_by_its_line() -> None:
    read = table(SCORES)
    assert told(read) == [
        ("scgpt", "metric:accuracy", None, 0.81), ("scgpt", "metric:macro_f1", None, 0.70),
        ("geneformer", "metric:accuracy", None, 0.79), ("geneformer", "metric:macro_f1", None, 0.68),
    ]  # fmt: skip
    for claim in read.claims:
        assert SCORES[claim.start : claim.end] == claim.quote
        assert claim.quote in SCORES.split("\n")
        assert claim.inferred == ("metric_id",)
        assert claim.extractor == "tables@1"
        assert claim.comparator_ids == ()


def test_a_line_that_the_table_has_twice_is_quoted_where_it_stands() -> None:
    text = "Method\tAccuracy\nhPancreas\nscGPT\t0.8\nMS dataset\nscGPT\t0.8"
    first, second = table(text).claims
    assert (first.dataset_id, second.dataset_id) == ("dataset:pancreas", "dataset:ms")
    assert first.start < text.index("MS dataset") < second.start


@pytest.mark.parametrize(
    "text",
    [
        "Method\thPancreas\tMyeloid dataset\nAccuracy\tMacro F1\tAccuracy\tMacro F1\nscGPT\t0.8\t0.7\t0.6\t0.5",
        "\thPancreas\tMyeloid dataset\nMethod\tAccuracy\tMacro F1\tAccuracy\tMacro F1\nscGPT\t0.8\t0.7\t0.6\t0.5",
        "\thPancreas\t\tMyeloid dataset\t\nMethod\tAccuracy\tMacro F1\tAccuracy\tMacro F1\nscGPT\t0.8\t0.7\t0.6\t0.5",
        "Dataset\tMetric\tscGPT\nhPancreas\tAccuracy\t0.8\nMacro F1\t0.7\n"
        "Myeloid dataset\tAccuracy\t0.6\nMacro F1\t0.5",
        "Model\tDataset\tMetric\tValue\nscGPT\thPancreas\tAccuracy\t0.8\nscGPT\thPancreas\tMacro F1\t0.7\n"
        "scGPT\tMyeloid dataset\tAccuracy\t0.6\nscGPT\tMyeloid dataset\tMacro F1\t0.5",
        "Model\tDataset\tAccuracy\tMacro F1\nscGPT\thPancreas\t0.8\t0.7\n\tMyeloid dataset\t0.6\t0.5",
    ],
)
def test_the_same_scores_are_read_in_each_of_the_usual_layouts(text: str) -> None:
    assert sorted(told(table(text)), key=str) == [
        ("scgpt", "metric:accuracy", "dataset:myeloid", 0.6), ("scgpt", "metric:accuracy", "dataset:pancreas", 0.8),
        ("scgpt", "metric:macro_f1", "dataset:myeloid", 0.5), ("scgpt", "metric:macro_f1", "dataset:pancreas", 0.7),
    ]  # fmt: skip


def test_headings_of_which_nobody_knows_where_they_end_give_nothing() -> None:
    read = table("Method\thPancreas\tMyeloid dataset\nAccuracy\tMacro F1\tNMI\nscGPT\t0.8\t0.7\t0.6")
    assert read.claims == []
    assert read.unread[0][1] == "its head has headings over several columns, and the text does not say over which"


@pytest.mark.parametrize(
    ("text", "caption", "why"),
    [
        ("Method\tAccuracy\nNovum\t0.8", "Table 1.", "its headings name no model of the vocabulary"),
        ("Method\tVolume\nscGPT\t0.8", "Table 1.", "neither its headings nor its caption name a metric"),
        ("Method\tAccuracy\nscGPT\tgood", "Table 1.", "it has no rows of numbers"),
        ("Accuracy\tMacro F1\n0.8\t0.7", "Table 1.", "no column names its rows"),
        ("Method\tAccuracy\n\t0.8", "Table 1.", "it has no rows under its head"),
        ("Method\tMSE\tARI\nscGPT w/o pre-training\t0.5\t0.6\nscGPT\tx\t-", "Table 1.",
         "no cell has headings that are understood whole"),
    ],
)  # fmt: skip
def test_a_table_that_gives_nothing_says_why(text: str, caption: str, why: str) -> None:
    read = table(text, caption)
    assert read.claims == []
    assert [reason for _, reason in read.unread] == [why]


def test_a_variant_is_no_score_of_the_model_as_such() -> None:
    read = table(
        "Method\tAccuracy\nscGPT\t0.8\nscGPT w/o pre-training\t0.6\nscGPT + Harmony\t0.7\nscGPT (zero-shot)\t0.5"
    )
    assert [(claim.regime, claim.value) for claim in read.claims] == [(None, 0.8), ("zero_shot", 0.5)]


def test_an_unknown_model_beside_known_ones_is_named() -> None:
    read = table("Method\tAccuracy\nscGPT\t0.8\nscNova\t0.9")
    assert len(read.claims) == 1
    assert [entry.outcome for entry in read.rejected] == ["unknown_name"]
    assert "vocabulary add model 'scNova'" in read.rejected[0].reason


def test_spread_and_stars_stay_out_of_the_value_and_the_caption_says_what_the_spread_is() -> None:
    text = "Method\tAccuracy\nscGPT\t0.81 ± 0.02**\nGeneformer\t0.79±0.01†"
    of = {
        caption: table(text, caption).claims[0]
        for caption in (
            "Table 1. Mean ± SD of five runs.",
            "Table 1. Mean ± s.e.m.",
            "Table 1. With 95 % CI.",
            "Table 1.",
        )
    }
    assert [claim.spread for claim in of.values()] == ["sd", "se", "ci95", None]
    assert {(c.value, c.low, c.high, c.printed) for c in of.values()} == {(0.81, 0.79, 0.83, "0.81 ± 0.02**")}
    assert [claim.runs for claim in of.values()] == [5, None, None, None]


def test_bold_print_claims_nothing() -> None:
    assert told(table("Method\tAccuracy\nscGPT\t**0.81**\nGeneformer\t0.79")) == told(
        table("Method\tAccuracy\nscGPT\t0.81\nGeneformer\t0.79")
    )


@pytest.mark.parametrize(
    ("head", "cells", "values"),
    [
        ("Accuracy (%)", ("81.2", "0.9"), [0.812, 0.009]),
        ("Accuracy", ("81.2", "79"), [0.812, 0.79]),
        ("Accuracy", ("81.2%", "79%"), [0.812, 0.79]),
        ("Accuracy", ("0.812", "0.79"), [0.812, 0.79]),
        ("Accuracy", ("81.2", "0.9"), []),  # per cent, or a slip: nobody knows
        ("Accuracy (%)", ("0.812", "0.79"), []),
        ("Accuracy", ("812", "79"), []),
        ("Accuracy", ("1", "2"), []),  # a rank
    ],
)
def test_per_cent_or_a_fraction_is_decided_by_the_heading_or_by_the_values(
    head: str, cells: tuple[str, str], values: list[float]
) -> None:
    read = table(f"Method\t{head}\nscGPT\t{cells[0]}\nGeneformer\t{cells[1]}")
    assert [claim.value for claim in read.claims] == values


def test_a_dash_between_two_numbers_is_a_missing_cell_and_no_range() -> None:
    assert [claim.value for claim in table("Method\tAccuracy\tNMI\tARI\nscGPT\t0.7\t-\t0.8").claims] == [0.7, 0.8]


def test_values_that_only_something_unread_tells_apart_are_not_read() -> None:
    assert told(table("Method\tAccuracy\nscGPT\t0.7\nscGPT\t0.8\nGeneformer\t0.6")) == [
        ("geneformer", "metric:accuracy", None, 0.6)
    ]


def test_what_the_caption_names_holds_for_all_cells_where_it_names_one_of_a_kind() -> None:
    one = table(
        "Method\tScore\nscGPT\t0.7", "Table 1. Zero-shot accuracy of batch integration on the pancreas dataset."
    )
    (claim,) = one.claims
    assert (claim.metric_id, claim.task_id, claim.regime) == ("metric:accuracy", "task:batch_integration", "zero_shot")
    assert set(claim.inferred) == {"metric_id", "dataset_id", "task_id", "regime"}
    assert claim.confidence < table(SCORES).claims[0].confidence
    assert table("Method\tScore\nscGPT\t0.7", "Table 1. Accuracy and NMI.").claims == []


def test_a_share_of_the_labels_is_one_only_where_labels_are_spoken_of() -> None:
    text = "Method\tAccuracy\n\t1%\t10%\nscGPT\t0.5\t0.6"
    assert [claim.train_fraction for claim in table(text, "Table 1. By share of the labels.").claims] == [0.01, 0.1]
    assert table(text, "Table 1. By share of something.").claims == []


@pytest.mark.parametrize(
    ("notes", "attributions"),
    [
        ("All values are averages.", ["own", "own"]),
        ("Numbers are taken from the original papers.", ["cited", "cited"]),
        ("* Results taken from the original paper.", ["own", "cited"]),
    ],
)
def test_numbers_of_other_papers_are_cited_where_the_notes_say_so(notes: str, attributions: list[str]) -> None:
    read = table("Method\tAccuracy\nscGPT\t0.7\nGeneformer*\t0.6", notes=notes)
    assert [claim.attribution for claim in read.claims] == attributions


def test_what_stands_beside_known_sets_is_a_set_and_an_average_is_none() -> None:
    read = table("Accuracy\thPancreas\tOur lung\tAverage\nscGPT\t0.7\t0.6\t0.65", "Table 1. Accuracy.")
    assert [(c.dataset_id, c.condition) for c in read.claims] == [
        ("dataset:pancreas", None),
        (None, "dataset: Our lung"),
    ]


def test_tables_of_which_only_the_caption_is_there_are_counted(shared: Path) -> None:
    document = parse(shared / "samples/jats/biorxiv_2022.03.15.484463.xml")
    read = read_tables(document.passages, load_vocabulary())
    assert (read.tables, read.pictures) == (0, sum(each.kind != "grid" for each in document.tables)) == (0, 1)


def test_tables_of_another_field_give_nothing(shared: Path) -> None:
    for name in ("plos_pone.0058242", "plos_pone.0117688", "plos_pone.0126470"):
        read = read_tables(parse(shared / f"samples/jats/{name}.xml").passages, load_vocabulary())
        assert read.tables == len(read.unread) > 0
        assert read.claims == []


def test_a_table_without_end_is_refused() -> None:
    with pytest.raises(NotAGrid, match="more than 5000 rows"):
        read_grid("a\tb\n" * 6_000)
    with pytest.raises(NotAGrid, match="300 columns"):
        read_grid("\n".join("\t".join(["0.5"] * 300) for _ in range(3)))


def test_claims_of_tables_are_claims_like_any_other() -> None:
    assert all(isinstance(claim, Claim) and claim.kind == "score" for claim in table(SCORES).claims)
