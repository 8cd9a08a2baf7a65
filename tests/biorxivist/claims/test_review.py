from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from biorxivist.claims.fields import CORRECTABLE
from biorxivist.claims.review import apply_reviews, review, reviews
from biorxivist.cli.claims import claims_app
from biorxivist.cli.main import Commands
from biorxivist.errors import InvalidInput, NotFound
from biorxivist.load.prepare import rebuild
from biorxivist.workspace.home import Home, open_home
from graph.archive import Archive
from graph.records import Claim, Evidence, Passage, Review
from graph.stores.open import open_store

TEXT = "We find that scGPT reaches an accuracy of 0.77 on the pancreas data."
QUOTE = "scGPT reaches an accuracy of 0.77"
PASSAGE = Passage(
    paper_id="key:one", version_id="key:onev1", section="Results > Scores", text=TEXT, end=len(TEXT),
    source_url="https://example.org/one",
)  # fmt: skip
EXTRACTED = Claim(
    paper_id="key:one", version_id="key:onev1", statement="scGPT reaches 0.77.", kind="score", value=0.77, low=0.765,
    high=0.775, subject_ids=("model:scgpt",), metric_id="metric:accuracy", quote=QUOTE, passage_id=PASSAGE.id,
    start=TEXT.index(QUOTE), end=TEXT.index(QUOTE) + len(QUOTE), extractor="rules@1", confidence=0.8,
)  # fmt: skip
CURATED = Claim(
    paper_id="key:two", version_id="key:twov1", statement="More cells help.", kind="scaling", direction="+",
    subject_ids=("model:geneformer",), source_url="https://example.org/two", location="Figure 2",
)  # fmt: skip
ADA = {"who": "Ada", "why": "Read the table."}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "home" / "archive")
    made.append([PASSAGE, EXTRACTED, CURATED], writer="test")
    return made


def standing(archive: Archive) -> dict[str, Claim]:
    return {claim.id: claim for claim in archive.read("Claim") if isinstance(claim, Claim)}


@pytest.mark.parametrize("decision", ["accepted", "rejected"])
def test_a_decision_is_kept_with_who_and_why_and_marks_the_claim(archive: Archive, decision: Any) -> None:
    done = review(archive, EXTRACTED.id, decision, **ADA)
    assert standing(archive)[EXTRACTED.id] == EXTRACTED.model_copy(update={"review": decision})
    assert standing(archive)[CURATED.id] == CURATED
    assert list(Archive(archive.folder).read("Review")) == [done.review]
    assert (done.review.who, done.review.why, done.review.decision) == ("Ada", "Read the table.", decision)


def test_a_correction_is_a_claim_of_its_own_and_the_old_one_stays(archive: Archive) -> None:
    done = review(archive, EXTRACTED.id, "corrected", corrections={"value": 0.79, "regime": "fine_tuned"}, **ADA)
    claims = standing(archive)
    assert len(claims) == 3
    assert claims[EXTRACTED.id] == EXTRACTED.model_copy(update={"review": "corrected"})
    new = claims[done.review.corrected_id or ""]
    assert (new.value, new.low, new.high, new.regime) == (0.79, None, None, "fine_tuned")
    assert (new.extractor, new.review, new.confidence) == ("curated", "accepted", 1.0)
    assert (new.source_url, new.location) == ("https://example.org/one", "Results > Scores, as corrected by Ada")
    assert (new.quote, new.subject_ids) == (QUOTE, ("model:scgpt",))


def test_a_correction_of_words_only_is_a_new_claim_too(archive: Archive) -> None:
    done = review(archive, CURATED.id, "corrected", corrections={"statement": "More cells help a little."}, **ADA)
    assert done.corrected is not None
    assert done.corrected.id != CURATED.id
    assert standing(archive)[CURATED.id].statement == "More cells help."


def test_names_of_the_vocabulary_are_understood_and_none_empties_a_field(archive: Archive) -> None:
    corrections = {"subject_ids": "scGPT, scBERT", "metric_id": "metric:macro_f1", "direction": None}
    new = review(archive, CURATED.id, "corrected", corrections=corrections, **ADA).corrected
    assert new is not None
    assert new.subject_ids == ("model:scgpt", "model:scbert")
    assert (new.metric_id, new.direction) == ("metric:macro_f1", None)


