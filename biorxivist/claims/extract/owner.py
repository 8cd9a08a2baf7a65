"""Whose size a number is: that of a model, of the corpus that it was trained on, or of a data set."""

from __future__ import annotations

import re

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.lexicon import whole_words
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.numbers import Number

__all__ = ["find_owners"]

# "UCE on 36 million cells", "scGPT (33 million cells)", "an atlas, SCimilarity, that spans 23 million cells"
OWNS = re.compile(
    r"[\s,(:]*(?:\b(?:on|with|from|over|about|more than|and|that|which|an?|the|is|was|has|of|"
    r"(?:spann?|cover|compris|contain|includ|consist|compil|collect|curat|integrat|search|read|learn|us|build|bring|draw|leverag|unif(?:ie)?)(?:e?s|ed|ing)?|"
    r"saw|seen|built|together|corpus|atlas|data ?set|collection|compendium|resource|large-scale|models?)\b[\s,(:]*)*",
    re.IGNORECASE,
)
# "scNova features 600 million parameters, covers more than 60,000 genes"
HAS = re.compile(
    r"\b(?:cover|featur|compris|contain|span|includ)(?:e?s|ed|ing)? (?:over |more than |about |up to )*$", re.IGNORECASE
)
BRACKET = re.compile(r"\s?\((?:about |over |more than |n ?= ?|~ ?)*$", re.IGNORECASE)
# "a 22M-parameter tile encoder": said of what the phrase is about
ADJECTIVE = re.compile(r"-parameters?\b", re.IGNORECASE)
PHRASE = re.compile(
    r"-parameters? (?:[\w-]+ ){0,4}?(?:models?|transformers?|encoders?|decoders?|networks?|LLMs?|backbones?|versions?|"
    r"variants?|checkpoints?|language models?)(?:,? (?:called|named|termed|dubbed)|,)? |-parameters? ",
    re.IGNORECASE,
)
# "built on a 7B-parameter model": a part, or another's
PART = re.compile(
    r"\b(?:built (?:up)?on|based on|us(?:e|es|ing|ed)|with|combin\w+|pair\w*|coupl\w+|employ\w*|leverag\w+|integrat\w+|"
    r"top of|from|distil\w*|fine-?tun\w*|adapt\w*|prob(?:e|es|ed|ing)|than|over|versus|"
    r"(?:outperform|surpass|exceed|beat|match|rival)(?:s|es|ed|ing)?|compar\w+ (?:to|with))"
    r" (?:an? |the |its |our )?(?:\w+ )?$",
    re.IGNORECASE,
)
# "A, a 50M-parameter model", "A is a compact 50M-parameter model"
IS_ONE = re.compile(
    r"(?: \([^()]*\))?(?:,| is| was|:| \(|, (?:which|that) is| remains| as)? ?(?:an?|the|our)? ?"
    r"(?:(?:new|novel|large|compact|open|small|first|single|of|a|only) )*",
    re.IGNORECASE,
)
# "among compact models (<300M parameters)": what those have in common
LIMIT = re.compile(
    r"\b(?:models|baselines|methods|LLMs|ones) \(\$?(?:[<>≤≥]|\\leq?|\\geq?|under|over|up to)\$? ?\$?$", re.IGNORECASE
)
OF_MODELS = frozenset({"parameters", "tokens"})
"""Units of which models have a number, whatever is done with them."""
WITH_CORPUS = frozenset(
    {
        "cells",
        "datasets",
        "studies",
        "species",
        "donors",
        "tissues",
        "organs",
        "cell types",
        "patches",
        "spots",
        "slides",
    }
)
"""Units of what a corpus has, so that a model may be trained on them."""
RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
NO_OWNER = whole_words("baselines?", "variable genes?", "HVGs?")
# "We applied scVI to 40,000 cells": the size of what a model was applied to is none of its own.
APPLIED = whole_words(
    "appl(?:y|ied|ies|ying)", "compar(?:ed|ing)", "benchmark(?:ed|ing)?(?! (?:of|compris))", "evaluat(?:e|es|ed|"
    "ing)", "test(?:s|ed|ing)?",
    "validat(?:e|es|ed|ing)", "extend(?:s|ed|ing)?", "assess(?:es|ed|ing)?", "provided", "requires?", "using",
    "us(?:ed|es) as", "reference", "experiments", "fine-?tun(?:e|es|ed|ing)",
)  # fmt: skip
# "validated A on 250,000 cells"
TRIED = re.compile(
    r"\b(?:validat|evaluat|test|appl[yi]|assess|fine-?tun|benchmark|ran|run)(?:e|es|ed|ing|s)? (?:the |both )?$",
    re.IGNORECASE,
)
# "reach 95% using models pre-trained on 33 million cells"
OTHERS_TRAINED = re.compile(
    r"\b(?:models|networks|encoders|methods) (?:that (?:are|were) )?(?:pre-?)?trained (?:on|with|using|from) "
    r"(?:over |about |up to |more than )*$",
    re.IGNORECASE,
)
# "A beats VLMs of up to 34 billion parameters"
OF_OTHERS = re.compile(
    r"\b(?:[A-Za-z-]*(?:LLMs|VLMs|LMs|FMs)|models|baselines|competitors|alternatives|counterparts|methods)\b"
    r"(?: (?:with|of|having|containing|up|to|over|more|than|about))*\s*$",
    re.IGNORECASE,
)
# "Lumos, a family of models with up to 3 billion parameters"
A_FAMILY = re.compile(r"\b(?:family|suite|series|collection) of (?:[\w-]+ ){0,5}models\b", re.IGNORECASE)
TRAINED = re.compile(
    r"\b(?:pre-?)?train(?:ed|s)?\b(?! (?:set|data|split))|\b(?:during|in|for) (?:its )?pre-?training\b", re.IGNORECASE
)
# "A is larger than B and contains 68,000 cells": what is said on is said of A
THAN = re.compile(r"\bthan (?:the |that of )?$", re.IGNORECASE)
AND_HAS = re.compile(r"\band (?:\w+ly )?(?:has|contains?|comprises?|spans?|covers?|includes?)\b", re.IGNORECASE)
# "A at 3 billion and ESM-Q at 600 million": of a name that is not known
ANOTHER = re.compile(
    r"\b(?:and|but|while|whereas) (?:an? |the )?(?:[A-Z]|sc[A-Z])[\w.-]*(?: \w+)? (?:at|with|has|had|of|\()"
)
# "a model trained on a million cells rivals A": the size is not that of A
COMPARES = re.compile(
    r"\b(?:rival|match|equal|outperform|exceed|surpass|beat|underperform|trail|lag)(?:s|es|ed|led)?\b|"
    r"\b(?:better|worse|faster|smaller|larger|comparable|superior|inferior)\b",
    re.IGNORECASE,
)
# "A distils B into a model with 8 million parameters"
MAKES = re.compile(r"\b(?:distil|compress|prun|shrink|convert|turn|reduc)\w* (?:the )?$", re.IGNORECASE)
MADE_INTO = re.compile(r"\b(?:into|to) (?:an?|the) [^,;.]*\b(?:model|network|student|version|variant)\b", re.IGNORECASE)
# "A, also named B, with 100 million parameters"
ALIAS = re.compile(r"\b(?:also|formerly|previously) (?:named|called|known as|termed) [‘'“\"]?$", re.IGNORECASE)
# "A, like B, has 100 million parameters"
LIKE = re.compile(
    r", (?:just |much )?(?:like|unlike|as with|similar to|in contrast to|compared (?:to|with)) (?:the )?$",
    re.IGNORECASE,
)
# "fewer than the 104 million cells used for B"
USED_FOR = re.compile(
    r"[^,;.]{0,40}\b(?:used (?:for|by|in|to (?:pre-?)?train)|seen by|behind|underlying) (?:the )?(?:training )?",
    re.IGNORECASE,
)
# "80 million cells from 1,200 studies": both of what the first is of
IN_ONE = re.compile(
    r"\s+(?:(?!(?:for|used|while|than|in|with)\b)[\w-]+\s+){0,5}?(?:from|across|of|and|spanning|covering|in)\s+"
    r"(?:over |more than |about |nearly |approximately |~ ?)*",
    re.IGNORECASE,
)
# "Pre-trained on 2 million cells, A shows", "Despite being trained on", "With 100 million parameters, A"
OPENS = re.compile(
    r"\s*(?:(?:(?:despite|after|by|although|though|when|while) )?(?:being |it (?:is|was) |they were )?"
    r"(?:pre-?)?train(?:ed|ing) |"
    r"(?:by )?(?:scal(?:ing|ed)(?: up)? to|spanning|comprising|covering|encompassing|leveraging|drawing on|built on|"
    r"built from|learning from|learned from) |"
    r"(?:with|comprising|despite (?:having|using)) (?:only |just |about |over |up to |more than )*\d)",
    re.IGNORECASE,
)
COMMA = re.compile(r",\s*(?:the |our )?(?:[\w-]+ ){0,2}$")
# "A's autoencoders (trained on 3,000 cells)"; but "A's corpus"
ITS_PART = re.compile(
    r"['’]s (?!(?:(?:pre-?)?training|corpus|corpora|data|(?:\w+ )?(?:atlas|encoder|model)|vocabulary)\b)[\w-]+ ?"
    r"[^,.;]{0,40}\((?:pre-?)?trained on ",
    re.IGNORECASE,
)
# "68 million cells from A after filtering": what they were taken from is larger
SOURCE = re.compile(r"\b(?:cells|profiles|nuclei|transcriptomes|samples|data) (?:\w+ )?from (?:the )?$", re.IGNORECASE)
SHARE_OF = re.compile(r"(?:%|per ?cent) of (?:the |all )?$", re.IGNORECASE)
# "2.6 million cells from the CELLxGENE census"
TAKEN_FROM = re.compile(r"\b(?:from|of|drawn|sampled|subset)\b", re.IGNORECASE)
OWNER_WITHIN = 60
"""Characters behind a number in which its only owner begins: "30 million cells were used for Geneformer"."""


