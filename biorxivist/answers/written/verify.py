"""A sentence that a model wrote, held against the evidence that it cites. Deterministic; no likeness is enough.

It has to cite what was given, quote it exactly, name and number nothing that its sources do not, and say no direction
that they do not say. What fails is taken out of the answer and listed with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from biorxivist.answers.answer import Quote, Removed, Sentence
from biorxivist.answers.names import find_names
from biorxivist.answers.question import FILLER
from biorxivist.answers.retrieve import folded, stem
from biorxivist.answers.written.evidence import Item
from biorxivist.claims.extract.quotes import fold, locate
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.statement import read, unknown_names
from graph.compare import compare
from graph.records import Claim, Passage
from graph.vocabulary import Vocabulary

__all__ = ["Draft", "DraftQuote", "Drafts", "verify"]


class Strict(BaseModel):
    """A part of what a model answers: every field, and no other."""

    model_config = ConfigDict(extra="forbid")


class DraftQuote(Strict):
    """Words that a model says stand in a piece of evidence."""

    id: str
    text: str


class Draft(Strict):
    """A sentence that a model wrote."""

    text: str
    cites: list[str]
    quotes: list[DraftQuote]


class Drafts(Strict):
    """What a model answers."""

    sentences: list[Draft]


NUMBER = re.compile(
    r"(?<![\w.])[-−]?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:[eE]([-+−]?\d+))?"
    r"(?:\s*(?:[x×]\s*10\s*\^?\s*([-−]?\d+)))?\s*(thousand|million|billion|[kKMB](?!\w)|%|per ?cent\b)?"
)
SCALES = {"thousand": 3, "k": 3, "million": 6, "m": 6, "billion": 9, "b": 9, "%": -2, "percent": -2, "per cent": -2}
WORDED: dict[str, Decimal | int] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "twenty": 20, "hundred": 100, "half": Decimal("0.5"), "quarter": Decimal("0.25"), "twice": 2,
    "thrice": 3,
}  # fmt: skip
NAMED = re.compile(r"\b[A-Za-z][A-Za-z-]*\d(?:[\w.-]*\w)?")
"""Digits that belong to a name: V2-104M, x1, Apache-2.0."""
UP = (
    r"better|best|outperform\w*|improv\w*|higher|increas\w*|gain\w*|ahead|beat\w*|exceed\w*|surpass\w*|"
    r"superior|larger|more|leads?|ris(?:e|es|ing|en)|keeps?|continu\w*|grow\w*|helps?|benefit\w*"
)
DOWN = (
    r"worse|worst|underperform\w*|degrad\w*|lower|decreas\w*|los[est]\w*|behind|fail\w*|inferior|smaller|"
    r"fewer|less|drop\w*|falls?|harm\w*|hurts?|reduc\w*"
)
DENIED = r"not|no|never|neither|nor|hardly|cannot|none|without|nothing|little|barely|rarely"
LEVEL = r"plateau\w*|saturat\w*|level\w* off|equal\w*|similar\w*|compar(?:able|ably)|on par|same"
DIRECTIONS = (("up", UP), ("down", DOWN), ("denied", DENIED), ("level", LEVEL))
OPPOSED = {"up": ("down", "level"), "down": ("up", "level"), "level": ("up", "down"), "denied": ()}
SHARED = 0.7
"""Share of a source's words from which on a sentence is that source in other order: it denies what that denies."""
COVERED = 0.6
"""Share of the words of a sentence that its sources have to hold."""
ADDRESS = re.compile(r"https?://|www\.|\b[\w.-]+@[\w-]+\.\w+|!\[|\]\(|<[a-z/]", re.IGNORECASE)


def verify(drafts: Iterable[Draft], items: Sequence[Item], index: ClaimIndex) -> tuple[list[Sentence], list[Removed]]:
    """Sentences that hold, and those that were taken out with the reason."""
    given = {item.handle: item for item in items}
    kept: list[Sentence] = []
    removed: list[Removed] = []
    for draft in drafts:
        fault = _fault(draft, given, index)
        if fault is None:
            kept.append(_sentence(draft, [given[handle] for handle in dict.fromkeys(draft.cites)]))
        else:
            removed.append(fault)
    return kept, removed


