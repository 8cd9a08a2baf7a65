"""Write ``graph/records/moved_ids.csv``: where the ids of the seeds of format version 1 have moved.

The seeds of version 1 are read, by their own code, at the last commit that had them; those of today by today's. Papers
are aligned by their key, versions by label, datasets and models by their names, and claims by order: entries of the
claim files keep theirs, so that an entry follows the one that says most nearly the same at its place. An old claim
that nothing follows is listed and moves nowhere.

``python docs/build_moved_ids.py`` writes the map, ``--check`` only says whether it is current (exit status 1 if not).
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MAP = ROOT / "graph" / "records" / "moved_ids.csv"
VERSION_1 = "987dd534576e6b0e3b5d3f27482caa79a0096910"
ALIKE = 0.55
"""Two entries at one place are the same claim from this likeness on."""
ALIKE_ANYWHERE = 0.8
"""Two entries in different places are, from this likeness on."""
FIELDS = ("kind", "subjects", "comparators", "task", "dataset", "metric", "direction", "train_fraction", "register")

READER = """
import json, sys, tomllib
from importlib import resources
from biorxivist.seeds import claims, papers
from graph.records import Claim, Version
from graph.vocabulary import load_vocabulary

folder = resources.files("biorxivist.seeds") / "claims"
files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
tables = [(file.name, entry) for file in files for entry in tomllib.loads(file.read_text(encoding="utf-8"))["claim"]]
read = [record for record in claims.records() if isinstance(record, Claim)]
versions = [record for record in papers.records() if isinstance(record, Version)]
json.dump({
    "papers": papers.paper_ids(),
    "versions": [[version.paper_id, version.label, version.id] for version in versions],
    "names": {entry.id: [entry.id.partition(":")[2], entry.name, *entry.aliases] for entry in load_vocabulary()},
    "claims": [
        [file, claim.id, entry] for (file, entry), claim in zip(tables, read, strict=True)
    ],
}, sys.stdout, default=str)
"""
"""Prints the seeds of the code that it runs with; it uses what both versions have."""

Seeds = Mapping[str, Any]


def seeds_of(folder: Path) -> Seeds:
    """The seeds as the code in ``folder`` reads them."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(  # noqa: S603 -- code of this file
        [sys.executable, "-c", READER], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    seeds: Seeds = json.loads(done.stdout)
    return seeds


def version_1() -> Seeds:
    """The seeds of version 1, from the history of this repository."""
    packed = subprocess.run(  # noqa: S603 -- no word of it comes from outside
        ["git", "archive", VERSION_1, "graph", "biorxivist", "scaling"],  # noqa: S607 -- git is where git is
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        return seeds_of(Path(folder))


def moved(old: Seeds, new: Seeds) -> tuple[dict[str, str], list[str]]:
    """Old id -> new id of everything that moved, and the old claims that nothing follows, in words."""
    papers = {old_id: new["papers"][key] for key, old_id in old["papers"].items() if key in new["papers"]}
    labels = {(paper, label): version for paper, label, version in new["versions"]}
    pairs = dict(papers)
    for paper, label, version in old["versions"]:
        if follows := labels.get((papers.get(paper, paper), label)):
            pairs[version] = follows
    pairs |= _same_names(old["names"], new["names"])
    claims = _same_claims(old["claims"], new["claims"])
    pairs |= claims
    lost = [f"{file}: {entry['statement']}" for file, claim, entry in old["claims"] if claim not in claims]
    return {before: after for before, after in sorted(pairs.items()) if before != after}, lost


def _same_names(old: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Entries that are gone under their id, and the one that has their name now."""
    for entry_id, names in old.items():
        kind = entry_id.partition(":")[0]
        if entry_id in new:
            continue
        for other, others in new.items():
            if other.startswith(f"{kind}:") and {_folded(name) for name in names} & {_folded(name) for name in others}:
                yield entry_id, other
                break


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


Entries = list[tuple[str, Mapping[str, Any]]]


def _same_claims(old: Sequence[Any], new: Sequence[Any]) -> dict[str, str]:
    """Claims by order within their files; then those that are left over, by likeness alone."""
    pairs: dict[str, str] = {}
    for file in sorted({file for file, _, _ in old}):
        pairs |= _aligned(_entries_of(old, file), _entries_of(new, file))
    taken = set(pairs.values())
    free = [(claim, entry) for _, claim, entry in new if claim not in taken]
    for _, claim, entry in old:
        if claim in pairs or not free:
            continue
        best = max(free, key=lambda other: _likeness(entry, other[1]))
        if _likeness(entry, best[1]) >= ALIKE_ANYWHERE:
            pairs[claim] = best[0]
            free.remove(best)
    return pairs


def _entries_of(rows: Sequence[Any], file: str) -> Entries:
    return [(claim, entry) for name, claim, entry in rows if name == file]


def _aligned(old: Entries, new: Entries) -> dict[str, str]:
    """The pairs, in order, whose likeness is greatest in sum (a global alignment)."""
    scores = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_likeness(before, after) for _, after in new] for _, before in old]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            pair = alike[i][j] + scores[i + 1][j + 1] if alike[i][j] >= ALIKE else 0.0
            scores[i][j] = max(scores[i + 1][j], scores[i][j + 1], pair)
    pairs, i, j = {}, 0, 0
    while i < len(old) and j < len(new):
        if alike[i][j] >= ALIKE and scores[i][j] == alike[i][j] + scores[i + 1][j + 1]:
            pairs[old[i][0]] = new[j][0]
            i, j = i + 1, j + 1
        elif scores[i][j] == scores[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likeness(before: Mapping[str, Any], after: Mapping[str, Any]) -> float:
    """0 to 1: half for the fields that agree, half for the words of the statement."""
    fields = [name for name in FIELDS if name in before or name in after]
    agree = sum(before.get(name) == after.get(name) for name in fields) / len(fields)
    words = difflib.SequenceMatcher(None, before["statement"].split(), after["statement"].split(), autojunk=False)
    return float(agree / 2 + words.ratio() / 2)


def page(pairs: Mapping[str, str]) -> str:
    """The map as text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["old", "new"])
    writer.writerows(pairs.items())
    return text.getvalue()


def main() -> int:
    """Write the map, or check it."""
    pairs, lost = moved(version_1(), seeds_of(ROOT))
    for claim in lost:
        print(f"nothing follows {claim}", file=sys.stderr)
    text = page(pairs)
    if "--check" in sys.argv[1:]:
        current = MAP.read_text(encoding="utf-8") == text
        print(f"{MAP.name} is {'current' if current else 'out of date: run python docs/build_moved_ids.py'}")
        return 0 if current else 1
    MAP.write_text(text, encoding="utf-8")
    print(f"{MAP.name}: {len(pairs)} ids moved, {len(lost)} claims have no successor")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