def find_owners(content: Content, sizes: list[tuple[Number, str]]) -> dict[int, Mention | None]:
    """Find whose the sizes are: start of a number -> its owner.

    Numbers that nobody could give to one of several owners are left out.
    """
    counted = len([number for number in content.numbers if number.scaled])
    if not RESPECTIVELY.search(content.text) or max(len(sizes), counted) < 2:
        return _each(content, sizes)
    named = [mention for mention in _named(content) if mention.end <= sizes[-1][0].start]
    if len(named) != len(sizes) or counted > len(sizes):
        return {}
    return {number.start: mention for (number, _), mention in zip(sizes, named, strict=True)}


def _each(content: Content, sizes: list[tuple[Number, str]]) -> dict[int, Mention | None]:
    """The owner of each size; one of what a corpus has goes with the size before it that it hangs on."""
    owners: dict[int, Mention | None] = {}
    before: Number | None = None
    for number, unit in sizes:
        if LIMIT.search(content.until(number.start)) or (number.listed and unit not in OF_MODELS):
            continue  # "3.1 and 1.1 million cells": of which of two things is not said
        owner = _owner(content, number, unit)
        if owner is None and (_is_of_part(content, number) or _is_of_other_models(content, number, unit)):
            continue
        if owner is None and before is not None and unit in WITH_CORPUS:
            between = content.since(before.end)[: number.start - before.end]
            owner = owners[before.start] if IN_ONE.fullmatch(between) else None
        owners[number.start] = owner
        before = number
    return owners


