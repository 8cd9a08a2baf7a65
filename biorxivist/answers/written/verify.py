"""A sentence that a model wrote, checked against the evidence that it cites. Deterministic; no likeness is enough.

It has to cite what was given, quote it exactly, name and number nothing that its sources do not, and say no direction
that they do not say. What fails is taken out of the answer and listed with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from biorxivist.answers.answer import Quote, Removed, Sentence
from biorxivist.answers.names import find_names
from biorxivist.answers.written.directions import DIRECTIONS, new_direction
from biorxivist.answers.written.evidence import Item
from biorxivist.answers.written.numbers import moved_number, new_number, without_numbers
from biorxivist.answers.written.words import is_named_in, moved_name, new_words, repeats
from biorxivist.claims.extract.quotes import fold, locate
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.statement import read, unknown_names
from graph.compare import compare
from graph.records import Passage
from graph.vocabulary import Vocabulary

__all__ = ["DraftQuote", "DraftSentence", "Drafts", "verify"]


class Strict(BaseModel):
    """A part of what a model answers: every field, and no other."""

    model_config = ConfigDict(extra="forbid")


class DraftQuote(Strict):
    """Words that a model says stand in a piece of evidence."""

    id: str
    text: str


class DraftSentence(Strict):
    """A sentence that a model wrote."""

    text: str
    cites: list[str]
    quotes: list[DraftQuote]


class Drafts(Strict):
    """What a model answers."""

    sentences: list[DraftSentence]


KINDS = ("model", "dataset")
"""Names that stand on one side of a finding or the other."""
DIRECTION = "|".join(pattern for _, pattern in DIRECTIONS)
ADDRESS = re.compile(r"https?://|www\.|\b[\w.-]+@[\w-]+\.\w+|!\[|\]\(|<[a-z/]", re.IGNORECASE)


def verify(
    drafts: Iterable[DraftSentence], items: Sequence[Item], index: ClaimIndex
) -> tuple[list[Sentence], list[Removed]]:
    """Sentences that hold, and those that were taken out with the reason."""
    by_handle = {item.handle: item for item in items}
    verified: list[Sentence] = []
    removed: list[Removed] = []
    for draft in drafts:
        fault = _fault(draft, by_handle, index)
        if fault is None:
            verified.append(_sentence(draft, [by_handle[handle] for handle in dict.fromkeys(draft.cites)]))
        else:
            removed.append(fault)
    return verified, removed


def _fault(draft: DraftSentence, by_handle: Mapping[str, Item], index: ClaimIndex) -> Removed | None:
    text = draft.text.strip()

    def out(reason: str, detail: str = "") -> Removed:
        return Removed.model_validate({"text": text, "reason": reason, "detail": detail})

    if not draft.cites or not draft.quotes:
        return out("uncited", "no source" if not draft.cites else "no quote")
    for handle in (*draft.cites, *(quote.id for quote in draft.quotes)):
        if handle not in by_handle:
            return out("unknown_id", handle)
    cited = [by_handle[handle] for handle in dict.fromkeys(draft.cites)]
    for quote in draft.quotes:
        if quote.id not in draft.cites:
            return out("uncited", f"a quote of {quote.id}, which the sentence does not cite")
        if outcome := _misquoted(quote, by_handle):
            return out(*outcome)
    source_texts = [f"{item.text} {item.sentence.citation}" for item in cited]
    repeated = next((item.statement for item in cited if repeats(text, item.statement)), "")
    if number := new_number(text, " ".join(source_texts)) or moved_number(text, source_texts, repeated):
        return out("number", number)
    if name := _new_name(text, cited, " ".join(source_texts), index):
        return out("name", name)
    if direction := new_direction(text, cited, index.vocabulary) or _moved_name(text, repeated, index):
        return out("direction", direction)
    if ADDRESS.search(text):
        return out("absent", "an address or markup")
    if words := new_words(without_numbers(text), _words_of(cited, index.vocabulary), DIRECTION):
        return out("absent", f"its sources do not mention {', '.join(words[:5])}")
    return None


def _moved_name(text: str, repeated: str, index: ClaimIndex) -> str:
    """Names that have changed places, unless the sentence was turned round and says the same."""
    if not repeated:
        return ""
    names = find_names(text, index)
    pairs = (moved_name(text, repeated, [name.words for name in names if name.kind == kind]) for kind in KINDS)
    moved = next(filter(None, pairs), "")
    if not moved:
        return ""
    claims, source_claims = (read(each, index.vocabulary).claims for each in (text, repeated))
    turned = any(
        mine.id == other.id or compare(mine, other, vocabulary=index.vocabulary).relation == "agrees"
        for mine in claims
        for other in source_claims
        if mine.direction is not None
    )
    return "" if turned else moved


def _words_of(cited: Sequence[Item], vocabulary: Vocabulary) -> str:
    """All words of the sources, and the names of what they are about."""
    names = [vocabulary.get(each) for item in cited for each in _ids(item, vocabulary)]
    return " ".join((
        *(f"{item.text} {item.sentence.citation}" for item in cited),
        *(" ".join((entry.name, *entry.aliases)) for entry in names if entry is not None),
    ))  # fmt: skip


def _misquoted(quote: DraftQuote, by_handle: Mapping[str, Item]) -> tuple[str, str] | None:
    """Reason and detail where a quote is not exactly in its source."""
    passages = {handle: _passage(handle, item.text) for handle, item in by_handle.items()}
    own = passages.pop(quote.id)
    if len(quote.text.split()) < 2:
        return "absent", "a quote needs two words or more"
    place = locate(quote.text, own, passages.values())
    if place.outcome == "exact" and _on_words(own.text, quote.text):
        return None
    if place.outcome == "exact":
        return "altered", "the quote ends inside a word or number"
    return place.outcome, place.difference or quote.text[:80]


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


def _new_name(text: str, cited: Sequence[Item], sources: str, index: ClaimIndex) -> str:
    """A name of the sentence that its sources do not name; empty if there is none."""
    about = {each for item in cited for each in _ids(item, index.vocabulary)}
    for name in find_names(text, index):
        if name.kind == "paper":
            cited_here = any(index.cite(each).split(" ")[0] in sources for each in name.ids if each != "?")
            if not cited_here and not is_named_in(name.words, sources):
                return name.words
        elif not set(name.ids) & about and not is_named_in(name.words, sources):
            return name.words
    for word in unknown_names(without_numbers(text), index.vocabulary):
        if not is_named_in(word, sources):
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


def _sentence(draft: DraftSentence, cited: Sequence[Item]) -> Sentence:
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


def _quotes(draft: DraftSentence, item: Item) -> Iterator[Quote]:
    """Quotes that stand in a passage of the graph, with their place in it."""
    for quote in item.sentence.quotes:
        passage = Passage(
            id=quote.passage_id, paper_id="key:x", version_id="key:xv1", text=quote.text, end=len(quote.text)
        )
        for each in draft.quotes:
            if each.id == item.handle and (place := locate(each.text, passage)).outcome == "exact":
                start, end = quote.start + place.start, quote.start + place.end
                yield Quote(passage_id=quote.passage_id, start=start, end=end, text=quote.text[place.start : place.end])
