"""Two hundred faithful drafts become claims; two hundred of each kind of tampering do not, and say why."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.quotes import fold, locate
from biorxivist.claims.extract.read import read_sentence
from biorxivist.claims.extract.verify import Rejected, verify
from graph.records import Claim, Passage
from graph.vocabulary import load_vocabulary

MODELS = ("scGPT", "Geneformer", "scVI", "scBERT", "UCE", "CellFM", "PCA", "Harmony")
VERBS = {
    "outperformed": (">", "asserted"), "did not outperform": (">", "negated"), "was worse than": ("<", "asserted"),
    "was comparable to": ("~", "asserted"), "surpassed": (">", "asserted"),
}  # fmt: skip
PLACES = ("the pancreas data", "the myeloid data", "the multiple sclerosis data")
FLIPPED = {">": "<", "<": ">", "~": ">"}
N = 200


def sentences() -> list[tuple[str, Draft]]:
    """Sentences that claim one thing, each with what is read in it."""
    rng = random.Random(0)
    made: list[tuple[str, Draft]] = []
    while len(made) < N:
        if rng.random() < 0.5:
            one, other = rng.sample(MODELS, 2)
            text = f"On {rng.choice(PLACES)}, {one} {rng.choice(list(VERBS))} {other} in accuracy."
        else:
            text = f"{rng.choice(MODELS)} reached an accuracy of 0.{rng.randrange(100, 999)} on {rng.choice(PLACES)}."
        drafts = read_sentence(text, load_vocabulary())
        assert len(drafts) == 1, text
        made.append((text, drafts[0]))
    return made


FAITHFUL = sentences()


def passage(text: str) -> Passage:
    body = f"We trained all models alike. {text} Details are in the supplement."
    return Passage(paper_id="key:p", version_id="key:pv1", section="Results", text=body, end=len(body))


def made(draft: Draft, quote: str, text: str | None = None) -> Claim | Rejected:
    return verify(draft, quote, passage(text or quote), load_vocabulary(), extractor="test@1")


def test_faithful_drafts_become_claims_whose_quote_is_a_slice_of_the_passage() -> None:
    for text, draft in FAITHFUL:
        claim = made(draft, text)
        assert isinstance(claim, Claim), claim
        assert passage(text).text[claim.start : claim.end] == claim.quote == text


def test_a_quote_in_other_quotation_marks_dashes_and_spaces_is_the_same_quote() -> None:
    draft = FAITHFUL[0][1]
    claim = made(draft, FAITHFUL[0][0].replace(" ", "\u00a0 "), FAITHFUL[0][0])
    assert isinstance(claim, Claim)
    assert claim.quote == FAITHFUL[0][0]


def test_a_changed_digit_in_the_quote_is_an_altered_quote() -> None:
    for text, draft in [entry for entry in FAITHFUL if "0." in entry[0]]:
        tampered = text.replace("0.", "0.9", 1)
        outcome = made(draft, tampered, text)
        assert isinstance(outcome, Rejected)
        assert outcome.outcome == "altered"
        assert "the text has" in outcome.reason


@pytest.mark.parametrize(
    ("old", "new"), [("outperformed", "underperformed"), ("did not outperform", "did outperform"), ("worse", "better")]
)
def test_a_changed_verb_in_the_quote_is_an_altered_quote(old: str, new: str) -> None:
    changed = [(text, draft) for text, draft in FAITHFUL if old in text]
    assert changed
    for text, draft in changed:
        outcome = made(draft, text.replace(old, new), text)
        assert isinstance(outcome, Rejected)
        assert outcome.outcome == "altered"


def test_a_number_that_the_quote_does_not_print_makes_no_claim() -> None:
    rng = random.Random(1)
    scores = [entry for entry in FAITHFUL if entry[1].value is not None]
    for text, draft in rng.choices(scores, k=N):
        value = float(draft.value or 0)
        outcome = made(replace(draft, value=round(value + 0.01, 3)), text)
        assert isinstance(outcome, Rejected)
        assert outcome.outcome == "number"


def test_a_name_that_the_quote_does_not_hold_makes_no_claim() -> None:
    rng = random.Random(2)
    for text, draft in FAITHFUL:
        other = rng.choice([name for name in MODELS if name not in text])
        outcome = made(replace(draft, subject=other, subject_id=load_vocabulary().find("model", other)), text)
        assert isinstance(outcome, Rejected)
        assert outcome.outcome == "name"


def test_a_name_stands_in_the_quote_as_its_plural_too() -> None:
    text = "On combinatorial perturbations, scGPT outperformed GEARS."
    (draft,) = read_sentence(text, load_vocabulary())
    assert draft.task == "perturbation"
    assert isinstance(made(draft, text), Claim)


def test_a_negation_or_direction_that_the_quote_denies_makes_no_claim() -> None:
    compared = [entry for entry in FAITHFUL if entry[1].direction]
    for text, draft in compared:
        turned = "asserted" if draft.polarity == "negated" else "negated"
        for tampered in (replace(draft, polarity=turned), replace(draft, direction=FLIPPED[str(draft.direction)])):
            outcome = made(tampered, text)
            assert isinstance(outcome, Rejected), (text, tampered)
            assert outcome.outcome == "direction"


def test_a_quote_of_another_paper_is_absent() -> None:
    other = "A connectome of the central brain was reconstructed from electron micrographs of a fly."
    for text, draft in FAITHFUL:
        outcome = made(draft, text, other)
        assert isinstance(outcome, Rejected)
        assert outcome.outcome == "absent"


def test_a_quote_of_another_passage_is_said_to_stand_there() -> None:
    text, draft = FAITHFUL[0]
    elsewhere = passage(text)
    here = passage("Something else.")
    outcome = verify(draft, text, here, load_vocabulary(), extractor="test@1", others=[elsewhere])
    assert isinstance(outcome, Rejected)
    assert outcome.outcome == "exact_elsewhere"
    assert elsewhere.id in outcome.reason


def test_an_unknown_model_is_named_with_how_to_add_it() -> None:
    text = "scNova outperformed scVI."
    (draft,) = read_sentence(text, load_vocabulary())
    outcome = made(draft, text)
    assert isinstance(outcome, Rejected)
    assert outcome.outcome == "unknown_name"
    assert "vocabulary add model 'scNova'" in outcome.reason


def test_a_hedge_cannot_be_dropped() -> None:
    text = "scGPT may outperform scVI."
    (draft,) = read_sentence(text, load_vocabulary())
    assert isinstance(made(draft, text), Claim)
    assert isinstance(made(replace(draft, hedging="none"), text), Rejected)


def test_places_in_a_folded_text_lead_back_to_the_text() -> None:
    text = "a\u00adb \u2014  \ufb01ne"
    folded, places = fold(text)
    assert folded == "ab - fine"
    assert [text[place] for place in places[:2]] == ["a", "b"]
    assert locate("ab - fine", Passage(paper_id="key:p", version_id="key:pv1", text=text)).outcome == "exact"