def _owner(content: Content, number: Number, unit: str) -> Mention | None:
    """Whose size it is.

    The last model or data set named before the number, else the only one behind it, else whom the clauses before speak
    of.
    """
    before = content.until(number.start)
    named = [mention for mention in _named(content) if mention.kind == "model" or unit not in OF_MODELS]
    if in_brackets := BRACKET.search(before):  # "Myeloid (13k cells)": of what stands right before
        place = content.clause.start + in_brackets.start()
        return next((mention for mention in named if mention.end == place), None)
    if used := USED_FOR.match(content.since(number.end)):
        place = number.end + used.end()
        if whose := next((mention for mention in named if mention.start == place), None):
            return whose
    if ADJECTIVE.match(content.since(number.end)):
        return _owner_of_adjective(content, named, number)
    earlier = [m for m in named if m.end <= number.start and not _is_in_brackets(content, m, number)]
    earlier = [m for m in earlier if not _is_passed_over(content, m, number)]
    if earlier and ITS_PART.match(content.since(earlier[-1].end)):
        return None  # "A's autoencoders (trained on 3,000 cells)"
    if earlier and earlier[-1].kind == "dataset" and SOURCE.search(content.until(earlier[-1].start)):
        return None  # "68 million cells from A after filtering, spanning 285 tissues"
    if _is_of_other_models(content, number, unit):
        return None
    if unit in OF_MODELS and OF_OTHERS.search(before) and not A_FAMILY.search(before):
        return None
    if unit not in OF_MODELS and _is_applied(before) and not (earlier and _is_next_to(content, earlier[-1], number)):
        return None
    if unit not in OF_MODELS and earlier and TRIED.search(content.until(earlier[-1].start)):
        return None
    if earlier and ANOTHER.search(content.since(earlier[-1].end)[: number.start - earlier[-1].end]):
        return None
    if earlier:
        owner = earlier[-1]
        return owner if unit in OF_MODELS or _has_size(content, owner, number, unit) else None
    after = [mention for mention in named if mention.start >= number.end]
    if SHARE_OF.search(before):  # "99 % of 67,880 cells": of a set, and of no model that is tried on it
        after = [mention for mention in after if mention.kind == "dataset"]
    if after and "," in content.since(number.end)[: after[0].start - number.end] and not OPENS.match(content.text):
        return None  # "in data sets of 100,000 cells, A was accurate"
    if OPENS.match(content.text) and (led := _led_by(content, after, number)):
        return led
    if len(after) == 1 and after[0].start - number.end < OWNER_WITHIN:
        between = content.since(number.end)[: after[0].start - number.end]
        if not TAKEN_FROM.search(between) and not COMPARES.search(between):
            return after[0]
    spoken_of = [mention for mention in content.subject if _may_own(mention)]
    return spoken_of[0] if spoken_of and (unit in OF_MODELS or TRAINED.search(content.text)) else None