@pytest.mark.parametrize(
    ("corrections", "told"),
    [
        ({"quote": "something else"}, "no field 'quote' that can be corrected"),
        ({"directions": "-"}, "Did you mean direction?"),
        ({"direction": "up"}, "direction: Input should be"),
        ({"fraction": 25}, "fraction: Input should be less than or equal to 1"),
        ({"value": float("nan")}, "value: Input should be a finite number"),
        ({"subject_ids": "scGTP"}, "scGTP"),
        ({"subject_ids": 7}, "subject_ids is a list of names"),
        ({"direction": "+"}, "already says so"),
        ({}, "A correction names the fields that change"),
    ],
)
def test_a_correction_that_does_not_fit_is_refused_and_nothing_is_written(
    archive: Archive, corrections: dict[str, Any], told: str
) -> None:
    before = archive.digest()
    with pytest.raises(InvalidInput, match=told.replace("?", r"\?")):
        review(archive, CURATED.id, "corrected", corrections=corrections, **ADA)
    assert archive.digest() == before


@pytest.mark.parametrize(("name", "text"), [("who", " "), ("why", ""), ("who", "x" * 201), ("why", "x" * 2001)])
def test_a_review_without_a_name_or_a_reason_is_refused(archive: Archive, name: str, text: str) -> None:
    with pytest.raises(InvalidInput, match=f"--{name} has"):
        review(archive, CURATED.id, "accepted", **{**ADA, name: text})


def test_an_unknown_claim_is_not_found(archive: Archive) -> None:
    with pytest.raises(NotFound):
        review(archive, "claim:ffffffffffff", "accepted", **ADA)


def test_fields_that_say_which_paper_said_it_cannot_be_corrected() -> None:
    kept = {
        "id",
        "paper_id",
        "version_id",
        "quote",
        "passage_id",
        "start",
        "end",
        "extractor",
        "confidence",
        "held",
        "review",
    }
    assert set(CORRECTABLE) == set(Claim.model_fields) - kept


def test_the_last_review_counts_whatever_the_order_of_the_files(archive: Archive) -> None:
    for day, decision in ((3, "rejected"), (1, "accepted")):
        at = datetime(2026, 11, day, tzinfo=UTC)
        review(archive, CURATED.id, "accepted" if decision == "accepted" else "rejected", at=at, **ADA)
    assert [one.decision for one in reviews(archive)] == ["accepted", "rejected"]
    assert standing(archive)[CURATED.id].review == "rejected"


def test_a_claim_that_is_loaded_again_gets_its_review_back(archive: Archive) -> None:
    review(archive, CURATED.id, "accepted", **ADA)
    archive.append([CURATED], writer="seeds")
    assert standing(archive)[CURATED.id].review == "unreviewed"
    assert apply_reviews(archive) == 1
    assert standing(archive)[CURATED.id].review == "accepted"
    assert apply_reviews(archive) == 0


def test_a_review_that_was_cut_off_before_the_mark_is_completed(archive: Archive) -> None:
    archive.append(
        [Review(claim_id=CURATED.id, decision="rejected", at=datetime(2026, 1, 1, tzinfo=UTC), **ADA)], writer="review"
    )
    apply_reviews(archive)
    assert standing(archive)[CURATED.id].review == "rejected"


def test_the_graph_shows_the_review_and_the_correction(archive: Archive, tmp_path: Path) -> None:
    done = review(archive, CURATED.id, "corrected", corrections={"direction": "-"}, **ADA)
    home = Home(tmp_path / "home", f"ladybug:{tmp_path / 'graph'}")
    rebuild(home)
    with open_store(home.store_url, read_only=True) as store:
        rows = store.query("MATCH (c:Claim) WHERE c.kind = 'scaling' RETURN c.id AS id, c.review AS review")
    assert done.corrected is not None
    assert {row["id"]: row["review"] for row in rows} == {CURATED.id: "corrected", done.corrected.id: "accepted"}


