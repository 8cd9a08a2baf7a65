"""A question taken apart: the names in it, what is left of its words, and what it asks for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from biorxivist.answers.names import Name, distance, find_names, mask, misspelt
from biorxivist.answers.plain import is_plain
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.statement import unknown_names
from graph.records import Metric, Regime, Task
from graph.vocabulary import Vocabulary

__all__ = ["NEGATIONS", "Question", "known_words", "read_question"]

WORD = re.compile(r"[a-z][a-z'-]*[a-z]|\d[\d.,]*|[a-z]")
FROM_SCRATCH = re.compile(r"\b(?:trained )?from[ -]scratch\b|\brandom(?:ly)?[ -]initiali[sz]ed?\b|\buntrained\b")
FILLER_WORDS = """
    a about according actually after all already also am an and any are article articles as ask at author authors be
    been being best bit both briefly by call called can cell-based come comes could currently data-wise did do does
    done each either else ever exactly explain far field find for from further general get getting give given go
    good got had has have having he help hello hey hi how however i if in info information interested into is it its
    itself just keep kind know known let like literature list look me mean means mention mentioned model models more
    most much my name named now of off often ok on one only or other others our out over paper papers people please
    precisely preprint preprints published put question quickly read really regarding report reported reporting
    roughly said same say saying says scfm scfms see seem seems she should show since single single-cell so some
    something sort still studies study such sure take tell than thank thanks that the their them then there these
    they thing things this those to today too type us use used uses using usually very want was way we well were
    what whatever when where whether which while who whom whose will with within work works would yes yet you your
    i'm i'd it's cell cells method methods approach approaches research researchers recent recently new actual total
    overall current available evidence graph wondering wonder curious hear heard think thoughts summary anyone here
    anybody someone somebody everyone everybody nobody anything summarise summarize overview detail details between
    versus vs compared against up down bother stick suppose supposed true false correct right fair claimed stated
    argued asked able maybe perhaps probably possibly certain certainly sheer clear clearly obviously basically
    simply honest honestly reviewer reviewing manuscript colleague colleagues supervisor boss lab student phd
    postdoc project wondered okay cheers kindly quick short answer answers questions problem problems anymore
    nowadays days lately so-called supposedly allegedly apparently generally typically practice choose choosing pick
    picking decide deciding prefer rather plan planning going try trying pls message main conclusion conclusions
    takeaway reasonable reasonably realistic realistically sensible worthwhile existing seriously happens happen
"""
FILLER = frozenset(FILLER_WORDS.split())
SPELT = """
    accuracy annotation architecture batch-correction benchmark better classification clustering corpus correction
    datasets disagree improve improves integration licence outperform outperforms parameters perturbation perturbations
    performance prediction pretrained pretraining pre-training reproduced saturate saturates saturation scaling training