def _is_of_part(content: Content, number: Number) -> bool:
    """Whether "a 7B-parameter model" is only a part of what is spoken of, or another's."""
    return (
        ADJECTIVE.match(content.since(number.end)) is not None and PART.search(content.until(number.start)) is not None
    )


def _is_of_other_models(content: Content, number: Number, unit: str) -> bool:
    """Whether a corpus is that of models in general: "using models pre-trained on 33 million cells"."""
    return unit in WITH_CORPUS and OTHERS_TRAINED.search(content.until(number.start)) is not None


def _owner_of_adjective(content: Content, named: list[Mention], number: Number) -> Mention | None:
    """Whose size "a 650M-parameter ESM2 model" is: the name of that phrase, else what it is said to be.

    "A, a 50M-parameter model" and "A is a 50M-parameter model" say what A is; "A uses a 7B-parameter model" does not.
    """
    phrase = PHRASE.match(content.since(number.end))
    until = number.end + (phrase.end() if phrase else 0)
    if inside := next((m for m in named if number.end <= m.start <= until), None):
        return inside
    earlier = [m for m in named if m.end <= number.start]
    between = content.since(earlier[-1].end)[: number.start - earlier[-1].end] if earlier else ""
    return earlier[-1] if earlier and IS_ONE.fullmatch(between) else None


def _is_in_brackets(content: Content, mention: Mention, number: Number) -> bool:
    """Whether a name stands in brackets that close before a number: "(as in the A split), 3,000 cells"."""
    before, between = content.until(mention.start), content.since(mention.end)[: number.start - mention.end]
    return (
        before.count("(") > before.count(")")
        and between.count(")") > between.count("(")
        and " " in before.rpartition("(")[2]
    )


def _is_passed_over(content: Content, mention: Mention, number: Number) -> bool:
    """Whether a name is only another one of what is spoken of, or what that is compared with before it goes on."""
    before, between = content.until(mention.start), content.since(mention.end)[: number.start - mention.end]
    return (
        ALIAS.search(before) is not None
        or (LIKE.search(before) is not None and between.lstrip().startswith(","))
        or (MAKES.search(before) is not None and MADE_INTO.search(between) is not None)
        or (THAN.search(before) is not None and AND_HAS.search(between) is not None)
    )


def _led_by(content: Content, after: list[Mention], number: Number) -> Mention | None:
    """The model that an opening with a size leads to: "Pre-trained on 2 million cells of 30 tissues, A shows"."""
    models = [mention for mention in after if mention.kind == "model"]
    if models and COMMA.search(content.since(number.end)[: models[0].start - number.end]):
        return models[0]
    return None


def _is_applied(before: str) -> bool:
    """Whether the words before a size say what a model was tried on, and not what it was trained on."""
    last = max((match.end() for match in APPLIED.finditer(before)), default=None)
    return last is not None and TRAINED.search(before, last) is None


def _named(content: Content) -> list[Mention]:
    """The models and data sets that a clause names one by one; selected genes and "baseline data" are neither."""
    return [mention for mention in content.mentions if mention.kind in {"model", "dataset"} and _may_own(mention)]


def _may_own(mention: Mention) -> bool:
    return mention.named and not mention.group and not NO_OWNER.search(mention.text)


def _has_size(content: Content, owner: Mention, number: Number, unit: str) -> bool:
    """Whether cells or sets may be those of what is named before: of a set, or of what a model was trained on."""
    between = content.since(owner.end)[: number.start - owner.end]
    trained = unit in WITH_CORPUS and TRAINED.search(content.text) is not None
    has = HAS.search(between) is not None and owner == next((m for m in content.models if m.named), None)
    return owner.kind == "dataset" or trained or has or _is_next_to(content, owner, number)


def _is_next_to(content: Content, owner: Mention, number: Number) -> bool:
    """Whether nothing but small words stands between a name and a number."""
    return OWNS.fullmatch(content.since(owner.end)[: number.start - owner.end]) is not None
