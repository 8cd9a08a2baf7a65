"""Clauses that compare models: who is better, worse or as good as whom, on what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from biorxivist.claims.extract.clauses import Clause
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.names import Mention, coordinate
from biorxivist.claims.extract.numbers import Number
from graph.records import Direction

__all__ = ["read_comparisons"]

ADVERB = r"(?:\w+ly |even |also |still |often |far |much |not |no |always |the |a |an |slightly )*"
QUALITY = r"(?:performance|results?|accurac(?:y|ies)|scores?|generali[sz]ation|robustness|quality|fidelity|precision|recall|F1|correlations?|alignment|integration|\w+)"
BETTER = r"(?:better|superior|stronger|higher|greater|improved|enhanced|faster|more (?:accurate|robust|efficient|effective|reliable|accurately|robustly|efficiently|effectively|sensitive))"
WORSE = r"(?:worse|inferior|weaker|lower|poorer|slower|less (?:accurate|robust|efficient|effective|reliable|accurately|well))"
SAME = r"(?:comparable|competitive|similar|equivalent|identical|on[ -]par|on a par|comparably|similarly|equally)"
AGAINST = r"(?:compared (?:to|with)|relative to|than|over|versus|vs\.?|against|to|with|in comparison (?:to|with))"
PREDICATES: tuple[tuple[str, Direction, bool], ...] = (
    # wording, direction, whether the sides are swapped (passive)
    (rf"\b(?:match(?:es|ed|ing)? or (?:\w+ )?(?:outperform|exceed|surpass|beat)\w*|(?:outperform|exceed|surpass|beat)\w* or match(?:es|ed|ing)?|(?:outperform\w*|performs? {ADVERB}better than) or perform\w* comparably to|at least as (?:good|well|accurate)\w* as|as good as or better than|(?:comparable|competitive|similar|equal) (?:to )?or (?:better|superior|higher)(?: \w+)? (?:than|to|{QUALITY}))\b", "<", False),
    (rf"\b(?:is|are|was|were|be|been|being) {ADVERB}(?:outperformed|surpassed|exceeded|beaten|outcompeted|overtaken|bested) by\b", ">", True),
    (rf"\b(?:is|are|was|were|be|been|being) {ADVERB}(?:matched|equall?ed|rivalled) by\b", "~", True),
    (r"\bno better than\b|\bnot (?:any |significantly |substantially )?better than\b", ">", False),
    (rf"\b(?:outperform(?:s|ed|ing)?|out-perform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|exceed(?:s|ed|ing)?|beats?|beating|beaten|outcompetes?|overtakes?|outpac(?:es|ed)|outstrip(?:s|ped)?)\b(?! by\b)", ">", False),
    (rf"\b{BETTER}\b(?: (?!than\b|over\b|to\b|compared\b)[\w-]+){{0,6}}? (?:than|over|compared (?:to|with)|relative to|versus|in comparison (?:to|with))\b|\bsuperior to\b|\bsuperior (?:[\w-]+ ){{1,7}}?to (?=the state|state|existing|other|all|current|previous|prior|(?-i:[A-Z]|sc[A-Z]))|\bahead of\b|\bscor(?:es|ed) above\b", ">", False),
    (r"\b(?:improv(?:es?|ed|ing)|improvements?|gains?|advantages?|lead|margin|excel(?:s|led)?)\b(?: (?!over\b|to\b)[\w-]+){0,4}? (?:over|upon|compared (?:to|with)|relative to)\b", ">", False),
    (rf"\bunder-?perform(?:s|ed|ing)?\b(?: {ADVERB}(?:compared (?:to|with)|relative to|against|versus))?|\b{WORSE}\b(?: (?!than\b|to\b|compared\b)[\w-]+){{0,6}}? (?:than|compared (?:to|with)|relative to)\b|\binferior to\b|\b(?:is|are|was|were|remain(?:s|ed)?) (?:\w+ )?behind\b|\b(?:fall(?:s|ing)?|fell|lag(?:s|ged|ging)?|trail(?:s|ed|ing)?) (?:\w+ )?(?:short of|behind|below)\b|\btrail(?:s|ed)\b|\blos(?:es?|t) to\b", "<", False),
    (rf"\bmatch(?:es|ed|ing)?\b(?! (?:between|of|the (?:distribution|batch|label)))|\b(?:is|are|was|were|be|remains?|remained|perform(?:s|ed)?|performance|results?|become) {ADVERB}(?:{SAME})\b(?: [\w-]+){{0,4}}? (?:to|with|as)\b|\b{SAME}(?: [\w-]+){{0,3}}? (?:to|with)\b|\b(?:perform(?:s|ed)?|do(?:es)?|work(?:s|ed)?) (?:just |about )?as (?:good|well) as\b|\bon par with\b|\blevel with\b|\brival(?:s|ed|ling)?\b|\bequal(?:s|led)? to\b|\bas (?:good|accurate|well) as\b", "~", False),
)
COMPILED = tuple((re.compile(words, re.IGNORECASE), direction, swapped) for words, direction, swapped in PREDICATES)
OPENING = re.compile(r"^\s*(?:when )?(?:compared (?:to|with)|relative to|unlike|in contrast to|in comparison (?:to|with)|as opposed to)\b", re.I)
SUPERLATIVE = re.compile(r"\b(?:best|highest|top)\b", re.I)
NEGATION = re.compile(
    r"\b(?:not|n't|never|none|neither|nor|cannot|fail(?:s|ed|ing)? to|unable to|struggl(?:e|es|ed) to|rarely|seldom|hardly|without|yet to|no (?:model|method|single|foundation|deep|\w+ (?:model|method|approach)))\b|n[’']t\b",
    re.IGNORECASE,
)
INFINITIVE = re.compile(r"\b(?:found|shown|observed|seen|appears?|appeared|seems?|seemed|continues?|continued|tends?|tended|proved|able|fails?|failed|struggles?|unable|likely|reported|not|expected|yet|beat)\s+to\s+(?:\w+ly )?$", re.I)
INTENT = re.compile(r"\bto (?:\w+ly )?$", re.I)
BUT_NOT = re.compile(r",? but (?:not|never) (?=(?:on|in|for|at|with|by)\b)", re.I)
EXCEPT = re.compile(r"\b(?:except(?: for)?|other than|apart from|with the exception of|besides)\s+(?:the )?", re.I)
BY = re.compile(r"\bby (?:an average of |about |over |more than |at least |around |~ ?|nearly )?(?:up to )?$", re.I)


@dataclass(frozen=True)
class Scope:
    """What a comparison speaks of beside its sides."""

    tasks: tuple[Mention | None, ...] = (None,)
    datasets: tuple[Mention | None, ...] = (None,)
    metrics: tuple[Mention | None, ...] = (None,)
    regime: str | None = None


ALIKE = re.compile(
    rf"\b(?:perform(?:s|ed)?|are|were|is|was|achiev\w+|show\w*|remain\w*|score[sd]?|did) {ADVERB}(?:similar(?:ly)?|comparabl[ye]|equally well|"
    r"equivalent(?:ly)?|on par|closely matched|indistinguishable|alike)\b(?! (?:to|with|as)\b)(?: performance| results| scores)?",
    re.IGNORECASE,
)
"""Wordings that say that several subjects are equal among themselves."""
BOTH = re.compile(r"\b(?:two|both)\b", re.I)
WITHIN_NOISE = re.compile(
    r"\b(?:smaller than|within|below|less than|not exceed\w*) (?:the )?(?:\w+ )?(?:spread|noise|error|variation|variance|variability|"
    r"standard deviation|confidence)|\bnot (?:statistically )?significant\b|\bno significant\b",
    re.IGNORECASE,
)


def read_comparisons(
    clause: Clause, mentions: Sequence[Mention], numbers: Sequence[Number], subject: Sequence[Mention] = ()
) -> Iterator[Draft]:
    """Yield a draft for each pair of sides and each task, set and metric that the clause names.

    Parameters
    ----------
    mentions, numbers
        Those inside the clause; offsets are those of the sentence.
    subject
        Models that the clauses before speak of, the last first, for a clause that names none before its verb.
    """
    models = [mention for mention in mentions if mention.kind == "model"]
    yield from _read_alike(clause, mentions, models, subject)
    subject = subject[:1]
    verbs = _predicates(clause)
    objects: Sequence[Mention] = ()
    for place, (match, direction, swapped) in enumerate(verbs):
        start, end = clause.start + match.start(), clause.start + match.end()
        until = clause.start + verbs[place + 1][0].start() if place + 1 < len(verbs) else clause.end
        sides = _gain_of(match, models, clause, end) or _sides(clause, models, start, end, until, subject)
        if sides is None:
            continue
        left, right = sides
        if objects and left[0] in objects:
            left = list(subject)  # "A beats B and matches C": the subject of both verbs is A
        subject, objects = left, right
        # the wording may hold the negation itself: "is not behind", "no better than"
        negated = bool(NEGATION.search(clause.text[_subject_end(clause, left, start) : match.start()])) or bool(
            re.search(r"\b(?:no|not|never|hardly|rarely)\b|n[’']t\b", match.group(), re.I)
        )
        first = clause.start + verbs[0][0].start()
        scoped = [m for m in mentions if m.start < first or start <= m.start < until]
        if swapped:
            left, right = right, left
        yield from _drafts(clause, scoped, numbers, left, right, direction, negated, end)


def _read_alike(
    clause: Clause, mentions: Sequence[Mention], models: list[Mention], named: Sequence[Mention]
) -> Iterator[Draft]:
    """Yield the first of several subjects against each of the others: "A and B performed similarly"."""
    match = ALIKE.search(clause.text)
    if match is None or (clause.mode == "finding" and _intended(clause.text[: match.start()])):
        return
    start = clause.start + match.start()
    before = [m for m in models if m.end <= start and not m.guessed]
    groups = coordinate(clause.text, [_shift(m, -clause.start) for m in before])
    group = [_shift(m, clause.start) for m in groups[-1]] if groups else []
    if len(group) == 1 and group[0].pronoun and BOTH.search(group[0].text) and len(named) == 2:
        group = list(named)  # "the two methods" of the clause before
    named_only = [m for m in group if not m.pronoun]
    if len(named_only) > 1:
        negated = bool(NEGATION.search(clause.text[: match.end()]))
        yield from _drafts(clause, mentions, (), named_only[:1], named_only[1:], "~", negated, clause.start + match.end())


def _predicates(clause: Clause) -> list[tuple[re.Match[str], Direction, bool]]:
    """The wordings of a comparison in a clause, in order; where two overlap, the one that is listed first."""
    found: list[tuple[re.Match[str], Direction, bool]] = []
    for pattern, direction, swapped in COMPILED:
        for match in pattern.finditer(clause.text):
            apart = all(match.end() <= other.start() or other.end() <= match.start() for other, _, _ in found)
            if apart and not (clause.mode == "finding" and _intended(clause.text[: match.start()])):
                found.append((match, direction, swapped))
    return sorted(found, key=lambda entry: entry[0].start())


def _intended(before: str) -> bool:
    """Whether the verb is an infinitive that nobody found to hold ("designed to outperform")."""
    return bool(INTENT.search(before)) and not INFINITIVE.search(before)


def _gain_of(
    match: re.Match[str], models: Sequence[Mention], clause: Clause, end: int
) -> tuple[list[Mention], list[Mention]] | None:
    """Sides of "the gain of A over B", whose subject stands inside the wording."""
    inside = [m for m in models if clause.start + match.start() < m.start and m.end < end and not m.pronoun]
    after = [m for m in models if end <= m.start < end + 12 and not m.pronoun]
    return (inside, after[:1]) if inside and after and " of " in match.group() else None


def _subject_end(clause: Clause, left: Sequence[Mention], verb: int) -> int:
    """Where negation begins to bear on the verb: at the subject, which may itself be "neither A nor B"."""
    inside = [mention.start for mention in left if clause.start <= mention.start < verb]
    return max(min(inside, default=clause.start) - clause.start - 25, 0)


def _sides(
    clause: Clause, models: list[Mention], start: int, end: int, until: int, subject: Sequence[Mention]
) -> tuple[list[Mention], list[Mention]] | None:
    """The lists of models on both sides of the verb; None if a side is missing or only a pronoun."""
    text = clause.text
    opening = OPENING.match(text)
    excepted = {
        mention.start
        for match in EXCEPT.finditer(text)
        for group in coordinate(text, [_shift(m, -clause.start) for m in models if m.start - clause.start >= match.end()])[:1]
        for mention in (_shift(m, clause.start) for m in group)
        if group[0].start - match.end() < 3
    }
    usable = [mention for mention in models if mention.start not in excepted]
    comma = clause.start + text.find(",", opening.end()) if opening else -1
    groups = [
        [_shift(m, clause.start) for m in group]
        for part in ([m for m in usable if m.start < comma], [m for m in usable if m.start >= comma])
        for group in coordinate(text, [_shift(mention, -clause.start) for mention in part])
    ]
    before = [group for group in groups if group[-1].end <= start]
    after = [group for group in groups if end <= group[0].start < until]
    if opening and before and len(before) >= 2 and before[0][0].start - clause.start - opening.end() < 25:
        return (before[1], before[0]) if not after else (before[1], after[0])
    left = _subject_of(before, text, clause.start, start) or list(subject)
    right = next((group for group in after if _is_object(text[end - clause.start : group[0].start - clause.start])), None)
    if right is None:
        return None
    left = [mention for mention in left if not mention.pronoun] or list(subject) or _anaphor(left)
    right = [mention for mention in right if not mention.pronoun]
    return (left, right) if left and right else None


def _anaphor(left: Sequence[Mention]) -> list[Mention]:
    """The one pronoun that stands for a model named elsewhere: "it", "our model"; "we" and "none" stand for none."""
    return [m for m in left if re.match(r"it|they|our|this|these|the", m.text, re.I)][:1]


def _subject_of(before: list[list[Mention]], text: str, offset: int, verb: int) -> list[Mention]:
    """The list nearest to the verb that no preposition other than "of" or "like" hangs on."""
    for group in reversed(before):
        lead = text[: group[0].start - offset]
        if re.search(r"\b(?:for|in|on|with|by|from|to|at|than|as|via|using|through|across|compared with)\s+(?:the |an? |these |our |both |all )?$", lead, re.I) and len(before) > 1:
            continue
        return group
    return []


def _is_object(between: str) -> bool:
    """Whether nothing but modifiers stands between the verb and a list of models."""
    return len(between) < 90 and not re.search(
        r"[;:]|\b(?:that|which|because|when|if|who|showing|suggesting|using|by using|trained)\b", between, re.I
    )


def _shift(mention: Mention, by: int) -> Mention:
    return replace(mention, start=mention.start + by, end=mention.end + by)


def _drafts(
    clause: Clause,
    mentions: Sequence[Mention],
    numbers: Sequence[Number],
    left: Sequence[Mention],
    right: Sequence[Mention],
    direction: Direction,
    negated: bool,
    end: int,
) -> Iterator[Draft]:
    at_least = direction == "<" and re.search(r"\bor\b|at least", clause.text[: end - clause.start][-60:], re.I) and not re.search(
        r"worse|inferior|lag|trail|fall|fell|under", clause.text[: end - clause.start][-30:], re.I
    )
    negated = negated or bool(at_least)
    but_not = BUT_NOT.search(clause.text)
    cut = clause.start + but_not.start() if but_not else clause.end
    positive = scope_of([mention for mention in mentions if mention.start < cut])
    margin = next((n for n in numbers if n.start >= end and BY.search(clause.text[: n.start - clause.start])), None)
    if margin is None and WITHIN_NOISE.search(clause.text):
        margin = next((n for n in numbers if n.start >= end and clause.text[n.start - clause.start - 1] == "("), None)
    exceptions = tuple(
        m.text for match in EXCEPT.finditer(clause.text) for m in mentions
        if m.kind == "model" and 0 <= m.start - clause.start - match.end() < 3
    )  # fmt: skip
    for scope, denied in ((positive, negated), (scope_of([m for m in mentions if m.start >= cut]), not negated)):
        if scope == Scope() and denied != negated:
            continue
        for a, b, task, dataset, metric in product(left, right, scope.tasks, scope.datasets, scope.metrics):
            if a.text.casefold() == b.text.casefold():
                continue
            yield Draft(
                kind="comparison",
                subject=None if a.pronoun else a.text,
                subject_id=a.id,
                comparator=b.text,
                comparator_id=b.id,
                direction=direction,
                polarity="negated" if denied else "asserted",
                task=task and task.text,
                dataset=dataset and dataset.text,
                metric=metric and metric.text,
                regime=scope.regime,
                hedging="strong" if WITHIN_NOISE.search(clause.text) and direction != "~" else "none",
                value=margin.fraction if margin and (margin.unit in {"points", "percent"} or margin.value < 1) and margin.bound == "exact" else None,
                exceptions=exceptions,
                ids=ids_of(task=task, dataset=dataset, metric=metric),
            )


def scope_of(mentions: Sequence[Mention]) -> Scope:
    """Tasks, sets, metrics and the regime among these mentions."""

    def of(kind: str) -> tuple[Mention | None, ...]:
        named: dict[str, Mention] = {}
        for mention in mentions:
            if mention.kind == kind:
                named.setdefault(mention.id or mention.text.casefold(), mention)
        return tuple(named.values()) or (None,)

    metrics = tuple(m for m in of("metric") if m is None or m.id != "metric:performance") or (None,)
    return Scope(of("task"), of("dataset"), metrics, next((m.text for m in mentions if m.kind == "regime"), None))


def ids_of(**named: Mention | None) -> tuple[tuple[str, str], ...]:
    """Field -> vocabulary id, for the names that have one."""
    return tuple((field, mention.id) for field, mention in named.items() if mention and mention.id)
