"""Names that stand for something made of a model, and not for the model: "Cancer-tuned Geneformer", "scGPT + MLP".

What such a thing reaches is no claim on the model that it was made of. It is read under its own full name, which nobody
has entered, so that it makes no claim before somebody does; a part of a model ("the tokenizer of scGPT") is no model.
States that a claim has a field for ("fine-tuned", "zero-shot", "trained from scratch") leave the model what it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from biorxivist.claims.extract.lexicon import alternatives, phrases
from biorxivist.claims.extract.mention import Mention, coordinate

__all__ = ["with_variants"]

MADE = phrases(
    "tuned", "adapted", "informed", "aware", "speciali[sz]ed", "guided", "enhanced", "augmented", "aligned",
    "conditioned", "regulari[sz]ed", "distilled", "quanti[sz]ed", "pruned", "compressed", "calibrated", "ablated",
    "prompted", "modified", "extended", "truncated", "sparsified", "retrained", "re-trained", "customi[sz]ed",
    "equipped", "injected", "boosted", "debiased", "derived", "initiali[sz]ed", "(?:pre-?)?trained",
)  # fmt: skip
# "Cancer-tuned A", "continually pre-trained A", "4-bit quantised A"; but "fine-tuned A", "the pre-trained A"
BEFORE = re.compile(
    r"(?<![\w-])(?!(?:randomly|fully|jointly|newly|independently|separately|carefully|properly) )"
    r"(?:"
    rf"(?!(?:fine|well|self|pre|re|un|hyper|gene|cell)-)[\w-]+-{MADE}|"
    rf"(?!(?:fine-?|pre-?|fine-?tuned|pre-?trained|trained)\b)\w+ly {MADE}|"
    r"(?:\d+-bit )?" + phrases(
        "distilled", "quanti[sz]ed", "pruned", "compressed", "calibrated", "ablated", "prompted", "modified",
        "truncated", "sparsified", "retrained", "re-trained", "customi[sz]ed", "debiased", "miniature",
        r"\w+-specific", r"multi-task", r"ensembled",
    )
    + r") $",
    re.IGNORECASE,
)  # fmt: skip
# "an ensemble of A and B", "a variant of A"
ENDINGS = frozenset(("ed", "re", "ic", "sk"))
"""How words end that stand before such a name: a quick look before a slow pattern."""
MADE_OF = re.compile(
    r"(?<![\w-])(?P<what>(?:(?!the\b|an?\b|our\b)[\w-]+ )?(?:ensemble|combination|variant|version|extension|"
    r"adaptation|modification|distillation|"
    r"descendant|derivative|hybrid|mixture|union|fusion|concatenation|average|fork|ablation)s?) (?:of|between) "
    r"(?:the |an? )?(?:\w+ )?$",
    re.IGNORECASE,
)
# "An MLP on A", "adapters inside A", "a decoder trained on embeddings of A"
BUILT_ON = re.compile(
    r"(?<![\w-])(?P<what>(?:MLPs?|heads?|probes?|adapters?|decoders?|classifiers?|regress(?:ion|ors?)|layers?|modules?|"
    r"prompts?|XGBoost|random forests?|SVMs?|networks?|autoencoders?|transformers?|linear models?|linear probes?))"
    r"(?: \w+ed)? (?:on(?: top of)?|inside|upon|over|atop|using|with|from|by) (?:the |an? |frozen |gene |cell |\w+ )?"
    r"(?:(?:embeddings?|features|representations|weights|output|latents?) (?:of|from) (?:the )?)?$",
    re.IGNORECASE,
)
# "the tokenizer of A": a part, which is compared with no model
PART_BEFORE = re.compile(
    r"\b(?:tokeni[sz]er|architecture|objective|vocabulary|loss function|encoder|decoder|backbone|attention(?: \w+)?|"
    r"design|codebase|hyper-?parameters|pre-?training (?:task|objective|strategy|scheme))s? (?:of|from) (?:the )?$",
    re.IGNORECASE,
)
OF = ("of ", "from ", "of the ", "from the ")
PART_BEHIND = re.compile(
    r"(?:['’]s?)? (?:tokeni[sz]er|architecture|objective|vocabulary|loss|attention|codebase|score|gene vocabulary|"
    r"pre-?training (?:task|objective|strategy|scheme))(?: \w+)?s?\b(?! (?:model|network))",
    re.IGNORECASE,
)
# "A embeddings combined with an MLP", "A with LoRA adapters", "A followed by B", "A (LoRA)"
BEHIND = alternatives(
    r"(?:['’]s)?(?: (?:embeddings?|features|representations))? (?:(?:combined|coupled|augmented|equipped|paired|"
    r"integrated|fused|concatenated|stacked|enriched) with|followed by (?!an? (?:linear |simple )?(?:probe|"
    r"classifier|head)\b)|plus|\+|initiali[sz]ed (?:with|from)) ?"
    r"(?:an? |the )?[\w-]+",
    r"(?:['’]s)?(?: (?:embeddings?|features|representations)) (?:with|and) (?:an? |the )(?:MLP|\w+ (?:head|probe|"
    r"classifier)|classifier|random forest|SVM|XGBoost|logistic regression)\b",
    r" (?:variants?|derivatives?|ensembles?|version with|versions? (?=trained|tuned))(?:(?: with| without) [\w-]+"
    r"(?: [\w-]+)?)?",
    r" with(?:out)? (?:the |an? |our )?(?:LoRA|adapters?|prompts?|prompt tuning|pre-?training|(?:[\w-]+ ){0,2}"
    r"(?:embeddings|features|adapters?|head|prompts|loss|objective|weights|priors?|graph))\b",
    r" (?:lacking|minus) [\w-]+",
    # "Claude 3.5 Sonnet", "Seurat v5": a name goes on
    r" (?-i:Mini|Nano|Large|Base|Small|Tiny|Pro|Max|Ultra|Lite|Plus|XL|XXL|Turbo|Instruct|Chat|[vV]\d[\w.]*\b(?<![.]))"
    r"(?![\w-])",
    r" after (?:continual|continued|further|additional|domain|adaptive) (?:pre-?)?train\w*",
    r" \((?:LoRA|QLoRA|PEFT|distilled|quanti[sz]ed|int8|brain|blood|kidney|heart|lung|pan-?cancer|continual|w/o [^)]*|"
    r"without [^)]*|no [^)]*|with [^)]*|\+ ?[^)]*|ours)\)",
    r"(?:-(?:based|style|like|derived|inspired|initiali[sz]ed|powered|guided|generated|tuned|adapted)|\)-based) "
    r"(?:[\w-]+ ){0,2}?(?:models?|methods?|classifiers?|approach(?:es)?|auto-?encoders?|embeddings?|scores?|pipelines?|"
    r"networks?|transformers?|features|encoders?|predict(?:or|ion)s?|annotations?)",
)
# "Llama 3", "Evo 2": behind other names a bare number is mostly that of a citation
VERSION = re.compile(r" \d(?:\.\d)?[BM]?(?![\w%]|[.,]\d| ?(?:million|billion|times|of|out)\b)")
# Names that are mostly told apart by such a number
FAMILIES = re.compile(r"(?<![^-])(?:Llama|LLaMA|GPT|Claude|Gemini|Gemma|Qwen|Mistral|Phi|Evo|ESM|ProGen|DINO|SAM)$")
SUFFIXED = re.compile(r"-(?:based|style|like|derived|inspired)$")
NOUN_BEHIND = re.compile(r" (?:[\w-]+ )?(?:models?|methods?|classifiers?|approach(?:es)?|auto-?encoders?|networks?)\b")
# What makes of a group of models those of one name: "scGPT-based classifiers", "scVI-style autoencoders"
OF_A_NAME = re.compile(
    r"(?<![\w-])(?:sc[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*|[A-Z][a-z]+former|UCE|GEARS|CPA|scVI)-"
    r"(?:based|style|like|derived|inspired|initiali[sz]ed|powered|guided)(?: [\w-]+)? $"
)
# "open-source LLMs" are not all
FEWER = re.compile(
    r"(?<![\w-])(?:open[ -](?:source|weights?)|proprietary|closed[ -](?:source|weights?)|commercial|medical|biomedical|"
    r"clinical|local) $",
    re.IGNORECASE,
)
HYBRID = re.compile(r"[- ](?:hybrids?|fusions?|ensembles?|combinations?|mixtures?)\b", re.IGNORECASE)
USED = re.compile(
    r" (?:that )?(?:using|with|on|trained on|fitted on|fitted to|fed with|equipped with|initiali[sz]ed (?:with|from)|"
    r"based on|built on(?: top of)?|on top of|uses?) (?:the |frozen |\w+ )?$",
    re.IGNORECASE,
)
# "GEARS with UCE gene embeddings"
USED_PARTS = re.compile(
    r"(?:['’]s)?(?: (?:gene|cell|text|token))? (?:embeddings?|features|representations|weights|latents?|tokens|"
    r"priors?)\b",
    re.IGNORECASE,
)

NEAR = 80
"""Characters before a name in which words stand that make something else of it."""


def with_variants(mentions: Sequence[Mention], text: str) -> list[Mention]:
    """The mentions of a text, in order: each that is made of a named model as what it is, parts of models left out."""
    models = [mention for mention in mentions if mention.kind == "model" and not mention.pronoun]
    changed: dict[Mention, Mention | None] = {}
    for group in coordinate(text, models):
        first, last = group[0], group[-1]
        before = text[max(first.start - NEAR, 0) : first.start]
        offset = first.start - len(before)
        if hybrid := HYBRID.match(text, last.end):
            changed |= dict.fromkeys(group, None) | {first: _made(first, text, first.start, hybrid.end())}
        elif not first.group and (match := MADE_OF.search(before)):
            changed |= dict.fromkeys(group, None) | {first: _made(first, text, offset + match.start("what"), last.end)}
    for place, mention in enumerate(models):
        if mention in changed:
            continue
        before, behind = text[max(mention.start - NEAR, 0) : mention.start], text[mention.end :]
        offset = mention.start - len(before)
        if SUFFIXED.search(mention.text) and (noun := NOUN_BEHIND.match(behind)):
            changed[mention] = _made(mention, text, mention.start, mention.end + noun.end())
            continue
        if mention.group:
            if named := OF_A_NAME.search(before) or FEWER.search(before):
                changed[mention] = _made(mention, text, offset + named.start(), mention.end)
            continue
        user = models[place - 1] if place else None
        is_part = before.endswith(OF) and PART_BEFORE.search(before) is not None
        if is_part or PART_BEHIND.match(behind):
            changed[mention] = None
        elif (
            user is not None
            and USED.fullmatch(text[user.end : mention.start])
            and (parts := USED_PARTS.match(behind)) is not None
        ):
            changed[mention] = None
            changed[user] = _made(user, text, user.start, mention.end + parts.end())
        elif built := BUILT_ON.search(before):
            changed[mention] = _made(mention, text, offset + built.start("what"), mention.end)
        else:
            made = BEFORE.search(before) if before[-3:-1] in ENDINGS else None
            goes_on = BEHIND.match(behind) or (VERSION.match(behind) if FAMILIES.search(mention.text) else None)
            start = offset + made.start() if made else mention.start
            end = mention.end + (goes_on.end() if goes_on else 0)
            if (start, end) != (mention.start, mention.end):
                changed[mention] = _made(mention, text, start, end)
    return _apart([changed.get(mention, mention) for mention in mentions])


def _made(mention: Mention, text: str, start: int, end: int) -> Mention:
    """What is made of a model, under its full name, which is in no vocabulary."""
    return replace(mention, text=text[start:end], start=start, end=end, id=None, group=False, made=True)


def _apart(mentions: Sequence[Mention | None]) -> list[Mention]:
    """The mentions that are left, without those that stand in the full name of another one."""
    left = [mention for mention in mentions if mention is not None]
    made = [mention for mention in left if mention.made]
    return [m for m in left if m.made or not any(o.start < m.end and m.start < o.end for o in made)]
