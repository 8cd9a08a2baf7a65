"""Models that a paper introduces: "scNova: a model of ..", "here we present scNova".

No vocabulary can name a model before its paper is read, and without a name nothing can be claimed of it. So a model
enters the vocabulary with the paper that introduces it, if a claim of that paper is about it. Only a name that no other
word is written like is taken (scNova, CELL-X, Foo2): "Stem" and "Atlas" mean something else in the next paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from biorxivist.claims.extract.heads import is_of_abstract
from biorxivist.claims.extract.of_field import is_of_field
from biorxivist.claims.extract.unlisted import NOT_MODELS
from biorxivist.claims.extract.verify import Rejected
from biorxivist.literature.doi import doi_address
from graph.records import Claim, Model, Passage
from graph.vocabulary import Vocabulary

__all__ = ["HOMONYM", "competing_models", "hold_homonyms", "introduced_models", "introduces", "is_like_no_word"]

HOMONYM = "another paper introduces a model of this name"
"""Reason for which a claim waits."""

UNLIKE_A_WORD = re.compile(r"(?=\S{3,}$)(?=.*[A-Za-z])(?:.*[A-Z].*[A-Z]|.*[a-z][A-Z]|[A-Z].*\d)[\w+.-]*")
"""Two capitals, a capital inside, or a digit behind one."""
PRESENTS = re.compile(
    r"\b(?:introduc|present|propos|develop|describ|releas|creat|call|nam|term|dubb)(?:e|es|ed|ing|s)?\b", re.IGNORECASE
)
OF_OTHERS = re.compile(
    r"\b(?:such as|like|than|over|compared|using|based on|built on|including|inspired by|extends?|against|popular|"
    r"(?:variant|version|extension|generali[sz]ation)s? of|"
    r"outperform\w*|surpass\w*|alternatives?|versus|vs|integrat\w+|combin\w+|incorporat\w+|leverag\w+|utili[sz]\w+|"
    r"employ\w+)\b|[.!?]\s",
    re.IGNORECASE,
)
"""What between the verb and a name makes it another's: "we propose a method based on scGPT"."""
OF_A_USE = re.compile(r"\b(?:for|of|to|in|on|with|from|by)\b", re.IGNORECASE)
"""Behind these stands what the model is for, and its own name only in brackets: "a model of cells (scNova)"."""
OF_WHAT = re.compile(r"\b(?:for|of|to|in|on|with|from|by|\w{3,}ing)\b", re.IGNORECASE)
KIND = re.compile(r"(?:[CGRDB]?NN|W?GAN|[CG]?VAE|GCN|GAT|MLP|LSTM|SVM|[Mp]?LL?M)s?|ViTs?|[\w-]+-(?:like|\w+ed)")
"""Networks of a kind and words made with a name: CNN, GNNs, pLLM-based."""
OF_ITSELF = re.compile(
    r"(?:\}?\$|\}|\*{1,2})?(?: ?[,(:;.)]|\s*$| ?[–—]|\s+(?:"
    r"to|that|which|who|for|as|is|and|in|with|by|from|via|through|using|on|can|a|an|the|we|"
    r"models?|methods?|frameworks?|algorithms?|approach|tools?|networks?|pipelines?|transformers?|architectures?|"
    r"packages?|software|systems?|agents?|simulators?)\b)"
)
"""What may stand behind a name that is no part of another: "CCC signals" and "Text-Image Pretraining" name no model."""
THAT = re.compile(r"\b(?:that|which|whose)\b", re.IGNORECASE)
"""Behind these stands what the model does: "we introduce a model that predicts fold changes (logFC)"."""
REACH = 150
"""Characters from the verb to the name at most."""


def introduced_models(names: Iterable[str], passages: Sequence[Passage], vocabulary: Vocabulary) -> list[Model]:
    """The models among these names that the paper itself introduces, as entries for the vocabulary.

    Parameters
    ----------
    names
        Names that drafts of claims have and the vocabulary lacks.
    passages
        Passages of one version of the paper.
    vocabulary
        What is known already: an entry that exists is not made again.

    Returns
    -------
    None of a paper of another field: the vocabulary is that of models of single cells.
    """
    if not is_of_field(passages):
        return []
    presented = (name for name in names if introduces(passages, name))
    return _entries(presented, vocabulary, introduced_in=passages[0].paper_id)