def _fault(draft: Draft, given: Mapping[str, Item], index: ClaimIndex) -> Removed | None:
    text = draft.text.strip()

    def out(reason: str, detail: str = "") -> Removed:
        return Removed.model_validate({"text": text, "reason": reason, "detail": detail})

    if not draft.cites or not draft.quotes:
        return out("uncited", "no source" if not draft.cites else "no quote")
    for handle in (*draft.cites, *(quote.id for quote in draft.quotes)):
        if handle not in given:
            return out("unknown_id", handle)
    cited = [given[handle] for handle in dict.fromkeys(draft.cites)]
    for quote in draft.quotes:
        if quote.id not in draft.cites:
            return out("uncited", f"a quote of {quote.id}, which the sentence does not cite")
        if outcome := _misquoted(quote, given):
            return out(*outcome)
    sources = " ".join(f"{item.text} {item.sentence.citation}" for item in cited)
    if number := _new_number(text, sources):
        return out("number", number)
    if name := _new_name(text, cited, sources, index):
        return out("name", name)
    if direction := _new_direction(text, cited, index.vocabulary):
        return out("direction", direction)
    if ADDRESS.search(text) or (word := _new_words(text, cited, index.vocabulary)):
        return out("absent", "an address or markup" if ADDRESS.search(text) else word)
    return None


def _misquoted(quote: DraftQuote, given: Mapping[str, Item]) -> tuple[str, str] | None:
    """Reason and detail where a quote is not exactly in its source."""
    passages = {handle: _passage(handle, item.text) for handle, item in given.items()}
    own = passages.pop(quote.id)
    if len(quote.text.split()) < 2:
        return "absent", "a quote needs two words or more"
    found = locate(quote.text, own, passages.values())
    if found.outcome == "exact" and _on_words(own.text, quote.text):
        return None
    if found.outcome == "exact":
        return "altered", "the quote ends inside a word or number"
    return found.outcome, found.difference or quote.text[:80]


def _on_words(text: str, quote: str) -> bool:
    """Whether a quote begins and ends where words do: "3 million" is none of "33 million"."""
    body, wanted = fold(text)[0], fold(quote)[0].strip()
    at = body.find(wanted)
    while at >= 0:
        before, after = body[at - 1 : at], body[at + len(wanted) : at + len(wanted) + 1]
        if not (before.isalnum() and wanted[0].isalnum()) and not (after.isalnum() and wanted[-1].isalnum()):
            return True
        at = body.find(wanted, at + 1)
    return False


def _passage(handle: str, text: str) -> Passage:
    return Passage(
        id=f"passage:{handle}", paper_id="key:evidence", version_id="key:evidencev1", text=text, end=len(text)
    )


def _numbers(text: str) -> Iterator[tuple[Decimal, int]]:
    """Numbers with the decimal places that they are given to, in units."""
    plain = re.sub(r"(?<=\d)[\s\u2009\u202f](?=\d{3}(?!\d))", ",", text)
    for match in NUMBER.finditer(plain):
        digits = match[1].replace(",", "")
        places = -len(digits.partition(".")[2])
        powers = sum(int((match[group] or "0").replace("−", "-")) for group in (2, 3))
        shift = SCALES.get((match[4] or "").lower().strip(), 0) + powers
        yield Decimal(digits).scaleb(shift), places + shift


def _worded(text: str) -> set[Decimal]:
    return {Decimal(WORDED[word]) for word in re.findall(r"[a-z]+", text.lower()) if word in WORDED}


