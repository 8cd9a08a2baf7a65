"""Claims read by rule against labelled sentences: complete, partial, missed, and what was asserted falsely.

    python benchmarks/claims.py [GOLD.jsonl ...] [--scorer score_claims.py] [--aliases aliases.json]
                                [--evidence-inference FOLDER]

GOLD holds one object a line: ``id``, ``sentence``, ``expect`` (a list of tuples). Without arguments the open set of
``$BIORXIVIST_SHARED`` is scored, and so are sentences of our own from the tests. The scorer counts; this file adds the
time per sentence, a whole paper (``scfm_mini.py``), the processor time of reading papers beside that of parsing them,
how many of the judged claims were right by how surely the rules said so (``judged_claims.py``), and what the rules make
of another field where its data are at hand (``evidence_inference.py``).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import evidence_inference
import judged_claims
import scfm_mini

from biorxivist.claims.extract.extract import extract_claims
from biorxivist.claims.extract.labelled import as_tuple, read_labelled
from biorxivist.claims.extract.read import read_sentence
from biorxivist.literature.parse import parse
from graph.vocabulary import load_vocabulary

SENTENCES = Path(__file__).parents[1] / "tests/biorxivist/claims/extract/sentences"
OWN = [SENTENCES / name for name in ("written.jsonl", "field.jsonl", "wording.jsonl")]
ROUNDS = 5
SHARED = Path(os.environ.get("BIORXIVIST_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="*", type=Path, default=[SHARED / "samples" / "eval" / "claims_open.jsonl", *OWN])
    parser.add_argument("--scorer", type=Path, default=SHARED / "tools" / "score_claims.py")
    parser.add_argument("--aliases", type=Path, default=SHARED / "tools" / "claim_aliases.json")
    parser.add_argument("--evidence-inference", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    scorer = (arguments.scorer, "--aliases", arguments.aliases)
    for gold in arguments.gold:
        start = time.perf_counter()
        lines = list(read_labelled(gold, load_vocabulary()))
        seconds = time.perf_counter() - start
        print(f"{gold.name}: {len(lines)} sentences, {1000 * seconds / max(len(lines), 1):.1f} ms each")
        print(scored(gold, lines, *scorer))
    print(calibration(arguments.gold, *scorer))
    if (mini := SHARED / "samples" / "eval" / "scfm_mini").is_dir():
        print(scfm_mini.score(mini))
    if papers := sorted((SHARED / "samples" / "jats").glob("*.xml")):
        print(reading_time(papers))
    judged_claims.main([])
    if arguments.evidence_inference:
        print(evidence_inference.score(arguments.evidence_inference))


def scored(gold: Path, lines: Iterable[dict[str, Any]], scorer: Path, *options: object) -> str:
    """What the scorer prints of these predictions."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as predicted:
        predicted.writelines(f"{json.dumps(line)}\n" for line in lines)
        predicted.flush()
        command = [sys.executable, *map(str, (scorer, gold, predicted.name, *options))]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def calibration(golds: Sequence[Path], *scorer: Any) -> str:
    """How many of the claims of labelled sentences are right by how surely the rules read them.

    Right is what has every field of a tuple that is expected or optional; what no tuple speaks of is not, so that these
    shares are low rather than high.
    """
    right: Counter[float] = Counter()
    read: Counter[float] = Counter()
    for gold in golds:
        entries = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
        drafts = {entry["id"]: read_sentence(entry["sentence"], load_vocabulary()) for entry in entries}
        for sure in {round(draft.confidence, 2) for of_sentence in drafts.values() for draft in of_sentence}:
            lines = [
                {"id": name, "claims": [as_tuple(draft) for draft in said if round(draft.confidence, 2) == sure]}
                for name, said in drafts.items()
            ]
            found = json.loads(scored(gold, lines, *scorer, "--json"))
            read[sure] += found["total"]["predictions"]
            right[sure] += found["all"]["complete"] + found["total"]["optional_found"]
    rows = [f"  {sure:.2f}: {right[sure]} of {read[sure]} right" for sure in sorted(read, reverse=True)]
    return "\n".join(["claims of labelled sentences by confidence", *rows])


def reading_time(papers: Sequence[Path]) -> str:
    """Processor time of reading the claims of papers, as a ratio of that of parsing them; medians of rounds."""
    parsing, reading = [], []
    vocabulary = load_vocabulary()
    for _ in range(ROUNDS):
        start = time.process_time()
        documents = [parse(paper) for paper in papers]
        parsing.append(time.process_time() - start)
        times = []
        for document in documents:
            start = time.process_time()
            extract_claims(document.passages, vocabulary)
            times.append(time.process_time() - start)
        reading.append(times)
    each = [statistics.median(of_paper) for of_paper in zip(*reading, strict=True)]
    parsed, read = statistics.median(parsing), sum(each)
    return (
        f"{len(papers)} papers: parsed in {parsed:.2f} s of processor time, read in {read:.2f} s ({read / parsed:.1f} "
        f"times as long), {parsed + read:.2f} s together; "
        f"{statistics.median(each):.2f} s a paper in the median"
    )


if __name__ == "__main__":
    main()
