"""Who is compared with whom: the lists of models on both sides of the verb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.exceptions import find_exceptions
from biorxivist.claims.extract.lexicon import alternatives, phrases
from biorxivist.claims.extract.mention import Mention, coordinate
from biorxivist.claims.extract.predicates import Predicate

__all__ = ["BY_ADDING", "OPENING", "REPORTED", "Sides", "find_sides"]

# "Compared with scVI, Geneformer achieved higher accuracy": the second side stands first.
OPENING = re.compile(
    r"^\s*(?:when )?"
    + phrases(
        "compared (?:to|with)",
        "relative to",
        "unlike",
        "in contrast to",
        "in comparison (?:to|with)",
        "as opposed to",
    )
    + r"\b",
    re.IGNORECASE,
)
# A model that hangs on one of these is no subject: "with scVI, accuracy is lower".
PREPOSITION = re.compile(
    r"\b"
    + phrases(
        "for", "in", "on", "with", "by", "from", "to", "at", "than", "as", "via", "using", "through", "across",
        "among", "amongst", "compared with", "unlike", "contrast to", "contrary to", "instead of", "rather than",
        "and not", "but not", "though not",
    )
    + r"\s+(?:the |an? |these |our |both |all )?$",
    re.IGNORECASE,
)  # fmt: skip
# A model that is a part of something else here: "Integrating ESM2 yields results that are on par with scGPT"
BY_ADDING = re.compile(
    r"\b(?:integrat|incorporat|add|us|combin|leverag|employ|fine-?tun)ing (?:the |an? )?(?:[\w-]+ )?$"
    r"|\b(?:combin|fus|stack|ensembl|averag|concatenat)ing (?:[\w-]+ ){0,5}$"
    r"|\((?:no|without|w/o|minus) $",
    re.IGNORECASE,
)
# "Combining images with ESM2 outperforms scVI", "an ensemble built on scGPT"
MEANS = re.compile(
    r"\b(?!(?:embeddings|representations|features) )[\w-]+ (?:with|using|via|based on|built on|on top of|relies on|"
    r"depends on|replac\w+) (?:the |an? )?$",
    re.IGNORECASE,
)
SUCH_AS = re.compile(r",? ?\(?(?:such as|including|like|e\.g\.,?|namely) (?:the |a |an )?", re.IGNORECASE)
# "Simpler methods, such as marker-based and tree-based ones, outperform"
EXEMPLIFIED = re.compile(r",? (?:such as|including|e\.g\.,?) [^;:]*,\s*(?:\w+ly )*", re.IGNORECASE)
WHAT_IT_IS = re.compile(r"\b(?:is|was|remains?) an? (?:\w+ly )*$", re.IGNORECASE)
RELATIVE = re.compile(r"\s*(?:which|that|who)\b", re.IGNORECASE)
THAN = re.compile(r"\bthan (?:the |that of |those of )?$", re.IGNORECASE)
# "..., consistently outperforming"
PARTICIPLE = re.compile(r", (?:\w+ly |even |often |thus |thereby )*$", re.IGNORECASE)
# "..., and significantly outperforms"
SECOND_VERB = re.compile(
    r"(?:[^;:.]|\.\d){0,40}?,? and (?:\w+ly |also |even |thus |thereby |consistently )*", re.IGNORECASE
)
# "TaxDistill improves the F1 of A and outperforms B": what is worked on is not who did
WORKED_ON = re.compile(
    r"\w (?:\w+ly )?(?:improv|boost|enhanc|extend|adapt|fine-?tun|integrat|combin|augment|equip|refin|rais|increas|"
    r"correct|distil|accelerat|reduc|strengthen|complement|modif|replac|wrap|regulari[sz]|post-?process|prompt|"
    r"convert|turn|build|lift)(?:s|es|ed|ies|ied|l?led|ts)? (?:[\w-]+ ){0,5}$",
    re.IGNORECASE,
)
# "This result exceeds the baseline and has a margin over B": who was beaten is not who did
BEATEN = re.compile(
    r"\b(?:outperform|surpass|exceed|beat|match|rival|outpac)(?:s|es|ed|ing)? (?:(?:that|those) of )?"
    r"(?:the |all |both |an? )?(?:[\w-]+ ){0,2}$",
    re.IGNORECASE,
)
# "Both beat the baseline, with A ahead of B"
ABSOLUTE = re.compile(r", with (?:the )?$", re.IGNORECASE)
ADVERBS_ONLY = re.compile(r" (?:\w+ly |being |far |well |slightly |also )*", re.IGNORECASE)
# "..., with a transformer showing lower accuracy than": a subject of its own, of which nothing is known
OWN_ABSOLUTE = re.compile(
    r", with (?:an? |the |some |one )(?:[\w-]+ ){1,5}?"
    r"(?:showing|achieving|reaching|having|being|yielding|exhibiting)\b[^,]*$",
    re.IGNORECASE,
)
# "..., with DL outperforming": a subject of which nothing is known
OF_ITS_OWN = re.compile(r", with (?:the |an? )?(?:[\w-]+ ){1,3}$", re.IGNORECASE)
# "which outperforms A, B is linear": what stands before a verb of its own is no object
FINITE = re.compile(r" (?:\w+ly )?(?:is|are|was|were|has|have|does|did|can|may|[a-z]+(?:s|ed))\b")
# "A did better than B, and C worse", "A improved over B, C over neither": what stands last is a subject
ELLIPTIC = re.compile(r" (?:\w+ly )?(?:worse|better|less|not|neither|over|the (?:opposite|reverse))\b", re.IGNORECASE)
# "a gain of 10% over A, highlighting its superior performance": whose it is stands where the clause begins
ITS = re.compile(r"(?:^|, )\s*(?:\w+ly |thus |thereby )?\w+ing (?:its|their|the) (?:\w+ ){0,2}$", re.IGNORECASE)
# "outperforming both LLMs, A and B"
ALL_OF = re.compile(r"\b(?:both|(?:all|the) (?:two|three|four|five|\d)|two|three|four|five)(?: \w+)? $", re.IGNORECASE)
FIRST_WITHIN = 3
"""Words of a clause before a model that is its subject."""
CONJUNCTION = re.compile(r"\b(?:and|or|nor|as well as)\b|[&/(]", re.IGNORECASE)
# What no object stands behind: "outperforms when trained on scVI's data".
NO_OBJECT = alternatives(
    "[;:]",
    r"\b(?:sizes?|numbers?|scale|amounts?|capacity|budgets?|thresholds?|lengths?|windows?|depth|vocabulary|complexity|"
    r"costs?|limits?|parameters|coverage) of\b",
    r"\b(?:that(?! of\b)|which|who|what|because|when|if|past|beyond)\b",
    r"\b(?:showing|suggesting|using|by using|trained|fewer|minimal|than)\b",
    # "outperformed one-modality models, achieving 0.83 (DFS)", "beats genes that were identified by DESeq2"
    r", (?:\w+ly |thus |thereby |while )?(?:achiev|reach|yield|attain|obtain|improv|increas|reduc|provid|enabl|"
    r"demonstrat|show|highlight)ing\b",
    r"(?<!those )(?<!results )(?<!predictions )(?<!embeddings )(?<!ones )\b(?:identified|selected|produced|generated|"
    r"obtained|inferred|predicted|derived|detected|called|ranked) (?:by|with|from|using)\b",
)
# "... show that deep learning does not outperform": a verb of reporting, and then a subject that names no model
OTHER_SUBJECT = re.compile(
    r"\b(?:that|(?:show|find|found|suggest|indicat|demonstrat|reveal|report|confirm)\w*)\s+"
    r"(?!(?:that|it|they|this|these|its|their|both|to)\b|"
    r"(?:\w+ly )?(?:outperform|exceed|surpass|beat|match|better|superior|improve))"
    r"[\w-]+",
    re.IGNORECASE,
)
# "... shows that edgeR outperforms": a name behind "that", though none that is known
OWN_NAME = re.compile(r"\s+(?:the |an? )?(?=\S*[A-Z\d])(?!(?:It|They|This|These|Our|We)\b)[\w-]+ ")
# "Evaluations of A reveal that B, ..., beats C": what stands before is not who did
REPORTED = re.compile(
    r"\b(?:show|find|found|suggest|indicat|demonstrat|reveal|report|confirm|observ|prov|establish|showcas)\w* that\b",
    re.IGNORECASE,
)
GOVERNS = re.compile(r"\b(?:than|over|above|to|behind|below)$", re.IGNORECASE)
PARTED = re.compile(r",|\b(?:with|and)\b")
# "where Claude 3.5 Sonnet outperforms": a subject of its own, of a name that nobody has entered
OWN_SUBJECT = re.compile(r"(?<![\w-])(?:[A-Z][\w.-]*|sc[A-Z]\w*)")
# "..., but the linear probe beats B", "Trained with A, our classifier beats B": a subject that names no model
OWN_NOUN = re.compile(
    r"(?:^\s*(?:and |but |while |whereas |yet )?|, )(?:the|an?|our|this|these|such) "
    r"(?!(?:[\w-]+ ){0,2}(?:model|method|approach|framework|performance|accurac\w+|results?|scores?|latter|"
    r"former|improvements?|"
    r"gains?|same|two|network|architecture|algorithm|tool|difference|advantage|representations?|embeddings?)s?\b)"
    r"[a-z][\w-]*\b[^,]*$",
    re.IGNORECASE,
)
# "and the adaptive method using A's embeddings beats B": another one than the method that was named
ANOTHER_METHOD = re.compile(
    r"^\s*(?:and |but |while |whereas )?the (?!(?:proposed|new|novel|present|resulting|same|full|final)\b)[\w-]+ "
    r"(?:method|model|approach|variant|version|strategy|scheme) "
    r"(?:using|with|based|trained|that|which|of|on|without)\b",
    re.IGNORECASE,
)
HANGS = re.compile(
    r"\b(?:of|for|with|by|from|to|as|via|using|through|on|inside|unlike) (?:the |an? |these |our |both |"
    r"all )?(?:\w+ )?$",
    re.IGNORECASE,
)
ANAPHOR = re.compile("it|they|our|this|these|the", re.IGNORECASE)
"""Beginnings of pronouns that stand for a model named elsewhere; "we" and "none" stand for none."""
OBJECT_WITHIN = 90
"""Characters behind the verb in which its object begins."""
OPENING_WITHIN = 25
"""Characters behind "compared with" in which its object begins."""
OF_GAIN_WITHIN = 12
"""Characters behind "the gain of A over" in which the second side begins."""


@dataclass(frozen=True)
class Sides:
    """The models on both sides of a comparison, in the order of an active verb's subject and object."""

    left: tuple[Mention, ...]
    right: tuple[Mention, ...]

    def turned(self) -> Sides:
        """The sides the other way round."""
        return Sides(self.right, self.left)


