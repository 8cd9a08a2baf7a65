"""The names in a question: what they mean, and which of them mean nothing that the graph holds.

A name is found by exact look-up after folding, also in the plural, with a possessive and in any case; a name that only
looks like a known one is reported and never used in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from biorxivist.claims.index import ClaimIndex
from biorxivist.literature.doi import find_doi
from graph.records import Paper
from graph.vocabulary import Vocabulary, fold

__all__ = ["Name", "distance", "find_names", "mask", "misspelt"]

TOKEN = re.compile(r"[^\W_]+(?:[.+][^\W_]+)*", re.UNICODE)
LONGEST = 9
"""Words of the longest name."""
GENERIC = {
    "metric:performance", "metric:count", "metric:share", "metric:loss", "metric:inference_time", "task:pretraining",
    "task:corpus_design", "task:downstream", "task:reconstruction", "task:inference", "metric:diversity",
    "model:no_change", "metric:classification_score",
}  # fmt: skip
"""Entries whose names are plain words in a question, and narrow nothing."""
PLAIN = {"score", "acc", "speed", "share", "loss", "20 methods"}
GROUPS: Mapping[str, str] = {
    "foundationmodel": "model:scfm", "foundationmodels": "model:scfm", "cellfoundationmodel": "model:scfm",
    "simplebaseline": "model:simple_baselines", "baseline": "model:simple_baselines",
    "baselines": "model:simple_baselines", "simplemodel": "model:simple_baselines",
    "linearmodel": "model:simple_baselines", "linearmodels": "model:simple_baselines",
    "linearbaseline": "model:perturbation_baselines", "contrastivemodel": "model:contrastive_models",
    "maskedmodel": "model:masked_models", "contrastivemethods": "model:contrastive_models",
    "logreg": "model:logistic_regression", "linearclassifier": "model:logistic_regression",
    "downsampling": "model:downsampling_methods",
    "highlyvariablegeneselection": "model:hvg", "variablegeneselection": "model:hvg", "hvgselection": "model:hvg",
}  # fmt: skip
"""Words for groups that running text uses and the vocabulary does not list, because alone they name nothing."""
TASKS: tuple[tuple[str, str], ...] = (
    (r"integrat(?:e|es|ed|ing|ion)(?: (?:of )?(?:the )?batch(?:es)?)?|batch (?:effects?|correct\w*|integrat\w*)|"
     r"correct\w* batch(?:es| effects?)?",
     "task:batch_integration"),
    (r"label+ing (?:cell types?|cells)|cell[ -]typing|"
     r"(?:cell[ -]types?|cells?) (?:annotat\w*|classif\w*|naming|predict\w*)|annotat\w+|"
     r"(?:name|naming|classify\w*|annotate|label) (?:the )?cell(?:s| ?types?)|classif\w+",
     "task:cell_type_classification"),
    (r"(?:gene(?:tic)? )?perturbations?(?: (?:responses?|effects?|predict\w*))*", "task:perturbation_prediction"),
    (r"(?:cell )?clustering", "task:clustering"),
    (r"drug respon\w*|drug sensitivit\w*", "task:drug_response"),
    (r"(?:gene (?:regulatory )?)?network inference|gene (?:regulatory )?networks|grns?", "task:gene_network_inference"),
    (r"denois\w+", "task:denoising"),
    (r"cross[ -]species", "task:cross_species"),
    (r"gene functions?", "task:gene_function"),
)  # fmt: skip
MODELS: tuple[tuple[str, str], ...] = (
    (r"(?:(?:taking|predicting|using|just) )?(?:the )?(?:mean|average) (?:of|over|across) (?:the |all )?"
     r"(?:training|known|seen)"
     r"(?: (?:examples|data|set|perturbations|cells|responses|effects))?", "model:mean_baseline"),
    (r"contrastive (?:learning|(?:pre[ -]?)?training|objectives?)", "model:contrastive_models"),
    (r"masked (?:modell?ing|learning|pre[ -]?training|objectives?)", "model:masked_models"),
)  # fmt: skip
METRICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(?:(?:micro|macro)[ -]?)?f1(?:[ -]scores?)?", ("metric:macro_f1", "metric:micro_f1")),
    (r"accurac(?:y|ies)", ("metric:accuracy",)),
    (r"avg[ _-]?bio(?: scores?)?", ("metric:avg_bio",)),
    (
        r"(?:how )?(?:fast|slow)(?:er)?|inference (?:time|speed)|embedding time|speed|run[ -]?time",
        ("metric:inference_time",),
    ),
)
AFTER_PREPOSITION = re.compile(r"\b(?:on|for|of|from|in|with|use|uses|used|using)\s+(?:the\s+)?$", re.IGNORECASE)
AROUND_SET = r"(?:\s+(?:data ?sets?|data|sets?|cells|benchmarks?|splits?|corpus))?"
ET_AL = re.compile(
    r"\b([A-Z][\w'’-]+(?:[ -][A-Z][\w'’-]+)?)(?:\s+(?:et\s+al\.?|and (?:colleagues|co-?workers|co-authors|others))"
    r"(?:['’]s?)?)?[\s,(]*((?:19|20)\d\d)?\)?"
)
PREPRINT = re.compile(r"^doi:10\.(?:1101|64898)/(20\d\d)\.")
"""DOI of a preprint, which begins with the day of its posting."""
HAS_ET_AL = re.compile(r"et\s+al|and (?:colleagues|co-?workers|co-authors|others)", re.IGNORECASE)
NEAR = 0.75


@dataclass(frozen=True)
class Name:
    """Words of a question that mean entries of the vocabulary, papers, or nothing."""

    words: str
    start: int
    end: int
    ids: tuple[str, ...]
    """What they mean; several where the name is ambiguous."""

    @property
    def kind(self) -> str:
        """Of the first meaning: model, dataset, task, metric or paper."""
        head = self.ids[0].partition(":")[0]
        return head if head in {"model", "dataset", "task", "metric"} else "paper"


def find_names(text: str, index: ClaimIndex) -> list[Name]:
    """Names in the order of the text, none inside another; the longest wins."""
    candidates: list[Name] = [*_papers(text, index), *_entries(text, index.vocabulary), *_sets(text, index.vocabulary)]
    candidates += _patterned(text)
    names: list[Name] = []
    for name in sorted(candidates, key=lambda each: (-(each.end - each.start), each.start)):
        if all(name.end <= other.start or name.start >= other.end for other in names):
            names.append(name)
    return sorted(names, key=lambda each: each.start)


def mask(text: str, names: Iterable[Name]) -> str:
    """The text in lower case, each name replaced by its kind in capitals, spellings of one word made one."""
    masked, at = "", 0
    for name in names:
        masked += text[at : name.start].lower() + f" {name.kind.upper()} "
        at = name.end
        if text[at : at + 2].lower() in {"'s", "’s"}:
            at += 2
    masked += text[at:].lower()
    for pattern, word in SPELLINGS:
        masked = re.sub(pattern, word, masked)
    return re.sub(r"\s+", " ", masked).strip()


SPELLINGS = (
    (r"[’]", "'"),
    (r"\bpre[\s-]?train", "pretrain"),
    (r"\bfine[\s-]?tun", "finetun"),
    (r"\bzero[\s-]?shot", "zeroshot"),
    (r"\bwithout (?:any |further |prior |additional )?finetun\w*|\bout[\s-]of[\s-]the[\s-]box", "zeroshot"),
    (r"\bfew[\s-]?shot", "fewshot"),
    (r"\bdata[\s-]sets?", "dataset"),
    (r"\bstate[\s-]of[\s-]the[\s-]art", "best"),
    (r"\blicen[sc]e", "licence"),
    (r"\bwhat'?s\b", "what is"),
    (r"\bwho'?s\b", "who is"),
    (r"\bwhere'?s\b", "where is"),
    (r"n't\b", " not"),
)


def _entries(text: str, vocabulary: Vocabulary) -> Iterator[Name]:
    aliases = _aliases(vocabulary)
    tokens = list(TOKEN.finditer(text))
    for first, token in enumerate(tokens):
        for count in range(min(LONGEST, len(tokens) - first), 0, -1):
            last = tokens[first + count - 1]
            words = text[token.start() : last.end()]
            ids = aliases.get(fold(words)) or _group(words)
            capital = words.isupper() or (token.start() and words[:1].isupper() and words[1:].islower())
            if not ids and count == 1 and capital:
                ids = _slugs(vocabulary).get(words.lower(), ())  # "State", in capitals where no sentence begins
            if not ids and words.endswith("s") and len(words) > 4:
                ids = aliases.get(fold(words[:-1])) or ()
            if ids and _is_plain(words):
                ids = ()
            if ids:
                yield Name(words, token.start(), last.end(), _one_meaning(text, token.start(), words, ids))
                break


@lru_cache(maxsize=2)
def _aliases(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Folded name -> entries, without those that are plain words."""
    aliases: dict[str, tuple[str, ...]] = {}
    for entry in vocabulary:
        if entry.id in GENERIC:
            continue
        for alias in {entry.name, *entry.aliases}:
            if alias.casefold() not in PLAIN:
                aliases[fold(alias)] = tuple(dict.fromkeys((*aliases.get(fold(alias), ()), entry.id)))
    return aliases


