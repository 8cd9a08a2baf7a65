"""Questions put to `ask`, offline: how many are answered right, answered wrong, and refused.

    python benchmarks/ask.py [--set shipped|scfm|typed|all] [--show]

Sixty questions of the shipped graph (`questions/shipped_graph.jsonl`, a third without an answer), and the open half
of scfm_mini, a paper's text with questions, once without any claim and once with the shipped ones. A wrong answer is
worse than a refusal and is counted apart from it; what is asked without an answer is right when it is refused.
`typed` are 240 questions as people type them, written by somebody who had seen neither the code nor the graph
(`questions/as_people_type.jsonl`): how many of those that a graph of this kind should answer get an answer, in full
or in part, and how many of the others are refused; whether an answer is right is for a reader, with --show.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from biorxivist.answers import Answer, answer
from biorxivist.claims.index import ClaimIndex, read_index
from graph.records import Paper, Passage, Record, Version
from graph.stores.base import Store
from graph.stores.open import open_store

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("BIORXIVIST_SHARED", HERE.resolve().parents[1] / "shared"))
LOOKED_AT = 5
"""Sentences of an answer in which the expected words have to stand."""
TOP = 3


def wilson(right: int, whole: int, z: float = 1.96) -> str:
    """A share with its 95 % interval."""
    if not whole:
        return "-"
    share = right / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * (share * (1 - share) / whole + z * z / (4 * whole * whole)) ** 0.5
    return f"{right}/{whole} = {share:.2f} ({middle - half:.2f} to {middle + half:.2f})"


def judge(question: dict[str, Any], found: Answer) -> str:
    """``right``, ``wrong`` or ``refused``; of a question without an answer a refusal is right."""
    if "all" not in question:
        return "right" if found.status == "refused" else "wrong"
    if found.status == "refused":
        return "refused"
    text = "\n".join(sentence.text + " " + sentence.citation for sentence in found.sentences[:LOOKED_AT])
    right = all(re.search(each, text) for each in question["all"])
    return "right" if right and not any(re.search(each, text) for each in question.get("never", ())) else "wrong"


def of_the_shipped_graph(store: Store, index: ClaimIndex, *, show: bool, path: Path) -> None:
    rows: list[tuple[bool, str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        found = answer(question["question"], index=index, store=store)
        outcome = judge(question, found)
        rows.append(("all" in question, outcome))
        if show or outcome == "wrong" or (outcome == "refused" and show):
            tell(question, outcome, found)
    report(path.stem, rows)


def report(name: str, rows: Sequence[tuple[bool, str]]) -> None:
    answerable = [outcome for has_answer, outcome in rows if has_answer]
    others = [outcome for has_answer, outcome in rows if not has_answer]
    print(f"{name}: of {len(answerable)} with an answer right {wilson(answerable.count('right'), len(answerable))}")
    print(f"  wrong {answerable.count('wrong')}, refused {answerable.count('refused')}")
    print(f"  of {len(others)} without an answer refused {wilson(others.count('right'), len(others))}")
    wrong = sum(outcome == "wrong" for _, outcome in rows)
    print(f"  wrong answers in all: {wilson(wrong, len(rows))}")


def of_one_paper(store: Store, index: ClaimIndex, name: str, *, show: bool) -> None:
    folder = SHARED / "samples" / "eval" / "scfm_mini"
    rows = []
    weak = 0
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        found = answer(question["question"], index=index, store=store)
        if not question["answerable"]:
            weak += found.status == "partial"
            outcome = "right" if found.status in ("refused", "partial") else "wrong"
        elif found.status == "refused":
            outcome = "refused"
        else:
            top = "\n".join(sentence.text for sentence in found.sentences[:TOP])
            outcome = "right" if any(each in top for each in question["answer_any_of"]) else "wrong"
        rows.append((question["answerable"], outcome))
        if show or outcome not in ("right",):
            tell(question, outcome, found)
    report(f"{name}, sentence in the top {TOP}", rows)
    print(f"  of those without an answer {weak} are weak answers, the others refused")


def as_people_type(store: Store, index: ClaimIndex, *, show: bool) -> None:
    statuses: dict[str, list[str]] = {"answer": [], "refuse": []}
    for line in (HERE / "questions" / "as_people_type.jsonl").read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        found = answer(question["question"], index=index, store=store)
        statuses[question["expect"]].append(found.status)
        if show:
            tell(question, found.status, found)
    asked, others = statuses["answer"], statuses["refuse"]
    print(f"as people type: of {len(asked)} within the field answered {wilson(asked.count('answered'), len(asked))}")
    print(f"  in part {asked.count('partial')}, refused {asked.count('refused')}")
    print(f"  of {len(others)} others refused {wilson(others.count('refused'), len(others))}")


def tell(question: dict[str, Any], outcome: str, found: Answer) -> None:
    print(f"[{outcome}] {question['id']} {question['question']}")
    print(f"    {found.status}: {found.reason} {list(found.nearest[:3]) if found.nearest else ''}")
    for sentence in found.sentences[:LOOKED_AT]:
        print(f"    - {sentence.kind}: {sentence.text[:230]} ({sentence.citation[:60]})")


def paper_as_records(shipped: Iterable[Record], *, claims: bool) -> list[Record]:
    """The text of the paper as passages, with the names of the field, and with or without the shipped claims."""
    text = (SHARED / "samples" / "eval" / "scfm_mini" / "deep_dive.txt").read_text(encoding="utf-8")
    work = "doi:10.1101/2023.10.19.563100"
    kept = [record for record in shipped if claims or type(record).__name__ in {"Model", "Dataset", "Task", "Metric"}]
    if not claims:
        kept.append(Paper(id=work, title="A Deep Dive into Single-Cell RNA Sequencing Foundation Models", year=2023))
        kept.append(Version(paper_id=work, label="1"))
    passages = [
        Passage(paper_id=work, version_id=f"{work}v1", section=f"paragraph {number}", text=line, end=len(line))
        for number, line in enumerate(text.splitlines())
        if line.strip()
    ]
    return [*kept, *passages]


def main() -> None:
    from biorxivist.load.prepare import open_graph
    from biorxivist.workspace.home import open_home

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=["shipped", "scfm", "typed", "all"], default="all")
    parser.add_argument("--questions", type=Path, default=HERE / "questions" / "shipped_graph.jsonl")
    parser.add_argument("--show", action="store_true", help="print every question, not only those that went wrong")
    arguments = parser.parse_args()
    home = open_home()
    if arguments.set in {"typed", "all"}:
        with open_graph(home) as store:
            as_people_type(store, read_index(store), show=arguments.show)
    if arguments.set in {"shipped", "all"}:
        with open_graph(home) as store:
            of_the_shipped_graph(store, read_index(store), show=arguments.show, path=arguments.questions)
    if arguments.set in {"scfm", "all"} and (SHARED / "samples" / "eval" / "scfm_mini").is_dir():
        shipped = list(home.archive.read())
        for claims in (False, True):
            with tempfile.TemporaryDirectory() as folder, open_store(f"ladybug:{folder}/graph") as store:
                store.write(paper_as_records(shipped, claims=claims), replace=True)
                name = f"scfm_mini {'with' if claims else 'without'} the shipped claims"
                of_one_paper(store, read_index(store), name, show=arguments.show)


if __name__ == "__main__":
    main()