def find_sides(content: Content, predicate: Predicate, subject: Sequence[Mention]) -> Sides | None:
    """Find the lists of models on both sides of the verb; none if a side is missing or only a pronoun.

    Parameters
    ----------
    subject
        Whom the words before speak of, for a verb that has no subject of its own.
    """
    if (gained := _sides_of_gain(content, predicate)) is not None:
        return gained
    text, offset = content.text, content.clause.start
    groups = _groups(content)
    before = [group for group in groups if group[-1].end <= predicate.start]
    after = [group for group in groups if predicate.end <= group[0].start < predicate.until]
    opening = OPENING.match(text)
    if opening and len(before) > 1 and before[0][0].start - offset - opening.end() < OPENING_WITHIN:
        return Sides(tuple(before[1]), tuple(after[0] if after else before[0]))
    if not before and OTHER_SUBJECT.search(content.until(predicate.start)):
        return None  # "showing that some new thing outperforms": it is not who was named before
    if not before and content.before is not None and OWN_SUBJECT.search(content.until(predicate.start)):
        return None
    if content.before is not None and ANOTHER_METHOD.search(content.until(predicate.start)):
        return None
    if not before and content.before is not None and OWN_NOUN.search(content.until(predicate.start)):
        return None
    if len(before) == 1 and _is_of_opening(before[0], content, predicate):
        return None
    if predicate.words.endswith("ing") and OF_ITS_OWN.search(content.until(predicate.start)):
        named = [group for group in before if ABSOLUTE.search(content.until(group[0].start))]
        if not named:
            return None
    before = [group for group in before if not BY_ADDING.search(content.until(group[0].start))]
    if ITS.search(content.until(predicate.start)):
        before = [group for group in before if len(content.until(group[0].start).split()) <= FIRST_WITHIN]
    left = _subject_of(before, content, predicate) or list(subject)
    left += _examples(content, left, before)
    if left and OWN_ABSOLUTE.search(content.until(predicate.start)[max(left[-1].end - offset, 0) :]):
        return None
    left = [m for m in left if not m.pronoun] or list(subject) or _named_once(before, left, content) or _anaphor(left)
    behind = text[predicate.end - offset :]
    objects = (group for group in after if _is_object(behind[: group[0].start - predicate.end], predicate))
    right = [mention for mention in _object_of(next(objects, []), content) if not mention.pronoun]
    right += _examples(content, right, after)
    return Sides(tuple(left), tuple(right)) if left and right else None


