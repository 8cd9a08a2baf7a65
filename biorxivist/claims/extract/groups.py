"""Groups of models: the field's ways of speaking of several at once, and the entry of the vocabulary that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from biorxivist.claims.extract.known import find_known
from biorxivist.claims.extract.lexicon import holds_any, listed, phrases, plain, whole_names, whole_words
from biorxivist.claims.extract.mention import Mention
from graph.vocabulary import Vocabulary

__all__ = ["NOT_A_GROUP", "NUMBERED", "find_groups", "find_pronouns", "resolve_model"]

HEAD_WORDS = frozenset(
    re.split("[ -]", head.casefold())[-1] for head in (*listed("heads", "alone"), *listed("heads", "with_adjective"))
)
WORD = re.compile(r"[a-z]+")
HEADS = plain((*listed("heads", "alone"), *listed("heads", "with_adjective")))
BARE_HEAD = re.compile(plain(listed("heads", "with_adjective")), re.IGNORECASE)
# "existing, simpler and linear methods"; a "gene network" or a "regulatory network" is no model
GROUP = re.compile(
    r"(?<![\w-])(?<!gene )(?<!regulatory )(?<!interaction )(?<!co-expression )"
    rf"(?:{plain(listed('adjectives'))}(?:,? (?:and |or )?|-))*{HEADS}(?![\w-])",
    re.IGNORECASE,
)
FIRST = re.compile(r"(?<![\w-])[A-Za-z\d]+")
GROUP_WORDS = frozenset(
    re.split("[ -]", name.casefold())[0] for path in ("adjectives", "heads") for name in listed(path)
)
"""Words of which one begins each group."""
# "existing computational methods", "leading scATAC-seq clustering tools", "conventional fine-tuning": words that are in
# no list, between an adjective that makes a comparison of it and a head
BETWEEN = (
    r"(?!(?:" + phrases(
        "and", "or", "of", "in", "on", "for", "to", "that", "which", "what", "past", "beyond",
        "by", "with", "than", "from", "as", "at", "the",
        "an?", "is", "are", "was", "were", "have", "has", "can", "may", "not",
        "because", "since", "it", "they", "we", "when",
        "if", "but", "while", "although", "whereas", "where", "its", "this", "these", "those", "does",
        "do", r"data ?sets?",
        "data(?! (?:analysis|integration|imputation))", "single(?!-cell)",
        r"outperform\w*", r"exceed\w*", r"surpass\w*", r"match\w*",
    ) + r")\b)[A-Za-z][\w-]*[ -]"
)  # fmt: skip
# "state-of-the-art clustering and annotation methods"
TWO_TASKS = r"(?-i:(?!(?:methods|models|tools|approaches|baselines|algorithms)\b)[a-z][a-z-]+ and [a-z][a-z-]+) "
OPEN = (*listed("adjectives", "known_before"), *listed("adjectives", "how_good"), *listed("adjectives", "for_what"))
OPEN_GROUP = re.compile(
    rf"(?<![\w-])(?:(?:other|all other|all|many|most|several) )?{plain((*OPEN, 'other', 'simpler'))}[ -]"
    rf"(?:{BETWEEN}|\(SOTA\) ){{0,5}}?(?:{TWO_TASKS})?"
    r"(?:(?:methods?|models?|approach(?:es)?|tools?|algorithms?|baselines?|techniques?|frameworks?|architectures?|"
    r"pipelines?|alternatives|competitors|peers|embeddings|LLMs|scFMs|FMs|fine-tuning(?: method\w+)?)(?![\w-]))",
    re.IGNORECASE,
)
OPEN_STEMS = (
    "method", "model", "approach", "tool", "algorithm", "baseline", "technique", "framework", "architect", "pipeline",
    "alternativ", "competitor", "peer", "predictor", "embedding", "llm", "scfm", "fms", "tuning", "counterpart",
)  # fmt: skip
OPEN_WORDS = frozenset(WORD.match(name.casefold()).group() for name in (*OPEN, "other", "simpler"))  # type: ignore[union-attr]
"""Words of which one begins each of the open groups."""
REGIME_WORDS = frozenset(
    ("based", "zero", "few", "fine", "finetuned", "pre", "pretrained", "trained", "tuning", "finetuning")
)
"""Words of which each of the groups below has one."""
COMPARING = ("perform", "surpass", "exceed", "beat", "than", "over", "compared", "superior", "par ")
# "zero-shot models", "conventional fine-tuning", "marker-based methods"
OF_REGIME = whole_names(
    "[a-z]+-based (?:methods|models|approaches|tools|baselines|classifiers)",
    "(?:zero-shot|few-shot|fine-tuned|pre-?trained) (?:models|methods|baselines|counterparts)",
    # "outperforms models trained on far more data"
    "models trained from scratch",
    r"models (?:pre-?)?trained (?:with|using) (?-i:[A-Z][\w-]*)",
    "(?<!language )(?<!foundation )models(?= (?:pre-?)?trained )",
    "(?:traditional|conventional|standard|full|vanilla) fine-?tuning(?! (?:data|set|step|strateg|schedul))",
)
# "surpasses centralized methods", "than unsupervised morphology-based baselines": whatever it is that is compared with
COMPARED_WITH = re.compile(
    r"\b(?:(?:outperform|surpass|exceed|beat)(?:s|ed|es|ing)?|than|over|compared (?:to|with)|superior to|"
    r"on par with) (?:the |both |all |other |tested )*"
    rf"(?P<group>(?!(?:apply|us|train|runn)ing\b)(?:{BETWEEN}){{1,4}}?(?:methods|models|approaches|tools|baselines|algorithms|techniques|frameworks|callers|"
    r"classifiers|pipelines|predictors))(?![\w-])",
    re.IGNORECASE,
)
COUNTED = re.compile(
    r"\b(?:all|most|many|some|several|other|no) $|\b(?:all|no) \w+ $|"
    r"\b(?:none|any|all|most|many|few) of the (?:\w+ )?$",
    re.IGNORECASE,
)
"""What makes a group of a bare head: "all models", "no two methods"."""
NUMBERED = re.compile(r"\d,?[ -](?:most |top |highly )?$")
"""What makes an amount of a method: "in the 4,000 HVG setting"."""
NUMERAL = "(?:two|three|four|five|six|seven|eight|nine|ten)"
HOW_MANY = re.compile(
    r"(?:(?:most|many|several|various|all(?: the)?|recent(?! state)|tested|evaluated|benchmarked|"
    rf"existing (?={NUMERAL}\b)|{NUMERAL})[ -](?!other))+",
    re.IGNORECASE,
)
"""Words before a group that are no part of its name: "most scFMs" are scFMs."""
# "In general, simple methods": no kind of methods
IN_GENERAL = re.compile(r"\bin (?:general|particular|total|short)$", re.IGNORECASE)
UNTRAINED = re.compile(r"untrained (?:baselines?|models?|networks?)", re.IGNORECASE)

# Simple methods and steps that are compared with models: "scGPT did not outperform logistic regression".
FIXED = whole_names(
    # classifiers and regressions
    "L1-regularized logistic regression",
    "(?:simple )?(?:linear|ridge|lasso) regression",
    "random forests?",
    "support vector machines?",
    "k?-?nearest[ -]neighbou?rs?(?: classifiers?)?",
    "majority vot(?:e|ing)",
    # what takes no training: "the mean baseline"
    "(?:highly |most )?variable genes?",
    "HVGs?",
    "(?:train(?:ing)?|per-gene) mean",
    "mean baseline",
    "(?:predicting|taking) the mean(?: of (?:the )?training (?:examples|data|cells|set))?",
    "additive (?:model|baseline|sum)",
    "(?:no-change|do-nothing) (?:baseline|model|guess)",
    "expert curation",
    # "compared with the state of the art", "outperforms all others"
    "(?<=the )(?:current |previous |prior )?(?:state[ -]of[ -]the[ -]art|SOTA)(?=\\s*(?:[.,;)]|$|by\\b|with\\b))",
    r"(?:all |the )?others(?! (?:\w+ly )?(?:have|has|show|report|claim|argue|improve|outperform|exceed|surpass|achieve|"
    "perform|do|did|are|were|fail|require)(?:d|ed|s)?\\b)",
    # "no better than random initialization"
    "random (?:initiali[sz]ation|weights)",
    "training from scratch",
    # ways of drawing cells: "re-weighting did not beat random sampling"
    "spike-ins?",
    "re-?weighting",
    "(?:random|uniform) (?:sub-?)?sampling",
    "geometric sketching",
    "downsampling",
)
# What stands for a model named elsewhere: "it", "our model", "neither of them", "the latter".
PRONOUN = whole_names(
    "it",
    "they",
    "we",
    "both(?: (?:models|methods|approaches))?",
    "(?<!is )(?<!are )(?<!was )(?<!were )neither(?: (?:model|method|one))?",
    "none(?: of (?:them|these|the (?:models|methods)))?",
    phrases(
        "our",
        "this",
        "these",
        "that",
        "the",
        "such",
        "the proposed",
        "the resulting",
        "our proposed",
        "the two",
        "each",
        "either",
        "no",
        "any",
        "the same",
    )
    + " "
    + phrases(
        "model",
        "method",
        "approach",
        "framework",
        "models",
        "methods",
        "approaches",
        "architecture",
        "embedding",
        "embeddings",
        "representation",
        "representations",
    ),
    # "the proposed algorithm"
    "(?:our|our proposed|the proposed) (?:algorithm|tool|pipeline|technique|strategy|system|network|encoder)",
    # "this novel framework"
    "this (?:novel|new|unified|simple|single|lightweight|hybrid|combined) (?:model|method|approach|framework|strategy)",
    # "our pre-trained single-cell model"
    r"our (?:[\w-]+ ){1,3}?(?:model|method|approach|framework|architecture|network|encoder)",
    "the (?:pre-?trained|fine-?tuned|final|full|frozen|distilled|adapted) (?:model|backbone|encoder|network)",
    "the (?:latter|former)",
    "ours",
    "our results?",
    "the authors",
)
FIXED_WORDS = frozenset(
    (
        "regression", "forest", "forests", "vector", "nearest", "neighbor", "neighbour", "vote", "voting", "variable",
        "hvg", "hvgs", "mean", "additive", "change", "nothing", "curation", "art", "sota", "others", "initialization",
        "initialisation", "weights", "scratch", "spike", "reweighting", "weighting", "sampling", "subsampling",
        "sketching", "downsampling",
    )
)  # fmt: skip
"""Words of which each of the fixed groups has one."""
PRONOUN_WORDS = HEAD_WORDS | frozenset(
    ("it", "they", "we", "both", "neither", "none", "ours", "results", "result", "latter", "former", "authors")
)
"""Words of which each of the pronouns has one."""
# "tabular foundation models": groups of another field, which no entry means
BEFORE = re.compile(
    r"(?:(?:state[ -]of[ -]the[ -]art|existing|current|previous|prior|large-scale) )?[\w-]+ $", re.IGNORECASE
)
NOT_A_GROUP = re.compile(
    r"s? (?:centrality|topology|measures?|structure|nodes?|edges?|calls?|prompts?|quer(?:y|ies)|tokens?|agents?|API)\b"
)
"""What makes of a group something else: "one LLM call"."""
OTHER_FIELD = whole_words(
    "tabular", "vision", "pathology", "histology", "image", "imaging", "genomic", "DNA", "protein", "tissue", "speech",
    "slide", "vision-language", "chemical", "molecular", "ImageNet", "ImageNet-pretrained", "ImageNet-1k",
)  # fmt: skip
NARROWER = whole_words(
    "open[ -](?:source|weights?)",
    "proprietary",
    "closed[ -](?:source|weights?)",
    "commercial",
    "medical",
    "biomedical",
    "clinical",
    "local",
)
"""Words that make of a group one that no entry means."""
OF_A_KIND = whole_words(
    r"[\w-]+-based", "deep", "deep[ -]learning", "DL", "machine[ -]learning", "ML", "AI", "statistical", "generative",
    "diffusion", "graph", "neural", "variational", "supervised", "unsupervised", "transformers?", "kernel", "bulk",
    "[A-Z]+NNs?", "VAEs?", "GANs?", "matrix", "regression",
)  # fmt: skip
"""Words that make of a group a kind of methods."""
# Telling words -> the group that they mean, the more telling first: "existing foundation models" are foundation models.
MEANINGS: tuple[tuple[re.Pattern[str], str | None], ...] = (
    (NARROWER, None),
    (whole_words("(?:large )?language models?(?!-)", "LLMs?(?!-)"), "model:llm"),
    (OTHER_FIELD, None),
    (whole_words("foundation(?! model-)", "pre-?trained", "scFMs?(?!-)", "TFMs?(?!-)", "FMs?(?!-)"), "model:scfm"),
    (whole_words("contrastive"), "model:contrastive_models"),
    (whole_words("masked"), "model:masked_models"),
    (
        whole_words("simple[rs]?t?", "linear", "plain", "basic", "naive"),
        "model:simple_baselines",
    ),
    # what makes a kind of them is no name for all: "existing deep learning methods"
    (re.compile(rf"(?:{OF_A_KIND.pattern}).*\bbaselines?\b", re.IGNORECASE), "model:baselines"),
    (OF_A_KIND, None),
    (
        whole_words(
            "existing",
            "current",
            "previous",
            "prior",
            "past",
            "earlier",
            "other",
            "state[ -]of[ -]the[ -]art",
            "sota",
            "competing",
            "established",
            "published",
            "alternative",
        ),
        "model:prior_methods",
    ),
    (
        whole_words(
            "representative",
            "conventional",
            "traditional",
            "popular",
            "leading",
            "peers",
            "competitors?",
            "alternatives",
        ),
        "model:prior_methods",
    ),
    # who says no more of them than that: what a paper compares with
    (whole_words("baselines?"), "model:baselines"),
)


NAMED = re.compile(r"^sc[A-Z]|^[A-Z][\w-]*[A-Z](?!s$)|former$")
"""What a name of one model looks like among the words for a group: scGPT, UCE, Geneformer."""


def find_pronouns(text: str) -> Iterator[Mention]:
    """Yield the words that stand for a model named elsewhere."""
    for match in PRONOUN.finditer(text) if not PRONOUN_WORDS.isdisjoint(_words(text)) else ():
        yield Mention("model", match.group(), match.start(), match.end(), pronoun=True)


def find_groups(text: str) -> Iterator[Mention]:
    """Yield the phrases that mean several models: "random forests", "simpler methods", "all models"."""
    words = _words(text)
    for match in FIXED.finditer(text) if not FIXED_WORDS.isdisjoint(words) else ():
        if not NUMBERED.search(text[: match.start()]):
            yield _group(match)
    for match in _groups_in(text) if not HEAD_WORDS.isdisjoint(words) else ():
        if NOT_A_GROUP.match(text, match.end()):
            continue
        if not BARE_HEAD.fullmatch(match.group()) or COUNTED.search(text[: match.start()]):
            yield _of_field(_group(match), text)
    if not holds_any(text, OPEN_STEMS):
        return
    for match in COMPARED_WITH.finditer(text) if holds_any(text, COMPARING) else ():
        yield _of_words(match["group"], match.start("group"))
    for pattern, first in ((OPEN_GROUP, OPEN_WORDS), (OF_REGIME, REGIME_WORDS)):
        for match in pattern.finditer(text) if not first.isdisjoint(words) else ():
            if not NOT_A_GROUP.match(text, match.end()):
                yield _group(match)


def _groups_in(text: str) -> Iterator[re.Match[str]]:
    """The matches of ``GROUP``, looked for only where a word stands that may begin one."""
    end = 0
    for word in FIRST.finditer(text):
        if (
            word.start() >= end
            and word.group().casefold() in GROUP_WORDS
            and not IN_GENERAL.search(text, 0, word.end())
            and (match := GROUP.match(text, word.start()))
        ):
            yield match
            end = match.end()


@lru_cache(maxsize=1)  # pronouns and groups of a sentence are looked for one after the other
def _words(text: str) -> list[str]:
    """The words of a text, in small letters and without hyphens: a quick look before a slow pattern."""
    return WORD.findall(text.casefold())


def _of_field(group: Mention, text: str) -> Mention:
    """The group with the word before it that makes it one of another field: "tabular foundation models"."""
    before = BEFORE.search(text[: group.start])
    if before is None or not OTHER_FIELD.search(before.group()):
        return group
    start = group.start - len(before.group())
    return replace(group, text=text[start : group.end], start=start)


def _group(match: re.Match[str]) -> Mention:
    return _of_words(match.group(), match.start())


def _of_words(words: str, start: int) -> Mention:
    many = HOW_MANY.match(words)
    if many and not BARE_HEAD.fullmatch(words, many.end()):  # "most scFMs" are scFMs
        words, start = words[many.end() :], start + many.end()
    if UNTRAINED.fullmatch(words):
        words = words[: len("untrained")]  # what it is compared with is a state, not a baseline of some kind
    return Mention("model", words, start, start + len(words), group=True)


def _is_one(mention: Mention) -> bool:
    return mention.kind == "model" and not mention.group


def resolve_model(words: str, vocabulary: Vocabulary) -> str | None:
    """Id of the model, or of the group of models, that these words mean; None where the vocabulary has no such entry.

    A group is found by the first of its telling words: "existing foundation models" are foundation models. One of
    another field ("tabular foundation models") has no entry, and neither has what is made of one model ("a linear model
    on scGPT embeddings").
    """
    if (exact := vocabulary.find("model", words)) is not None:
        return exact
    if any(NAMED.search(mention.text) for mention in find_known(words, vocabulary) if _is_one(mention)):
        return None
    for pattern, entry_id in MEANINGS:
        if pattern.search(words) and (entry_id is None or entry_id in vocabulary):
            return entry_id
    return None
