"""Sentences written before the rules were tried on them: how claims are worded, and how abstracts word them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from biorxivist.claims.extract.labelled import read_labelled
from graph.vocabulary import load_vocabulary

FILES = [
    Path(__file__).parent / "sentences" / name
    for name in ("written.jsonl", "field.jsonl", "wording.jsonl", "traps.jsonl")
]
GOLD = [json.loads(line) for file in FILES for line in file.read_text(encoding="utf-8").splitlines()]
PREDICTED = {line["id"]: line["claims"] for file in FILES for line in read_labelled(file, load_vocabulary())}
SHORT = {"masked autoencoder": "MAE"}
"""Names of which a sentence has the abbreviation too, and that is what is read."""
MISSED = {
    "w07", "f56", "g042", "g046", "g054", "g058", "g059", "g100", "g114", "g129", "g141", "g151", "g154", "g161"
}  # fmt: skip
"""Of these a tuple is not read, or not in full: "any of the models" passes for a pronoun, "both A and B baselines" for
one group, and "brought no further gains" is read as no effect rather than as no gain."""


def fits(expected: dict[str, Any], predicted: dict[str, Any]) -> bool:
    given = {name: value for name, value in expected.items() if name != "optional" and value is not None}
    unsaid = {"polarity": "asserted", "attribution": "own", "hedging": "none"}
    return all(
        folded(predicted.get(name, unsaid.get(name))) == folded(value) for name, value in {**unsaid, **given}.items()
    )


def folded(value: object) -> object:
    return SHORT.get(value, value).casefold() if isinstance(value, str) else value


@pytest.mark.parametrize("line", GOLD, ids=[line["id"] for line in GOLD])
def test_a_sentence_gives_its_tuples_and_no_others(line: dict[str, Any]) -> None:
    predicted = PREDICTED[line["id"]]
    wanted = [expected for expected in line["expect"] if not expected.get("optional")]
    missed = [expected for expected in wanted if not any(fits(expected, claim) for claim in predicted)]
    assert bool(missed) == (line["id"] in MISSED), f"{line['sentence']}: {missed} are not in {predicted}"
    if not missed:
        others = [claim for claim in predicted if not any(fits(expected, claim) for expected in line["expect"])]
        assert not others, f"{line['sentence']}: nobody says {others}"