def _object_of(group: list[Mention], content: Content) -> list[Mention]:
    """The list behind a verb, without the subject of a further verb that a comma parts from it."""
    named = [mention for mention in group if not mention.pronoun]
    if len(named) > 1 and named[0].group and ALL_OF.search(content.until(named[0].start)):
        between = content.since(named[0].end)[: named[1].start - named[0].end]
        return named[1:] if "," in between else named  # "both LLMs, A and B": who they are stands behind
    if len(group) > 1 and ELLIPTIC.match(content.since(group[-1].end)):
        return group[:-1]
    if len(group) > 1 and FINITE.match(content.since(group[-1].end)):
        return _apart(group, content)[0]
    return group


def _examples(content: Content, group: Sequence[Mention], after: Sequence[list[Mention]]) -> list[Mention]:
    """The models that are named as examples of a group: "simpler approaches such as PCA and scVI"."""
    if not group or not group[-1].group:
        return []
    following = next((models for models in after if models[0].start >= group[-1].end), [])
    between = content.since(group[-1].end)[: following[0].start - group[-1].end] if following else ""
    return [model for model in following if not model.pronoun] if SUCH_AS.fullmatch(between) else []


def _sides_of_gain(content: Content, predicate: Predicate) -> Sides | None:
    """Sides of "the gain of A over B", whose subject stands inside the wording."""
    if " of " not in predicate.words:
        return None
    named = [mention for mention in content.models if not mention.pronoun]
    inside = tuple(m for m in named if predicate.start < m.start and m.end < predicate.end)
    # "the superiority of our approach over A"
    inside = inside or tuple(_anaphor([m for m in content.models if predicate.start < m.start < predicate.end]))
    after = tuple(m for m in named if predicate.end <= m.start < predicate.end + OF_GAIN_WITHIN)
    return Sides(inside, after[:1]) if inside and after else None


