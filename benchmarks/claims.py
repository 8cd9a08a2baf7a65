"""Claims read by rule against labelled sentences: complete, partial, missed, and what was asserted falsely.

    python benchmarks/claims.py [GOLD.jsonl ...] [--scorer score_claims.py] [--aliases aliases.json]
                                [--evidence-inference FOLDER]

GOLD holds one object a line: ``id``, ``sentence``, ``expect`` (a list of tuples). Without arguments the open set of
``$BIORXIVIST_SHARED`` is scored, and so are sentences of our own from the tests. The scorer counts; this file adds the
time per sentence, how many of the judged claims were right by how surely the rules said so (``judged_claims.py``),
and what the rules make of another field where its data are at hand (``evidence_inference.py``).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import evidence_inference
import judged_claims

from biorxivist.claims.extract.labelled import read_labelled
from graph.vocabulary import load_vocabulary

WRITTEN = Path(__file__).parents[1] / "tests/biorxivist/claims/extract/sentences/written.jsonl"
SHARED = Path(os.environ.get("BIORXIVIST_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "gold", nargs="*", type=Path, default=[SHARED / "samples" / "eval" / "claims_open.jsonl", WRITTEN]
    )
    parser.add_argument("--scorer", type=Path, default=SHARED / "tools" / "score_claims.py")
    parser.add_argument("--aliases", type=Path, default=SHARED / "tools" / "claim_aliases.json")
    parser.add_argument("--evidence-inference", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    for gold in arguments.gold:
        start = time.perf_counter()
        lines = list(read_labelled(gold, load_vocabulary()))
        seconds = time.perf_counter() - start
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as predicted:
            predicted.writelines(f"{json.dumps(line)}\n" for line in lines)
            predicted.flush()
            paths = [arguments.scorer, gold, predicted.name, "--aliases", arguments.aliases]
            command = [sys.executable, *map(str, paths)]
            table = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        print(f"{gold.name}: {len(lines)} sentences, {1000 * seconds / max(len(lines), 1):.1f} ms each")
        print(table)
    judged_claims.main([])
    if arguments.evidence_inference:
        print(evidence_inference.score(arguments.evidence_inference))


if __name__ == "__main__":
    main()