"""
SLIPS = tuple(word for word in {*FILLER, *SPELT.split()} if len(word) > 5)
"""Plain words that are read although a letter of them is wrong. Names never are."""
NEGATIONS = frozenset({"not", "never", "no", "without", "except"})
PLACES = {"MODEL", "DATASET", "TASK", "METRIC", "PAPER"}


@dataclass(frozen=True)
class Question:
    """A question and what it names."""

    text: str
    """The question, spaces and quotation marks made plain."""
    names: tuple[Name, ...]
    unknown: tuple[str, ...]
    """Names that nothing in the graph has."""
    similar: dict[str, tuple[str, ...]]
    """Such a name -> names that look like it."""
    vocabulary: Vocabulary

    @cached_property
    def masked(self) -> str:
        """The question in lower case with the kinds of its names in capitals: ``which corpus did MODEL use?``.

        What is trained from scratch goes without pre-training, as claims put it.
        """
        return FROM_SCRATCH.sub("without pretraining", mask(self.text, self.names))

    def has(self, pattern: str) -> bool:
        """Whether the masked question holds the pattern as whole words."""
        return re.search(rf"\b(?:{pattern})\b", self.masked) is not None

    @property
    def regimes(self) -> tuple[Regime, ...]:
        """Regimes that it is confined to: without fine-tuning, fine-tuned, or both where it names both."""
        cues: tuple[tuple[str, Regime], ...] = (("zeroshot", "zero_shot"), (r"finetun\w*", "fine_tuned"))
        return tuple(regime for cue, regime in cues if self.has(cue))

    def leftover(self, understood: str) -> tuple[str, ...]:
        """Words with a meaning of their own that neither are names nor match ``understood``."""
        rest = re.sub(rf"\b(?:{understood})\b", " ", self.masked) if understood else self.masked
        rest = re.sub(rf"\b(?:{'|'.join(PLACES)})\b", " ", rest)
        words = (word for word in WORD.findall(rest) if word.removesuffix("'s") not in FILLER)
        return tuple(word for word in words if word in NEGATIONS or not is_plain(word))

    def of(self, kind: str) -> tuple[str, ...]:
        """Ids of a kind that it names, in its order; an ambiguous name gives all its meanings."""
        return tuple(dict.fromkeys(each for name in self.names if name.kind == kind for each in name.ids))

    def mentions(self, kind: str) -> tuple[Name, ...]:
        """Names of a kind."""
        return tuple(name for name in self.names if name.kind == kind)


def read_question(text: str, index: ClaimIndex) -> Question:
    """Take a question apart.

    Parameters
    ----------
    text
        The question as it was typed.
    index
        The names that are known: entries of the vocabulary, papers and their first authors.
    """
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    plain = plain.translate(str.maketrans("‘’“”‐‑–", "''\"\"---"))
    known = known_words(index)
    plain = _spelt(plain, known)
    names = find_names(plain, index)
    meant = tuple(name for name in names if name.ids != ("?",))
    unknown = [name.words for name in names if name.ids == ("?",)]
    covered = [(name.start, name.end) for name in names]
    for word in unknown_names(plain, index.vocabulary):
        at = plain.find(word)
        if not any(start <= at < end for start, end in covered) and word.casefold() not in _titles(index):
            unknown.append(word)
    question = Question(plain, meant, (), {}, index.vocabulary)
    strange = [word for word in question.leftover("") if len(word) > 2 and word not in known]
    similar = misspelt([*unknown, *strange], index)
    unknown += [word for word in similar if word not in unknown]
    for word in unknown:
        near = similar.get(word) or (
            *index.vocabulary.suggest("model", word),
            *index.vocabulary.suggest("dataset", word),
        )
        similar[word] = tuple(dict.fromkeys(near))[:3]
    return Question(plain, meant, tuple(dict.fromkeys(unknown)), similar, index.vocabulary)


def _spelt(text: str, known: set[str]) -> str:
    """The text with plain words put right in which one letter is wrong, missing, or changed with its neighbour."""

    def right(match: re.Match[str]) -> str:
        word = match.group()
        if word in known or word in FILLER:
            return word
        meant = [each for each in SLIPS if distance(word, each, 1) == 1]
        return meant[0] if len(meant) == 1 or (meant and FILLER.issuperset(meant)) else word

    return re.sub(r"(?<![\w-])[a-z]{6,}(?![\w-])", right, text)


def known_words(index: ClaimIndex) -> set[str]:
    """Words that occur in claims, titles and definitions, and so are no misspelt names."""
    texts = [claim.statement for claim in index.claims.values()]
    texts += [paper.title for paper in index.papers.values()]
    texts += [entry.definition or "" for entry in index.vocabulary if isinstance(entry, Task | Metric)]
    words = {word for text in texts for word in re.findall(r"[a-z][a-z'-]*[a-z]", text.lower())}
    return words | {word[:-1] for word in words if word.endswith("s")} | {f"{word}s" for word in words}


def _titles(index: ClaimIndex) -> set[str]:
    """Words with capitals of titles: names of journals, sets and models that no entry has."""
    return {
        word.casefold()
        for paper in index.papers.values()
        for word in re.findall(r"[\w-]+", f"{paper.title} {paper.venue or ''}")
    }