@lru_cache(maxsize=2)
def _slugs(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Models whose names are plain words too (State, Stack): found by their slug, written with a capital."""
    slugs = (entry.id.partition(":")[2] for entry in vocabulary if entry.id.startswith("model:"))
    return {slug: (f"model:{slug}",) for slug in slugs if slug.isalpha() and fold(slug) not in _aliases(vocabulary)}


def _is_plain(words: str) -> bool:
    """Whether short words are no name as they are written: acronyms of two letters have to be in capitals."""
    return len(words) < 3 and not words.isupper()


def _group(words: str) -> tuple[str, ...]:
    group = GROUPS.get(fold(words))
    return (group,) if group else ()


def _one_meaning(text: str, start: int, words: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    """A corpus and a model may share a name (scTab): after ``on`` or ``of`` it is the corpus, else the model."""
    if len({name.partition(":")[0] for name in ids}) < 2:
        return ids
    as_set = re.search(r"\b(?:on|from|in|with|use|uses|used|using)\s+(?:the\s+)?$", text[:start], re.IGNORECASE)
    as_set = as_set or re.match(r"\s+(?:corpus|data)", text[start + len(words) :])
    wanted = "dataset" if as_set else "model"
    return tuple(name for name in ids if name.startswith(f"{wanted}:")) or ids


def _sets(text: str, vocabulary: Vocabulary) -> Iterator[Name]:
    """Sets that are called by one word of their name: ``on MS``, ``the pancreas data``, ``PBMC``."""
    slugs: dict[str, list[str]] = {}
    for entry in vocabulary:
        if entry.id.startswith("dataset:"):
            slugs.setdefault(entry.id.partition(":")[2], []).append(entry.id)
            for word in {*re.findall(r"[A-Z]{4,}\d*|[A-Z][a-z]+\d+\w*", " ".join((entry.name, *entry.aliases)))}:
                slugs.setdefault(word.casefold(), []).append(entry.id)
    for token in TOKEN.finditer(text):
        exact = _aliases(vocabulary).get(fold(token.group()), ())
        exact = tuple(each for each in exact if each.startswith("dataset:"))
        ids = list(exact) or slugs.get(token.group().casefold())
        if ids is None:
            continue
        around = re.match(AROUND_SET, text[token.end() :], re.IGNORECASE)
        is_marked = bool(around and around.group().strip())
        if is_marked or AFTER_PREPOSITION.search(text[: token.start()]):
            end = token.end() + (around.end() if around and is_marked else 0)
            yield Name(token.group(), token.start(), end, tuple(dict.fromkeys(ids)))


def _patterned(text: str) -> Iterator[Name]:
    for pattern, entry_id in (*TASKS, *MODELS):
        for match in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            yield Name(match.group(), match.start(), match.end(), (entry_id,))
    for pattern, metrics in METRICS:
        for match in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            which = [each for each in metrics if each.partition(":")[2].split("_")[0] in match.group().lower()]
            yield Name(match.group(), match.start(), match.end(), tuple(which) or metrics)


def _papers(text: str, index: ClaimIndex) -> Iterator[Name]:
    """Papers by DOI, arXiv id, title, or first author with or without the year; an unknown one means nothing."""
    if doi := find_doi(text):
        start = text.lower().find(doi.name)
        if start >= 0:
            yield Name(doi.name, start, start + len(doi.name), (index.by_doi.get(doi.name, "?"),))
    for match in re.finditer(r"\b(?:arxiv:)?(\d{4}\.\d{5})(?:v\d+)?\b", text, re.IGNORECASE):
        known = f"arxiv:{match[1]}"
        yield Name(match.group(), match.start(), match.end(), (known,) if known in index.papers else ("?",))
    folded = text.casefold()
    for paper in index.papers.values():
        title = paper.title.casefold()
        at = folded.find(title) if len(title) > 20 else -1
        if at >= 0:
            yield Name(text[at : at + len(title)], at, at + len(title), (paper.id,))
    by_author = _by_first_author(index)
    for match in ET_AL.finditer(_capitalised(text, by_author)):
        name, year = re.sub(r"['’]s$", "", match[1]), match[2]
        ids = by_author.get(fold(name), ()) or by_author.get(fold(name.split()[-1]), ())
        is_citation = bool(HAS_ET_AL.search(match.group())) or year is not None
        if year is not None:
            ids = tuple(each for each in ids if int(year) in _years(index.papers[each]))
        end = match.start() + len(match.group().rstrip(" ,(\n"))
        articles = tuple(each for each in ids if index.papers[each].kind == "article")
        ids = articles if articles and not SAID_ELSEWHERE.search(text) else ids
        if ids and (is_citation or len(name) > 3):
            yield Name(text[match.start() : end], match.start(), end, ids)
        elif is_citation and not ids and _is_author(name, match.group(), index):
            yield Name(text[match.start() : end], match.start(), end, ("?",))


def _is_author(name: str, words: str, index: ClaimIndex) -> bool:
    """Whether words that nobody here is called by are a citation all the same: an unknown author, no journal."""
    if name.casefold() in NOT_AUTHORS | _venues(index):
        return False
    return HAS_ET_AL.search(words) is not None or re.fullmatch(r"[A-Z][a-z]{2,}", name) is not None


def _venues(index: ClaimIndex) -> set[str]:
    """First words of journals and servers, which stand before a year as authors do."""
    return {(paper.venue or "").split(" ")[0].casefold().strip(",") for paper in index.papers.values()}


def _years(paper: Paper) -> set[int | None]:
    """Years by which a paper is cited: that of its version of record and that of its first posting."""
    return {
        paper.year,
        paper.posted.year if paper.posted else None,
        *(int(year) for year in PREPRINT.findall(paper.id)),
    }


SAID_ELSEWHERE = re.compile(r"\b(?:thread|tweet|post|note|commentary|summary)\b", re.IGNORECASE)
NOT_AUTHORS = {"in", "since", "before", "after", "until", "during", "by", "the", "replogle", "from"}


def _capitalised(text: str, authors: Mapping[str, object]) -> str:
    """The text with the family names of authors in capitals, as citations have them.

    A name that may be a word needs ``et al`` or a year behind it, or a word before it that asks for who says something.
    """

    def capital(match: re.Match[str]) -> str:
        return match[1] + match[2].capitalize() + match[3] if fold(match[2]) in authors else match.group()

    text = re.sub(r"()\b([a-z][\w-]+)(\s+(?:et\s+al|(?:19|20)\d\d))", capital, text)
    return re.sub(
        r"\b((?:did|do|does|by|with|and|of|from|to|contradicts?|does)\s+(?:the\s+)?)([a-z]{5,})()\b", capital, text
    )


def _by_first_author(index: ClaimIndex) -> dict[str, tuple[str, ...]]:
    works: dict[str, tuple[str, ...]] = {}
    for paper in index.papers.values():
        author = index.authors.get(paper.author_ids[0]) if paper.author_ids else None
        name = (author.family or author.collective or "") if author else ""
        if name:
            works[fold(name)] = (*works.get(fold(name), ()), paper.id)
    # an article before threads and notes of the same person
    return {
        name: tuple(sorted(ids, key=lambda each: (index.papers[each].kind != "article", each)))
        for name, ids in works.items()
    }


def misspelt(words: Iterable[str], index: ClaimIndex) -> dict[str, tuple[str, ...]]:
    """Words that are none of the graph's and look like a name that it has -> those names."""
    names = {
        fold(alias): entry.name
        for entry in index.vocabulary
        if entry.id.startswith(("model:", "dataset:")) and entry.id not in GENERIC
        for alias in {entry.name, *entry.aliases}
        if " " not in alias
    }
    corrections: dict[str, tuple[str, ...]] = {}
    for word in words:
        folded = fold(word)
        if len(folded) < 3:
            continue
        most = 1 if len(folded) < 7 else 2
        near = [name for alias, name in names.items() if len(alias) > 3 and distance(folded, alias, most) <= most]
        if near:
            corrections[word] = tuple(dict.fromkeys(near))
    return corrections


def distance(a: str, b: str, most: int) -> int:
    """Letters changed, left out, added or swapped with their neighbour; more than ``most`` is not counted out."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, right in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