def _groups(content: Content) -> list[list[Mention]]:
    """The lists of models in a clause without exceptions; the comma after an opening parts two lists."""
    text, offset = content.text, content.clause.start
    exceptions = find_exceptions(content)
    models = [mention for mention in content.models if not exceptions.hold(mention)]
    opening = OPENING.match(text)
    comma = offset + text.find(",", opening.end()) if opening else -1
    parts = [m for m in models if m.start < comma], [m for m in models if m.start >= comma]
    return [group for part in parts for group in coordinate(text, part, offset=offset)]


def _subject_of(before: Sequence[list[Mention]], content: Content, predicate: Predicate) -> list[Mention]:
    """The list nearest to the verb that no preposition other than "of" or "like" hangs on.

    In "A integrates three B and outperforms C", whose second verb has the subject of the first, that is A.
    """
    before = [group for whole in before for group in _apart(whole, content)]
    for group in before:
        behind = content.until(predicate.start)[group[-1].end - content.clause.start :]
        if group[-1].group and EXEMPLIFIED.fullmatch(behind):
            return group
    if before and ABSOLUTE.search(content.until(before[-1][0].start)):
        between = content.until(predicate.start)[before[-1][-1].end - content.clause.start :]
        if ADVERBS_ONLY.fullmatch(between):
            return before[-1]
    reported = max((match.end() for match in REPORTED.finditer(content.until(predicate.start))), default=0)
    said = [group for group in before if group[0].start >= content.clause.start + reported]
    if reported and not said and OWN_NAME.match(content.until(predicate.start)[reported:]):
        return []  # "An application of A shows that edgeR outperforms B"
    before = said or before
    if len(before) > 1 and before[-1][0].group and WHAT_IT_IS.search(content.until(before[-1][0].start)):
        before = before[:-1]  # "A is a strong baseline that outperforms B": who did is A
    participle = PARTICIPLE.search(content.until(predicate.start)) and predicate.words.split()[0].endswith("ing")
    if participle and len(before) > 1:  # "A predicts B, outperforming C": what the clause begins with
        return next((group for group in before if not PREPOSITION.search(content.until(group[0].start))), [])
    if len(before) == 1:
        if RELATIVE.match(content.text) and _is_aside(before[0], content, predicate):
            return []  # "A, which builds on B, outperforms C", "A, which uses B, is comparable to C": who did is A
        until = content.until(before[0][0].start)
        between = content.until(predicate.start)[before[0][-1].end - content.clause.start :]
        if BEATEN.search(until[reported:]):
            return []
        if WORKED_ON.search(until[reported:]) and SECOND_VERB.fullmatch(between):
            return []
        return [] if THAN.search(until) or (MEANS.search(until) and before[0][0].named) else before[0]
    if before and SECOND_VERB.fullmatch(content.until(predicate.start)[before[-1][-1].end - content.clause.start :]):
        first = before[0]
        if len(content.until(first[0].start).split()) <= FIRST_WITHIN and not first[0].pronoun:
            return first
        if THAN.search(content.until(before[-1][0].start)):
            return []  # "... than A, and outperformed B": who did is not known
    return next((group for group in reversed(before) if not PREPOSITION.search(content.until(group[0].start))), [])