def competing_models(rejected: Iterable[Rejected], passages: Sequence[Passage], vocabulary: Vocabulary) -> list[Model]:
    """The models that a paper compares one that is known with, as entries for the vocabulary.

    "scNova outperforms CellFoo": whoever made CellFoo, the sentence says that it is a method and what it is called.
    Only drafts of comparisons count in which everything else was understood, and only names that are written as no word
    is.
    """
    if not is_of_field(passages):
        return []
    names = (
        entry.draft.comparator
        for entry in rejected
        if entry.outcome == "unknown_name" and entry.draft.kind == "comparison" and entry.draft.comparator
        if entry.reason.startswith(f"{entry.draft.comparator} ")
    )
    return _entries(names, vocabulary, met_in=passages[0].paper_id)


def _entries(names: Iterable[str], vocabulary: Vocabulary, **came: str) -> list[Model]:
    """An entry for each name that is written as no word is and that nothing else has."""
    (paper_id,) = came.values()
    source = doi_address(paper_id.removeprefix("doi:")) if paper_id.startswith("doi:") else None
    models: dict[str, Model] = {}
    for name in names:
        model_id = f"model:{re.sub(r'[^a-z0-9]+', '_', name.casefold()).strip('_')}"
        if (
            is_like_no_word(name)
            and name not in NOT_MODELS
            and model_id not in vocabulary
            and vocabulary.find("dataset", name) is None
        ):
            # what kind of model it is nobody has said yet: "method" puts it into no group that claims speak of
            models.setdefault(model_id, Model(id=model_id, name=name, role="method", source_url=source, **came))
    return list(models.values())


def hold_homonyms(claims: Iterable[Claim], passages: Sequence[Passage], vocabulary: Vocabulary) -> tuple[Claim, ...]:
    """The claims of a paper, each with the reason for which it waits if it is about the namesake of another's model.

    The name of a model that came in with one paper may be given again by the next. Which of the two a third paper means
    cannot be told either, but there it is mostly the one that was published.
    """

    @cache
    def is_homonym(model_id: str) -> bool:
        model = vocabulary.get(model_id)
        return (
            isinstance(model, Model)
            and model.introduced_in not in (None, passages[0].paper_id)
            and introduces(passages, model.name)
        )

    return tuple(
        claim.model_copy(update={"held": HOMONYM})
        if claim.held is None and any(map(is_homonym, (*claim.subject_ids, *claim.comparator_ids)))
        else claim
        for claim in claims
    )


def is_like_no_word(name: str) -> bool:
    """Whether a name is written as no other word is, and is no kind of network either."""
    return UNLIKE_A_WORD.fullmatch(name) is not None and not KIND.fullmatch(name)


def introduces(passages: Sequence[Passage], name: str) -> bool:
    """Whether the title of a paper begins with this name, or its abstract presents it."""
    spelled = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w+]|-\w)")
    titles = (passage.text for passage in passages if passage.kind == "title" and not passage.section)
    abstracts = (passage.text for passage in passages if passage.kind != "title" and is_of_abstract(passage))
    # "scNova: a model of cells", "Cell numbers of a vast area (CNOVA): a model"
    opens = re.compile(rf"{spelled.pattern}\s*[:,–—-]|[^:]*\({spelled.pattern}\):")
    return any(opens.match(title) for title in titles) or any(
        _is_presented(text, *match.span()) for text in abstracts for match in spelled.finditer(text)
    )


def _is_presented(text: str, start: int, end: int) -> bool:
    """Whether a verb of presenting stands before the name, in its sentence, and no word that leads to another's."""
    verbs = list(PRESENTS.finditer(text, max(0, start - REACH), start))
    if not verbs:
        return False
    # "a new method for annotation, called scNova": the last verb is the nearest one
    between = text[verbs[-1].end() : start]
    if OF_OTHERS.search(between) or "(" in between[:-1] or not OF_ITSELF.match(text, end):
        return False
    if between.endswith("("):
        return not THAT.search(between) and not _abbreviates(text[start:end], OF_WHAT.split(between)[1:][-1:])
    return not OF_A_USE.search(between)


def _abbreviates(short: str, long: Sequence[str]) -> bool:
    """Whether a name in brackets is short for the words before it: "a method for predicting drug response (CDR)"."""
    initials = "".join(word[0] for words in long for word in re.findall(r"\w+", words)).casefold()
    return bool(initials) and initials.endswith(short.casefold())
