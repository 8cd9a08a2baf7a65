"""Signs and comparisons by rule on another field: Evidence Inference v2, trials of medicine (MIT licence).

    python benchmarks/evidence_inference.py FOLDER

FOLDER holds ``v2_annotations.csv`` and ``prompts_merged.csv`` of the public repository jayded/evidence-inference. For
each annotated span the rules say whether the outcome was significantly higher, lower or not different under the
intervention; where none fires, "no difference" is taken, the most frequent answer. The field's own words for what is
measured are not known here, so this shows whether verbs, negation and sides are read, and no more. Trials often say
only that an outcome was higher or shorter in a group, which of a model says nothing; the second line reads that too.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from biorxivist.claims.extract.change import NEGATED
from biorxivist.claims.extract.clauses import split_clauses
from biorxivist.claims.extract.effects import find_effects
from biorxivist.claims.extract.predicates import find_predicates

SAME, UP, DOWN = "no significant difference", "significantly increased", "significantly decreased"
LABELS = {0: SAME, 1: UP, -1: DOWN}
NO_DIFFERENCE = re.compile(
    r"\bno (?:statistically |significant |clinically )*(?:\w+ )?(?:differences?|effects?|changes?)\b"
    r"|\b(?:did|does|do|was|were|is|are) not (?:\w+ )?(?:differ|significant)|\bnot statistically|\bns\b"
    r"|\bsimilar\b|\bcomparable\b",
    re.IGNORECASE,
)
# "Recovery was shorter in the treated group": an amount with no verb and no "than"; of a model, nothing says whether
# that is good
AMOUNT = re.compile(
    r"\b(?:(?P<more>higher|greater|longer|larger|better|more(?! than)|elevated|prolonged|increases?|improvements?)"
    r"|lower|shorter|less(?! than)|lesser|fewer|smaller|reductions?|decreases?|declines?)\b",
    re.IGNORECASE,
)
THAN = re.compile(r"\b(?:than|compared|versus|vs)\b", re.IGNORECASE)


def main() -> None:
    if len(sys.argv) != 2:
        print("Nothing to read: give the folder that holds v2_annotations.csv and prompts_merged.csv.")
        return
    print(score(Path(sys.argv[1])))


def score(folder: Path) -> str:
    """Accuracy, macro F1 and coverage, in lines for people."""
    spans = list(_spans(folder))
    most = Counter(label for label, _, _ in spans).most_common(1)[0][1]
    readers = (("the rules", predict), ("with amounts", predict_amount))
    lines = [f"Evidence Inference v2: {len(spans)} spans, the most frequent answer alone {most / len(spans):.2f}"]
    for name, read in readers:
        pairs = [(label, read(span, comparator)) for label, span, comparator in spans]
        fired = [(label, said) for label, said in pairs if said is not None]
        full = [(label, said or SAME) for label, said in pairs]
        lines.append(
            f"  {name:12} accuracy {_accuracy(full):.2f}, macro F1 {_macro_f1(full):.2f}; "
            f"reads {len(fired) / len(pairs):.2f}, of which accuracy {_accuracy(fired):.2f}, "
            f"macro F1 {_macro_f1(fired):.2f}"
        )
    return "\n".join(lines)


def predict(span: str, comparator: str) -> str | None:
    """What the rules read in a span; None where none fires."""
    for clause in split_clauses(span):
        if NO_DIFFERENCE.search(clause.text):
            return SAME
        for predicate in find_predicates(clause):
            before = clause.text[: predicate.start - clause.start]
            if NEGATED.search(before) or predicate.direction == "~":
                return SAME
            sign = 1 if predicate.direction == ">" else -1
            # "was lower in the placebo group than": the comparator is the subject
            turned = predicate.passive or _names(comparator, clause.text[: predicate.end - clause.start])
            return LABELS[-sign if turned else sign]
        for effect in find_effects(clause.text):
            before = clause.text[: effect.verb.start()]
            if effect.direction == "0" or NEGATED.search(before):
                return SAME
            return LABELS[1 if effect.direction == "+" else -1]
    return None


def predict_amount(span: str, comparator: str) -> str | None:
    """What the rules read in a span, and where they read nothing whether there was more or less of the outcome."""
    read = predict(span, comparator)
    if read is not None:
        return read
    for clause in split_clauses(span):
        amount = AMOUNT.search(clause.text)
        if amount is None:
            continue
        if NEGATED.search(clause.text[: amount.start()]):
            return SAME
        sign = 1 if amount["more"] else -1
        behind = THAN.split(clause.text[amount.end() :], maxsplit=1)[0]
        return LABELS[-sign if _names(comparator, behind) else sign]
    return None


def _names(comparator: str, text: str) -> bool:
    word = max(re.findall(r"\w{4,}", comparator.casefold()), key=len, default="")
    return bool(word) and word in text.casefold()


def _spans(folder: Path) -> Iterator[tuple[str, str, str]]:
    with (folder / "prompts_merged.csv").open(encoding="utf-8", newline="") as stream:
        comparators = {row["PromptID"]: row["Comparator"] for row in csv.DictReader(stream)}
    with (folder / "v2_annotations.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            span = " ".join(row["Annotations"].split())
            if span and row["Valid Label"] == "True":
                # by its code, as "increased" is spelt two ways
                yield LABELS[int(row["Label Code"])], span, comparators.get(row["PromptID"], "")


def _accuracy(pairs: list[tuple[str, str]]) -> float:
    return sum(label == said for label, said in pairs) / len(pairs)


def _macro_f1(pairs: list[tuple[str, str]]) -> float:
    scores = []
    for name in LABELS.values():
        hits = sum(label == said == name for label, said in pairs)
        every = sum((label == name) + (said == name) for label, said in pairs)
        scores.append(2 * hits / every if every else 0.0)
    return sum(scores) / len(scores)


if __name__ == "__main__":
    main()