def test_a_rejected_claim_is_neither_judged_nor_compared_and_loading_it_again_does_not_bring_it_back(
    archive: Archive, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home", f"ladybug:{tmp_path / 'graph'}")
    rebuild(home)
    assert CURATED.id in {one.claim_id for one in archive.read("Evidence") if isinstance(one, Evidence)}
    review(archive, CURATED.id, "rejected", **ADA)
    archive.append([CURATED], writer="seeds")
    rebuild(home)
    assert standing(archive)[CURATED.id].review == "rejected"
    assert CURATED.id not in {one.claim_id for one in archive.read("Evidence") if isinstance(one, Evidence)}


@given(decision=st.sampled_from(["accepted", "corrected", "rejected"]), corrected_id=st.none() | st.just("claim:x"))
def test_only_a_correction_names_the_claim_in_its_place(decision: Any, corrected_id: str | None) -> None:
    given = {"claim_id": "claim:y", "decision": decision, "corrected_id": corrected_id, "at": datetime(2026, 1, 1)}  # noqa: DTZ001
    if (decision == "corrected") == (corrected_id is not None):
        assert Review.model_validate({**given, **ADA}).decision == decision
    else:
        with pytest.raises(ValueError, match="only a correction has one"):
            Review.model_validate({**given, **ADA})


# --- the commands ----------------------------------------------------------------------------------------------


def run(*arguments: str) -> Result:
    app = typer.Typer(cls=Commands, pretty_exceptions_enable=False)
    app.add_typer(claims_app, name="claims")
    return CliRunner().invoke(app, ["claims", *arguments])


@pytest.fixture
def at_home(archive: Archive) -> Archive:
    assert open_home().archive.folder == archive.folder
    return archive


def test_a_claim_is_reviewed_on_the_command_line(at_home: Archive) -> None:
    begin = CURATED.id[:14]
    done = run(
        "review", begin, "--correct", "direction=-", "--correct", "corpus_cells=1000", "--who", "Ada", "--why", "x",
        "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout)
    assert (row["claim_id"], row["decision"], row["who"]) == (CURATED.id, "corrected", "Ada")
    assert f"{CURATED.id} is corrected. {row['corrected_id']} corrects it." in done.stderr
    new = standing(at_home)[row["corrected_id"]]
    assert (new.direction, new.corpus_cells) == ("-", 1000)
    listed = run("reviews", "--json")
    assert json.loads(listed.stdout) == row


@pytest.mark.parametrize("flags", [[], ["--accept", "--reject"], ["--accept", "--correct", "unit=cells"]])
def test_exactly_one_decision_has_to_be_given(at_home: Archive, flags: list[str]) -> None:
    done = run("review", CURATED.id, *flags, "--who", "Ada", "--why", "x")
    assert done.exit_code == 2
    assert "Give one of --accept" in done.stderr


def test_a_review_needs_who_and_why(at_home: Archive) -> None:
    done = run("review", CURATED.id, "--accept", "--who", "Ada")
    assert done.exit_code == 2
    assert "--why" in done.stderr


def test_no_reviews_is_said_and_is_a_failure(at_home: Archive) -> None:
    done = run("reviews")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "No reviews." in done.stderr


def test_a_review_of_an_earlier_version_follows_its_claim_over_a_renamed_word(tmp_path: Path) -> None:
    written = Path(__file__).parents[2] / "graph" / "archive" / "version1"
    shutil.copytree(written, tmp_path / "archive")
    archive = Archive(tmp_path / "archive")
    assert apply_reviews(archive) == 1
    (claim,) = archive.read("Claim")
    assert isinstance(claim, Claim)
    assert (claim.sampling, claim.review) == ("geometric_sketching", "rejected")


def test_a_direction_that_looks_like_a_number_is_a_direction(at_home: Archive) -> None:
    done = run("review", CURATED.id, "--correct", "direction=0", "--who", "Ada", "--why", "No effect.")
    assert done.exit_code == 0, done.stderr
    assert [claim.direction for claim in standing(at_home).values() if "by Ada" in str(claim.location)] == ["0"]