def _is_of_opening(group: list[Mention], content: Content, predicate: Predicate) -> bool:
    """Whether the only model before a verb hangs on an opening, which a subject without a name follows.

    Or, of a word that stands for one, on such a subject: "but the probe on top of it beats B".
    """
    before = content.until(group[0].start)
    between = content.until(predicate.start)[group[-1].end - content.clause.start :]
    own = OWN_NOUN.search(between) or (group[0].pronoun and OWN_NOUN.search(before))
    return HANGS.search(before) is not None and bool(own)


def _is_aside(group: list[Mention], content: Content, predicate: Predicate) -> bool:
    """Whether a comma parts a model of a relative clause from the verb behind."""
    return "," in content.until(predicate.start)[group[-1].end - content.clause.start :]


def _named_once(before: Sequence[list[Mention]], left: Sequence[Mention], content: Content) -> list[Mention]:
    """The only model that a clause names before a pronoun: "Although A is large, it did not beat B"."""
    earlier = [
        mention
        for group in before
        for mention in group
        if mention.named and mention not in left and not PREPOSITION.search(content.until(mention.start))
    ]
    return earlier if len(earlier) == 1 and left and ANAPHOR.match(left[0].text) else []


def _apart(group: list[Mention], content: Content) -> list[list[Mention]]:
    """A list whose names are joined by commas alone is none: "used by existing models, scNova outperforms"."""
    if len(group) == 1 or CONJUNCTION.search(content.since(group[0].start)[: group[-1].end - group[0].start]):
        return [group]
    return [[mention] for mention in group]


def _anaphor(left: Sequence[Mention]) -> list[Mention]:
    return [mention for mention in left if ANAPHOR.match(mention.text)][:1]


def _is_object(between: str, predicate: Predicate) -> bool:
    """Whether nothing but modifiers stands between the verb and a list of models."""
    if GOVERNS.search(predicate.words) and PARTED.search(between):
        return False  # "better than open-source ones, with A and B ahead"
    return len(between) < OBJECT_WITHIN and not NO_OBJECT.search(between)
