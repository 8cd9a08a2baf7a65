"""A sentence -> drafts. Pure, and without any memory of other sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from biorxivist.claims.extract.beside import limits
from biorxivist.claims.extract.change import read_changes
from biorxivist.claims.extract.clauses import Clause, split_clauses
from biorxivist.claims.extract.comparison import leading_scope, read_comparisons
from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.doubt import DOUBTFUL, is_doubtful
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.groups import resolve_model
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.names import find_mentions
from biorxivist.claims.extract.numbers import find_numbers
from biorxivist.claims.extract.refused import is_taken_back
from biorxivist.claims.extract.saturation import read_saturations
from biorxivist.claims.extract.score import read_scores
from biorxivist.claims.extract.sentences import as_typed
from biorxivist.claims.extract.sides import BY_ADDING, OPENING, REPORTED
from biorxivist.claims.extract.size import read_sizes
from graph.records import ClaimKind
from graph.vocabulary import Vocabulary

__all__ = ["read_sentence"]

CONFIDENCE: dict[ClaimKind, float] = {"comparison": 0.76, "scale_fact": 0.86, "score": 0.7}
"""Share of the claims of a kind that a reader found right on papers that no rule was written on (docs/claims.md)."""
CONFIDENCE_OF_SIZES: dict[str, float] = {
    **dict.fromkeys(("parameters", "datasets", "donors", "organs", "species", "tissues"), 0.93),
    "tokens": 0.56,
}
"""That of sizes in these units, drawn towards the share of all claims as ``benchmarks/confidence_fit.py`` does."""
FEW_READ = 0.4
"""That of the other kinds, of which the reader saw too few to say."""
MAX_DRAFTS = 60
"""A sentence that seems to claim more than this is a list or a table in running text, and is not understood."""
# "We hoped UCE would beat PCA, but it did not."
DID_NOT = re.compile(
    r"^\s*(?:it|they|this|he|she|these|the model)\s+(?:did|does|do|was|were|could|has|have)(?:n[’']t| not)\b\s*\.?\s*$",
    re.IGNORECASE,
)
# "We hoped UCE would beat PCA, and it did."
DID = re.compile(r"^\s*(?:it|they|this)\s+(?:did|does|do)\s*\.?\s*$", re.IGNORECASE)
# "A beats B, which beats C", "A and B were tried; the latter failed": it goes on from what was named last
GOES_ON_FROM_LAST = re.compile(r"\s*(?:which|(?:and |but )?the latter)\b", re.IGNORECASE)
# "Some methods outperform others, although this depends on the tissue"
LIMITS_BEFORE = re.compile(r"(?:although|though|even though|albeit|but|yet|except)$", re.IGNORECASE)
# "Accuracy rose with corpus size and showed no sign of saturation": a rise, and that it does not end
AND_NO_PLATEAU = re.compile(
    r"\b(?:and|with)\b[^,;]*\b(?:no|not|without)\b[^,;]*\b(?:saturat|plateau|level)", re.IGNORECASE
)
FACTUAL = frozenset({"purpose", "advice", "question", "hypothesis"})
"""Modes of a clause in which sizes are facts nevertheless: "we ask whether UCE, with 36 million cells, ..."."""
# "a multi-modal foundation model that outperforms": one of that kind, which has no name here
KINDS_OF_MODELS = frozenset({"model:scfm", "model:llm", "model:contrastive_models", "model:masked_models"})
# "a transformer that outperforms": so is one of an architecture
ARCHITECTURE = re.compile(r"\b(?:an?|our|this|the|another) (?:[\w-]+ ){0,4}?transformer\b", re.IGNORECASE)
EACH_OF = r"\b(?:no|every|any|each|single|one)(?: [\w-]+){0,2} "
SEVERAL = re.compile(r"s$|^models\b", re.IGNORECASE)
OF_SEVERAL = re.compile(r" (?:embeddings|representations|features)\b")
"""Behind a kind of models, what makes several of it: "scFM embeddings"."""
# "initialised from A but ...", "fitted to data generated with A but ...", "reuses the weights of A but ..."
MADE_WITH = re.compile(
    r"\b(?:initiali[sz]ed (?:with|from)|generated (?:with|by|from)|simulated (?:with|by|from)|"
    r"borrow\w* [^,;]{1,30} from|"
    r"(?:weights|vocabulary|tokeni[sz]er|embeddings|architecture|features|representations) (?:of|from)|derived from|"
    r"adapted from|inspired by|distilled from|built (?:up)?on(?: top of)?|based on|inside|top of|started? from|"
    r"starting from|warm-started from)"
    r" (?:the |an? )?(?:\w+ )?$",
    re.IGNORECASE,
)
# "our method", "this framework": what the paper is about, which has no name here
OURS = re.compile(r"(?:our|ours|this|the proposed|the resulting)\b", re.IGNORECASE)
# "a gain over A": who comes off worse is not spoken of next, nor is A in "compared with A, B ..."
OVER = re.compile(r"\b(?:over|than|versus|against|beyond) (?:the |an? |all )?$", re.IGNORECASE)
OPENED_WITH = re.compile(
    r"\b(?:compared (?:to|with)|comparison (?:to|with)|relative to|unlike|contrast to) (?:the |an? |all )?$",
    re.IGNORECASE,
)
GOES_ON = re.compile(r"(?:it|they)\b", re.IGNORECASE)
BEFORE_SUBJECT = 3
"""Words of a clause before a pronoun that is its subject: "and there it", "in addition, our"."""
NEAR = 90
"""Characters before a model in which its "initialised from" stands."""
JOINED = re.compile(r"(?:but|and|while|whereas|yet)$", re.IGNORECASE)
SUPPOSED = re.compile(r"\b(?:would|could|will)\b")


def read_sentence(text: str, vocabulary: Vocabulary, *, mentions: Sequence[Mention] | None = None) -> list[Draft]:
    """Read what a sentence claims.

    Parameters
    ----------
    mentions
        What it names, where the caller has looked for it already, or knows abbreviations that the paper introduces.
    """
    text = as_typed(text)
    drafts: list[Draft] = []
    hoped: list[Draft] = []
    said: list[Draft] = []
    for content in _contents(text, find_mentions(text, vocabulary) if mentions is None else mentions):
        read = list(_read_clause(content))
        drafts += _answered(hoped, content.text)
        if is_taken_back(content.text):
            drafts = [draft for draft in drafts if draft not in said]
        elif LIMITS_BEFORE.match(content.clause.lead) or (said and limits(content.text)):
            drafts = [replace(draft, plain=False) if draft in said else draft for draft in drafts]
        said = [
            _as_meant(draft, content)
            for draft in read
            if _is_stated(draft, content.clause) and not _is_of_unnamed(draft, content, vocabulary)
        ]
        drafts += said
        hoped = [draft for draft in read if draft.kind == "comparison" and content.clause.mode == "hypothesis"]
    distinct = list(dict.fromkeys(drafts))
    return distinct if len(distinct) <= MAX_DRAFTS else []


def _contents(text: str, mentions: Sequence[Mention]) -> Iterator[Content]:
    """The clauses of a sentence, each with what stands in it and what those before leave to it."""
    numbers = find_numbers(text)
    named_before: tuple[Mention, ...] = ()
    led_by: tuple[Mention, ...] = ()
    before: Clause | None = None
    for clause in split_clauses(text):
        if GOES_ON_FROM_LAST.match(clause.text):
            named_before = named_before[::-1]
        content = Content(
            clause,
            tuple(mention for mention in mentions if clause.start <= mention.start < clause.end),
            tuple(number for number in numbers if clause.start <= number.start < clause.end),
            named_before,
            led_by if JOINED.match(clause.lead) else (),
            before,
        )
        yield content
        if before is None:
            led_by = leading_scope(content)
        named_before = _spoken_of_next(content)
        before = clause


def _spoken_of_next(content: Content) -> tuple[Mention, ...]:
    """The models that a clause leaves to the next one to speak of: its subject first, if that is a pronoun.

    In "our method beats A; it matches B" and in "A beats B, and it matches C", "it" is not who was beaten.
    """
    models = [model for model in content.models if not model.pronoun and not _is_means(content, model)]
    models.sort(key=lambda model: any(words.search(content.until(model.start)) for words in (OVER, OPENED_WITH)))
    if models and OVER.search(content.until(models[0].start)):
        models = []  # "This is a gain over A": what A was compared with has no name here
    named = {model.text.casefold(): model for model in models}
    pronoun = _leading_pronoun(content)
    if pronoun is not None and OURS.match(pronoun.text):
        return (pronoun, *named.values())
    if pronoun is not None and GOES_ON.match(pronoun.text):
        first = content.named_before[:1]
        return (*first, *(model for model in named.values() if model not in first))
    return tuple(named.values()) or (() if _speaks_of_another(content) else content.named_before)


def _leading_pronoun(content: Content) -> Mention | None:
    """The pronoun that is the subject of a clause: no model but that of an opening stands before it."""
    pronoun = next((model for model in content.models if model.pronoun), None)
    if pronoun is None:
        return None
    earlier = [model for model in content.models if model.end <= pronoun.start]
    opened = OPENING.match(content.text) is not None and content.until(pronoun.start).rstrip().endswith(",")
    if (earlier and not opened) or REPORTED.search(content.until(pronoun.start)):
        return None
    return pronoun if opened or len(content.until(pronoun.start).split()) <= BEFORE_SUBJECT else None


def _is_means(content: Content, model: Mention) -> bool:
    """Whether a model is only what something else was made with: the clause after does not speak of it."""
    before = content.until(model.start)[-NEAR:]
    return BY_ADDING.search(before) is not None or MADE_WITH.search(before) is not None


def _speaks_of_another(content: Content) -> bool:
    """Whether every model of a clause is only what something else was made with, which has no name here."""
    named = [model for model in content.models if not model.pronoun]
    return bool(named) and all(MADE_WITH.search(content.until(model.start)[-NEAR:]) for model in named)


def _read_clause(content: Content) -> Iterator[Draft]:
    ordered = [*read_comparisons(content), *read_saturations(content)]
    yield from ordered
    if not ordered or AND_NO_PLATEAU.search(content.text):
        yield from read_changes(content)
    yield from read_scores(content)
    yield from read_sizes(content)


def _answered(hoped: list[Draft], text: str) -> list[Draft]:
    """What was hoped for in the clause before, as this one says that it came out."""
    if DID_NOT.match(text):
        return [replace(draft, polarity="negated", hedging="none") for draft in hoped]
    if DID.match(text):
        return [replace(draft, hedging="none") for draft in hoped]
    return []


def _is_stated(draft: Draft, clause: Clause) -> bool:
    """Whether a clause states what was read in it; sizes are facts in whatever clause they stand but a supposition."""
    if clause.mode == "finding":
        return True
    if draft.subject is None and clause.mode == "question":
        return False  # "whether a model of a billion parameters is worth it"
    return draft.kind == "scale_fact" and clause.mode in FACTUAL and SUPPOSED.search(clause.text) is None


def _is_of_unnamed(draft: Draft, content: Content, vocabulary: Vocabulary) -> bool:
    """Whether a draft is of one model of a kind that the clause does not name: "our foundation model outperforms"."""
    words = draft.subject
    nearby = f"{content.before.text if content.before else ''} {content.text}"
    if words is not None and words.casefold() == "transformer" and ARCHITECTURE.search(nearby):
        return True
    if (
        words is None
        or SEVERAL.search(words)
        or OF_SEVERAL.match(content.text.partition(words)[2])
        or not any(m.group and m.text == words for m in _spoken_of(content))
    ):
        return False
    meant = draft.subject_id or resolve_model(words, vocabulary)
    return meant in KINDS_OF_MODELS and re.search(EACH_OF + re.escape(words), content.text, re.IGNORECASE) is None


def _spoken_of(content: Content) -> tuple[Mention, ...]:
    return (*content.models, *content.named_before)


def _share_right(draft: Draft) -> float:
    """How many of the claims like this one a reader found right."""
    of_kind = CONFIDENCE.get(draft.kind, FEW_READ)
    return CONFIDENCE_OF_SIZES.get(draft.unit or "", of_kind) if draft.kind == "scale_fact" else of_kind


def _as_meant(draft: Draft, content: Content) -> Draft:
    """The draft with the clause's hedge and speaker; a model with a citation behind it ("GEARS [16]") is no speaker."""
    clause = content.clause
    hedging = max(clause.hedging, draft.hedging, key=("none", "weak", "strong").index)
    speaker = re.split(r" ?[\[(]| et al| and ", clause.cited_whom or "")[0]
    is_model = any(model.text == speaker for model in content.models)
    cited = (clause.cited and not is_model) or draft.attribution == "cited"
    return replace(
        draft,
        hedging="none" if draft.kind == "scale_fact" else hedging,
        confidence=_share_right(draft) * (DOUBTFUL if is_doubtful(draft, content) else 1),
        attribution="cited" if cited else "own",
        attributed_to=None if is_model else clause.cited_whom,
    )
