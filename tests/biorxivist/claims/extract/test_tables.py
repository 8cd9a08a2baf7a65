"""Score tables: one claim a cell that is understood whole, and a reason for those that are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.claims.extract.grid import NotAGrid, read_grid
from biorxivist.claims.extract.tables import TablesRead, read_tables
from biorxivist.claims.standing import stands
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
        assert claim.extractor == "tables@3"
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
    assert read.unread[0].why == "its head has headings over several columns, and the text does not say over which"


@pytest.mark.parametrize(
    ("text", "caption", "why"),
    [
        ("Method\tAccuracy\nNovum\t0.8", "Table 1.", "its headings name no model of the vocabulary"),
        ("Method\tVolume\nscGPT\t0.8", "Table 1.", "neither its headings nor its caption name a metric"),
        ("Method\tAccuracy\nscGPT\tgood", "Table 1.", "it has no rows of numbers"),
        ("Accuracy\tMacro F1\n0.8\t0.7", "Table 1.", "no column names its rows"),
        ("Method\tAccuracy\n\t0.8", "Table 1.", "it has no rows under its head"),
        ("Method\tNMI\tARI\nscGPT w/o pre-training\t0.5\t0.6\nUCE w/o tuning\t0.5\t0.6\nscGPT\tx\t-", "Table 1.",
         "names of rows are not understood: 'scGPT w/o pre-training', 'UCE w/o tuning'"),
        ("Method\tMSE\tDropout-MAE\tRuntime (s)\nscGPT\t0.2\t1.3\t80\nscVI\t0.3\t1.5\t4", "Table 1.",
         "its metrics are errors, which are not read"),
        ("Method\tPBMC RMSE\tPearson of fold change\nscGPT\t0.2\t0.3\nscVI\t0.3\t0.5", "Table 1.",
         "its metrics are not among those that are read: 'PBMC RMSE', 'Pearson of fold change'"),
        ("Method\tKidney\tSkin\nscGPT\t0.61/0.52/NA\t0.4/0.3/0.2", "Table 1. ARI of two versions and as printed.",
         "its cells hold several numbers each"),
        ("Model\tAccuracy\nscGPT (ours, big)\t0.8\nscVI + tricks\t0.7", "Table 1.",
         "what it says of models is not understood: 'scGPT (ours, big)'"),
        ("Method\tAccuracy\tACC\nscGPT\t0.8\t0.7", "Table 1.", "it gives several values of the same thing"),
        ("Method\tAccuracy\nscGPT\t0.8\nUCE\t300", "Table 1.",
         "nobody can tell whether its numbers are fractions or per cent"),
    ],
)  # fmt: skip
def test_a_table_that_gives_nothing_says_why(text: str, caption: str, why: str) -> None:
    read = table(text, caption)
    assert read.claims == []
    assert [each.why for each in read.unread] == [why]


def test_a_tissue_is_no_set_of_that_tissue_unless_the_paper_calls_the_set_by_its_own_name() -> None:
    text = "Dataset\tMethod\tARI\npancreas\tscGPT\t0.8\nLiver\tscGPT\t0.7\nhPancreas\tscGPT\t0.6\nMS\tscGPT\t0.5"
    sets = {
        claim.value: (claim.dataset_id, claim.condition)
        for claim in table(text.replace("hPancreas", "Zheng68K")).claims
    }
    assert sets == {
        0.8: (None, "dataset: pancreas"), 0.7: (None, "dataset: Liver"), 0.6: ("dataset:zheng68k", None),
        0.5: ("dataset:ms", None),
    }  # fmt: skip
    across = table("Method\tliver\tpancreas\nscGPT\t0.7\t0.8", "Table 1. ARI.")
    assert {claim.dataset_id for claim in across.claims} == {None}
    named = table("Dataset\tMethod\tARI\npancreas\tscGPT\t0.8", "Table 1. ARI on the hPancreas cells of scGPT.")
    assert [claim.dataset_id for claim in named.claims] == ["dataset:pancreas"]


@pytest.mark.parametrize(
    ("caption", "metric"),
    [
        ("Table 1. Annotation (macro F1 / precision).", "metric:macro_f1"),
        ("Table 1. Metrics are accuracy and F1 (macro).", "metric:macro_f1"),
        ("Table 1. F1 is the micro-averaged F1 of types.", "metric:micro_f1"),
        ("Table 1. Macro-averaged cell-type F1.", "metric:macro_f1"),
        ("Table 1. Macro F1 and micro F1.", None),
        ("Table 1. F1, macro-level results.", None),
        ("Table 1. Weighted accuracy and F1.", None),
        ("Table 1. Macro-averaged precision and F1.", None),
    ],
)
def test_the_average_that_a_caption_says_is_that_of_a_plain_f1(caption: str, metric: str | None) -> None:
    f1, precision = table("Method\tF1 score\tPrecision\nscGPT\t0.7\t0.8", caption).claims
    assert (f1.metric_id, precision.metric_id) == (metric, None)
    assert "metric_id" in f1.inferred
    assert precision.condition == "metric: Precision"


def test_the_average_of_a_heading_is_that_of_the_metrics_below_it() -> None:
    head = "Method\tMacro\tMacro\tWeighted avg\tWeighted avg\n\tF1\tRecall\tF1\tRecall"
    read = table(f"{head}\nscGPT\t0.1\t0.2\t0.3\t0.4").claims
    assert [(claim.metric_id, claim.condition) for claim in read] == [
        ("metric:macro_f1", None), (None, "metric: macro Recall"),
        (None, "metric: weighted F1"), (None, "metric: weighted Recall"),
    ]  # fmt: skip


def test_a_heading_that_says_more_than_the_caption_keeps_its_neighbour_plain() -> None:
    read = table("Method\tF1\tMacro F1\nscGPT\t0.7\t0.6", "Table 1. Sorted by macro F1.").claims
    assert [(claim.metric_id, claim.value) for claim in read] == [(None, 0.7), ("metric:macro_f1", 0.6)]


@pytest.mark.parametrize(
    "caption",
    [
        "Table 1. Spearman of a linear probe.",
        "Table 1. Pseudotime Spearman.",
        "Table 1. Within tissue (5-fold CV Spearman).",
    ],
)
def test_a_metric_of_the_caption_alone_is_not_read_where_it_is_of_something_else(caption: str) -> None:
    read = table("Method\tScore\nscGPT\t0.7", caption)
    assert read.claims == []
    assert read.unread[0].why.startswith("only the caption names a metric, and it is of something else (")
    assert len(table("Method\tSpearman\nscGPT\t0.7", caption).claims) == 1


@pytest.mark.parametrize(
    ("caption", "task"),
    [
        ("Table 1. Representation quality and speed are inversely related.", None),
        ("Table 1. Representation quality depends on size. F1 of batch integration.", "task:batch_integration"),
        ("Table 1. Batch integration.", "task:batch_integration"),
        ("Table 1. scGPT is best in batch integration.", "task:batch_integration"),
    ],
)
def test_a_task_of_which_the_caption_finds_something_is_none_of_the_cells(caption: str, task: str | None) -> None:
    (claim,) = table("Method\tAccuracy\nscGPT\t0.7", caption).claims
    assert claim.task_id == task
    assert (claim.condition or "") == ""


def test_a_column_of_unknown_words_that_tells_no_cells_apart_is_passed_over() -> None:
    plain = told(table("Model\tAccuracy\nscGPT\t0.8\nUCE\t0.7"))
    for column in ("Type", "Kind of thing"):
        text = f"Model\t{column}\tAccuracy\nscGPT\tBig thing\t0.8\nUCE\tSmall thing\t0.7"
        assert told(table(text)) == plain
    assert (
        told(table("Model\tclassifier\tAccuracy\nscGPT\tlogistic regression\t0.8\nUCE\tlogistic regression\t0.7"))
        == plain
    )


def test_cells_that_a_column_of_unknown_words_tells_apart_are_left_out_with_its_title() -> None:
    read = table("Model\tclassifier\tAccuracy\nscGPT\tquux\t0.8\nscGPT\tquuux\t0.7\nUCE\tquux\t0.6")
    assert told(read) == [("uce", "metric:accuracy", None, 0.6)]
    assert read.partly[0].why == "2 of 3 numbers left out, as its column 'classifier' is not understood"
    every = table("Model\tclassifier\tAccuracy\nscGPT\tquux\t0.8\nscGPT\tquuux\t0.7")
    assert [(each.table, each.why) for each in every.unread] == [
        ("Table 1", "its column 'classifier' is not understood")
    ]


def test_a_column_that_changes_the_model_is_not_passed_over() -> None:
    read = table("Model\tVariant\tAccuracy\nscGPT\tquux\t0.8\nUCE\tquux\t0.6")
    assert read.claims == []
    assert read.unread[0].why == "its column 'Variant' is not understood"
    assert told(table("Model\tNote\tKind\tAccuracy\nscGPT\tx\tfrozen\t0.8\nUCE\ty\tplain\t0.6")) == [
        ("uce", "metric:accuracy", None, 0.6)
    ]


def test_what_is_left_out_of_a_table_that_gives_scores_is_counted_and_named() -> None:
    read = table("Method\tAccuracy\tRMSE\tTier\nscGPT\t0.8\t0.3\t2\nscGPT w/o x\t0.6\t0.4\t3", "Table 7: Scores.")
    (part,) = read.partly
    assert part.table == "Table 7"
    assert part.why == (
        "5 of 6 numbers left out, as names of rows are not understood (1, 'scGPT w/o x'); headings are not understood "
        "(2, 'Tier'); errors are not read (2, 'RMSE')"
    )
    assert table(SCORES).partly == []


def test_a_model_is_spelled_as_the_vocabulary_spells_it() -> None:
    read = table("Method\tAccuracy\nscvi\t0.8\npca\t0.7\nGeneFormer\t0.6")
    assert [claim.statement for claim in read.claims] == [
        "scVI reaches 0.8 Accuracy.", "PCA reaches 0.7 Accuracy.", "Geneformer reaches 0.6 Accuracy.",
    ]  # fmt: skip


def test_names_of_columns_may_be_joined_by_underscores() -> None:
    read = table("model_name\tbalanced_accuracy\tf1_macro\nscGPT\t0.8\t0.7")
    assert [(claim.metric_id, claim.condition) for claim in read.claims] == [
        (None, "metric: balanced_accuracy"), ("metric:macro_f1", None),
    ]  # fmt: skip


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


@pytest.mark.parametrize(
    ("caption", "waits"),
    [
        ("Table 1. Accuracy of cell typing, mean ± standard deviation of five seeds.", False),
        ("Table 1. Cell typing after quality control.", False),
        ("Table 1. Standard deviations over five seeds.", True),
        ("Table 1. Ranks over nine data sets, scaled.", True),
        ("Table 1. Scores for shuffled labels.", True),
        ("Table 1. Training accuracy of each model.", True),
        ("Table 1. Prediction of batch labels.", True),
        ("Table 1. Performance drop under transfer.", True),
    ],
)
def test_a_caption_by_which_numbers_may_be_no_scores_makes_them_wait(caption: str, waits: bool) -> None:
    claims = table(SCORES, caption=caption).claims
    assert claims
    assert {not stands(claim) for claim in claims} == {waits}


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


def test_of_two_sets_in_a_caption_neither_is_that_of_the_cells() -> None:
    for caption in (
        "Table 1. Integration on PBMC and hPancreas.",
        "Table 1. Integration on the PBMC and pancreas data.",
    ):
        assert {claim.dataset_id for claim in table(SCORES, caption=caption).claims} == {None}
    (claim, *_) = table(SCORES, caption="Table 1. Integration on hPancreas.").claims
    assert claim.dataset_id == "dataset:pancreas"


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