def _new_number(text: str, sources: str) -> str:
    """A number of the sentence that no source has, also not rounded; empty if there is none."""
    known = [value for value, _ in _numbers(sources)]
    # a worded number may be that of the source in digits, but digits are never a word of the source: "a quarter" is a
    # word of a source that also says 95 %
    if new := _worded(text) - _worded(sources) - set(known):
        return f"{min(new)}"
    for value, places in _numbers(_without_names(text)):
        unit = Decimal(1).scaleb(places)
        rounded = {each.quantize(unit) if places <= 0 else (each / unit).to_integral_value() * unit for each in known}
        shares = {each / 100 for each in known if each <= 100} | {each * 100 for each in known if each <= 1}
        if value in known or value in rounded or value in shares:
            continue
        return f"{value.normalize():f}"
    named = (match.group() for match in NAMED.finditer(text))
    return next((word for word in named if not _stands(word, sources)), "")


def _without_names(text: str) -> str:
    """The text without digits that belong to names: V2-104M, PBMC 3k, Tahoe-x1."""
    return NAMED.sub(" ", text)


def _new_name(text: str, cited: Sequence[Item], sources: str, index: ClaimIndex) -> str:
    """A name of the sentence that its sources do not name; empty if there is none."""
    about = {each for item in cited for each in _ids(item, index.vocabulary)}
    for name in find_names(text, index):
        if name.kind == "paper":
            cited_here = any(index.cite(each).split(" ")[0] in sources for each in name.ids if each != "?")
            if not cited_here and not _stands(name.words, sources):
                return name.words
        elif not set(name.ids) & about and not _stands(name.words, sources):
            return name.words
    for word in unknown_names(NUMBER.sub(" ", text), index.vocabulary):
        if not _stands(word, sources):
            return word
    return ""


def _ids(item: Item, vocabulary: Vocabulary) -> Iterator[str]:
    """Entries that an item is about: those that its words name, and what they leave out by the fields of the claim.

    Whom a claim compares is taken from its fields only where its words name no model: a model that stands on the other
    side of a comparison is no name for the one that the words name.
    """
    named = [*vocabulary.mentions(item.text), *item.sentence.sources]
    yield from (each for each in named if each.partition(":")[0] in {"model", "dataset", "task", "metric"})
    if (claim := item.claim) is not None:
        yield from filter(None, (claim.task_id, claim.metric_id))
        if not any(each.startswith("model:") for each in named):
            yield from (*claim.subject_ids, *claim.comparator_ids)
            yield from filter(None, (claim.dataset_id, claim.corpus_id))


def _stands(name: str, text: str) -> bool:
    """Whether a name stands in a text as words of their own, whatever hyphens and spaces are in it."""
    parts = re.findall(r"[a-z]+|\d+", name.casefold())
    pattern = r"[\W_]*".join(map(re.escape, parts))
    return bool(parts) and re.search(rf"(?<![a-z0-9]){pattern}(?![a-z0-9])", text.casefold()) is not None


def _new_direction(text: str, cited: Sequence[Item], vocabulary: Vocabulary) -> str:
    """What the sentence says of a direction and its sources do not; empty where there is nothing."""
    if any(_is_within(text, item.text) and _denials(text) == _denials(item.text) for item in cited):
        return ""
    sources_text = " ".join(item.text for item in cited)
    if word := _new_direction_word(text, sources_text):
        return f"{word}: no source says so"
    alone = cited[0].text.split(" “")[0] if len(cited) == 1 else ""
    if alone and _shares_most(text, alone) and (name := _other_count(text, alone)):
        return f"{name}: more or fewer such words than in the source"
    said = [claim for claim in read(text, vocabulary).claims if claim.direction is not None]
    sources = [claim for item in cited for claim in _claims(item, vocabulary)]
    for claim in said:
        relations = [compare(claim, each, vocabulary=vocabulary).relation for each in sources if each.id != claim.id]
        same = any(claim.id == each.id for each in sources) or "agrees" in relations
        opposite = {"contradicts", "differs_in_scope"} & set(relations)
        if not same and (opposite or claim.kind == "comparison"):
            return (
                f"{claim.direction}: {'the sources say the opposite' if opposite else 'no source compares the two so'}"
            )
    return ""


