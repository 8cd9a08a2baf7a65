"""A paper -> its claims, and what was read and rejected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from biorxivist.claims.extract.attribution import ReferenceList, attribute
from biorxivist.claims.extract.beside import is_limited_beside
from biorxivist.claims.extract.doubt import DOUBTFUL
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.focus import inherit
from biorxivist.claims.extract.heads import is_of_abstract
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.of_field import hold_back
from biorxivist.claims.extract.own import own_model
from biorxivist.claims.extract.place import as_sure_as_in_place, model_named
from biorxivist.claims.extract.read import read_sentence
from biorxivist.claims.extract.sentences import Sentence
from biorxivist.claims.extract.tables import TablesRead, read_tables
from biorxivist.claims.extract.verify import Rejected, verify
from biorxivist.claims.extract.walk import walk
from graph.records import Claim, Model, Passage, Reference
from graph.vocabulary import Vocabulary

__all__ = ["RULES", "Extraction", "extract_claims"]

RULES = "rules@15"
"""Name and version of the rules; claims of another version are replaced by those of this one."""
READ = frozenset({"title", "abstract", "paragraph", "caption"})
OTHERS_SPEAK = re.compile(r"\b(?:introduction|background|related work|literature|reference)", re.IGNORECASE)
"""Sections that mostly say what others found."""
INTRODUCED = re.compile(
    r"\b(?i:we|here|paper|work|study)\b[^.;]{0,30}\b(?:present|introduce|propose|develop|describe|release)\w* "
    r"(?:[a-z-]+ ){0,3}(?P<name>[\w.-]*[A-Z][\w-]*)"
)
"""A model that a paper is about."""
# "Recent evaluations serve as a warning, showing that A does not beat B"
OTHERS_WORK = re.compile(
    r"(?:[\w ]+, )?(?:several |many |some )?(?:recent|previous|prior|earlier|published) (?:[\w-]+ ){0,3}"
    r"(?:studies|study|works?|evaluations?|benchmarks?|reports?|papers?|analyses|literature)\b",
    re.IGNORECASE,
)
OWN_WORDS = re.compile(
    r"\b(?:we|our|here|this (?:study|work|paper)|(?:extensive|comprehensive) ex-?periments)\b", re.IGNORECASE
)
RESULTS = re.compile(
    r"(?:first|second|third|finally|notably|surprisingly|strikingly|overall|in contrast|across|furthermore|moreover|"
    r"remarkably|on|in|results?)\b",
    re.IGNORECASE,
)
"""How sentences of an abstract begin that tell what came out."""
BACKGROUND = 0.5
"""Share of an abstract in which it may still speak of what was known."""
PLURAL = re.compile(r"[a-z]{3}s$")
HAS = re.compile(r"\b(?:has|have)\b")
BY_OTHERS = re.compile(
    r"\b(?:previous|prior|earlier|recent|past|others?|reported|claimed|touted|according|et al)\w*\b", re.IGNORECASE
)
CITATION = re.compile(r"\[\d[\d,; –-]*\]|\([A-Z][\w'’-]+(?: et al\.?| and [A-Z][\w'’-]+)?,? \d{4}")
"""A work that a sentence cites: it says how large the models of others are."""


@dataclass(frozen=True)
class Extraction:
    """Outcome of reading a paper."""

    claims: tuple[Claim, ...]
    """Verified claims, in the order of the text, each once."""
    rejected: tuple[Rejected, ...]
    """Drafts that made no claim, with the reason."""
    sentences: int
    """Sentences that were read."""
    tables: TablesRead = field(default_factory=TablesRead)
    """What its tables gave; their claims and rejected drafts stand among the others."""

    @property
    def unknown_names(self) -> tuple[str, ...]:
        """Models that drafts name and the vocabulary does not know, most frequent first."""
        names = [
            name
            for entry in self.rejected
            if entry.outcome == "unknown_name"
            for name in (entry.draft.subject, entry.draft.comparator)
            if name and name in entry.reason
        ]
        return tuple(sorted(set(names), key=lambda name: (-names.count(name), name)))


def extract_claims(
    passages: Iterable[Passage], vocabulary: Vocabulary, *, references: Iterable[Reference] = ()
) -> Extraction:
    """Read the claims of one version of a paper.

    Parameters
    ----------
    passages
        Its passages, in the order of the text; facts among them are passed over.
    references
        Its reference list, so that what it reports of others points to them.

    Returns
    -------
    Claims that hold every check of :func:`biorxivist.claims.extract.verify.verify`, and the rejected drafts.
    """
    given = list(passages)
    texts = [passage for passage in given if passage.kind in READ]
    cited = ReferenceList.of(references, [passage.text for passage in texts])
    own = own_model(texts)
    own_models = _own_models(texts, vocabulary) | ({own} if own else set())
    ours = Mention("model", own, 0, 0, vocabulary.find("model", own)) if own else None
    claims: dict[str, Claim] = {}
    rejected: list[Rejected] = []
    sentences = 0
    for passage, sentence, mentions, focus, worth_reading in walk(texts, vocabulary):
        sentences += 1
        if not worth_reading:
            continue
        readings = read_sentence(sentence.text, vocabulary, mentions=mentions)
        for draft in readings:
            read = _as_in_section(draft, passage, sentence, own_models, vocabulary)
            whose = read if read.subject in own_models else attribute(read, sentence.text, mentions, cited)
            surely = as_sure_as_in_place(whose, passage, sentence.text, vocabulary)
            drafts, inherited = inherit(surely, focus, mentions, own_models, ours)
            for filled in drafts:
                made = verify(
                    filled, sentence.text, passage, vocabulary,
                    extractor=RULES, inherited=inherited, readings=readings,
                )  # fmt: skip
                if isinstance(made, Claim):
                    claims.setdefault(made.id, made)
                else:
                    rejected.append(made)
    tables = read_tables({passage.id: passage for passage in given}.values(), vocabulary)
    for claim in tables.claims:
        claims.setdefault(claim.id, claim)
    return Extraction(tuple(hold_back(claims.values(), given)), (*rejected, *tables.rejected), sentences, tables)


def _own_models(passages: Sequence[Passage], vocabulary: Vocabulary) -> frozenset[str]:
    """Names that stand in the title, or that the abstract introduces: "we present scNova"."""
    paper_id = passages[0].paper_id if passages else None
    models = {entry.name for entry in vocabulary if isinstance(entry, Model) and entry.introduced_in == paper_id}
    for passage in passages:
        if passage.kind == "title":
            models.update(re.findall(r"[\w.-]+", passage.text))
        elif is_of_abstract(passage):
            models.update(INTRODUCED.findall(passage.text))
    return frozenset(models)


def _as_in_section(
    draft: Draft, passage: Passage, sentence: Sentence, own_models: frozenset[str], vocabulary: Vocabulary
) -> Draft:
    """The draft, cited in an introduction: what nobody is said to have found there was mostly found by others.

    What is said of the model that the paper introduces is its own.
    """
    if draft.attribution == "own" and OTHERS_WORK.match(sentence.text):
        draft = replace(draft, attribution="cited")
    if is_of_abstract(passage):
        return _as_in_abstract(draft, passage, sentence)
    if draft.subject in own_models:
        return draft
    if draft.kind == "scale_fact" and (CITATION.search(sentence.text) or _is_of_others(draft, vocabulary)):
        return replace(draft, attribution="cited")
    if OTHERS_SPEAK.search(passage.section) and draft.attribution == "own" and not OWN_WORDS.search(sentence.text):
        return replace(draft, attribution="cited", confidence=draft.confidence * 0.7)
    return draft


def _is_of_others(draft: Draft, vocabulary: Vocabulary) -> bool:
    """Whether a size is that of a published model, which this paper did not measure."""
    model = model_named(draft.subject_id, draft.subject, vocabulary)
    return model is not None and model.role == "foundation" and model.introduced_in is None


def _as_in_abstract(draft: Draft, passage: Passage, sentence: Sentence) -> Draft:
    """The draft, as an abstract means it: what a named model "has achieved" is the authors' own finding.

    What it says of models in general before it comes to what its authors did is background, and others found it.
    """
    of_group = PLURAL.search(draft.subject or "") is not None
    if draft.plain and is_limited_beside(passage.text, sentence):
        draft = replace(draft, plain=False)
    if draft.attribution == "cited" and draft.attributed_to is None:
        has_shown = HAS.search(sentence.text) and not BY_OTHERS.search(sentence.text)
        return draft if of_group or not has_shown else replace(draft, attribution="own")
    early = sentence.start < BACKGROUND * len(passage.text)
    own_words = OWN_WORDS.search(sentence.text) or RESULTS.match(sentence.text)
    if draft.kind == "comparison" and of_group and early and not own_words:
        return replace(draft, attribution="cited", confidence=draft.confidence * DOUBTFUL)
    return draft
