"""The open set of labelled sentences, by the scorer that stands beside it; and a real paper's claims."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from biorxivist.claims.extract.extract import extract_claims
from biorxivist.claims.extract.labelled import read_labelled
from biorxivist.errors import InvalidInput
from graph.records import Passage
from graph.vocabulary import load_vocabulary


def test_three_quarters_of_the_open_set_are_complete_and_nothing_is_asserted_falsely(
    shared: Path, tmp_path: Path
) -> None:
    gold = shared / "samples" / "eval" / "claims_open.jsonl"
    predicted = tmp_path / "predicted.jsonl"
    lines = read_labelled(gold, load_vocabulary())
    predicted.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    tools = shared / "tools"
    command = [
        sys.executable, str(tools / "score_claims.py"), str(gold), str(predicted),
        "--aliases", str(tools / "claim_aliases.json"), "--json",
    ]  # fmt: skip
    scores = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert scores["all"]["complete"] / scores["all"]["required"] >= 0.75
    assert scores["total"]["false"] == 0


def test_the_comparisons_of_a_real_paper_are_found_with_their_sets(shared: Path) -> None:
    folder = shared / "samples" / "eval" / "scfm_mini"
    texts = (folder / "deep_dive.txt").read_text(encoding="utf-8").splitlines()
    passages = [Passage(paper_id="key:p", version_id="key:pv1", text=text, start=n) for n, text in enumerate(texts)]
    paragraphs = {passage.id: number for number, passage in enumerate(passages)}
    vocabulary = load_vocabulary()
    read = {
        (paragraphs[str(claim.passage_id)], vocabulary.find("model", names[0]), names[1])
        for claim in extract_claims(passages, vocabulary).claims
        if claim.kind == "comparison"
        for names in [(claim.subject_ids[0], claim.comparator_ids[0])]
    }
    gold = [json.loads(line) for line in (folder / "gold_claims.jsonl").read_text(encoding="utf-8").splitlines()]
    group = {"foundation models": "model:scfm"}
    found = [
        row["id"]
        for row in gold
        if row["kind"] == "comparison"
        for sides in [
            {group.get(name) or vocabulary.find("model", name) for name in (row["subject"], row["comparator"])}
        ]
        if any(paragraph == row["paragraph"] and {one, other} == sides for paragraph, one, other in read)
    ]
    assert len(found) >= 7, found


@pytest.mark.parametrize(
    "line", ["no json", "[]", '{"id": 1}', '{"id": 1, "sentence": 5}', '{"id": null, "sentence": ""}']
)
def test_a_line_without_id_or_sentence_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "sentences.jsonl"
    path.write_text(f'{{"id": "a", "sentence": "scGPT beat scVI."}}\n{line}\n', encoding="utf-8")
    with pytest.raises(InvalidInput, match="line 2"):
        list(read_labelled(path, load_vocabulary()))