def _new_direction_word(text: str, sources: str) -> str:
    """A word of direction that no source has, and whose sense is not the only one that the sources have."""
    held = {name: _words_of(sources, pattern) for name, pattern in DIRECTIONS}
    stems = {stem(word) for words in held.values() for word in words}
    for name, pattern in DIRECTIONS:
        for word in _words_of(text, pattern):
            if stem(word) in stems:
                continue
            others = any(held[other] for other in OPPOSED[name])
            if not held[name] or others:
                return word
    return ""


def _denials(text: str) -> int:
    return len(re.findall(rf"\b(?:{DENIED})\b", text, re.IGNORECASE))


def _other_count(text: str, source: str) -> str:
    """A sense of direction that a sentence words more or less often than the source that it repeats."""
    for name, pattern in DIRECTIONS:
        said, told = (len(re.findall(rf"\b(?:{pattern})\b", each, re.IGNORECASE)) for each in (text, source))
        if said != told:
            return name
    return ""


def _words_of(text: str, pattern: str) -> set[str]:
    return {match.group().lower() for match in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE)}


def _shares_most(text: str, source: str) -> bool:
    words, others = ({stem(word) for word in re.findall(r"[a-z]+", folded(each))} for each in (text, source))
    return len(words & others) >= SHARED * max(len(others), 1)


def _is_within(text: str, source: str) -> bool:
    wanted = fold(text)[0].strip().rstrip(".").casefold()
    return wanted in fold(source)[0].casefold()


def _claims(item: Item, vocabulary: Vocabulary) -> list[Claim]:
    claims = [claim for claim in read(item.text, vocabulary).claims if claim.direction is not None]
    return [item.claim, *claims] if item.claim is not None else claims


def _new_words(text: str, cited: Sequence[Item], vocabulary: Vocabulary) -> str:
    """Words that stand in no source, where they are too many; empty where they are not."""
    names = [vocabulary.get(each) for item in cited for each in _ids(item, vocabulary)]
    told = " ".join((
        *(item.text for item in cited), *(item.sentence.citation for item in cited),
        *(" ".join((entry.name, *entry.aliases)) for entry in names if entry is not None),
    ))  # fmt: skip
    held = {stem(word) for word in re.findall(r"[a-z0-9]+", folded(told).replace("-", " "))}
    words = {
        stem(word)
        for word in re.findall(r"[a-z]+", folded(text).replace("-", " "))
        if word not in FILLER and len(word) > 2
    }
    new = sorted(words - held)
    if words and len(new) > (1 - COVERED) * len(words):
        return f"its sources do not speak of {', '.join(new[:5])}"
    return ""


def _sentence(draft: Draft, cited: Sequence[Item]) -> Sentence:
    """The sentence with the sources behind its handles."""
    sources = dict.fromkeys(source for item in cited for source in item.sentence.sources)
    papers = dict.fromkeys(paper for item in cited for paper in item.sentence.papers)
    return Sentence(
        text=draft.text.strip(),
        kind=cited[0].sentence.kind,
        sources=tuple(sources),
        quotes=tuple(quote for item in cited for quote in _quotes(draft, item)),
        claims=tuple(each for each in sources if each.startswith("claim:")),
        results=tuple(each for each in sources if each.startswith("result:")),
        papers=tuple(papers),
        citation="; ".join(dict.fromkeys(item.sentence.citation for item in cited if item.sentence.citation)),
    )


def _quotes(draft: Draft, item: Item) -> Iterator[Quote]:
    """Quotes that stand in a passage of the graph, with their place in it."""
    for quote in item.sentence.quotes:
        passage = Passage(
            id=quote.passage_id, paper_id="key:x", version_id="key:xv1", text=quote.text, end=len(quote.text)
        )
        for each in draft.quotes:
            if each.id == item.handle and (found := locate(each.text, passage)).outcome == "exact":
                start, end = quote.start + found.start, quote.start + found.end
                yield Quote(passage_id=quote.passage_id, start=start, end=end, text=quote.text[found.start : found.end])
