"""Which tasks and metrics a comparison is said to hold in: those that hang on it, and not all that a clause names."""

from __future__ import annotations

import re

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.lexicon import phrases, whole_words
from biorxivist.claims.extract.mention import Mention

__all__ = ["hold_in"]

# "in denoising", "for both A and B", "tasks including A, B": what stands before a task or a metric that is spoken of
HANGS = re.compile(
    r"(?:\b"
    + phrases(
        "in", "on", "for", "at", "of", "by", "across", "during", "over", "under", "with", "as", "to", "using", "both",
        "and", "or", "including", "spanning", "encompassing", "covering", "like", "regarding", "namely", "via",
    )
    + r"|[,(/:])\s+(?:the |an? |its |their |all |both |downstream |more |challenging |several |standard |\w+ly )*"
    r"(?:[\w-]+ )?$",
    re.IGNORECASE,
)  # fmt: skip
# "delivering higher accuracy", "superior mean accuracy": words before a metric that is compared
HOW_MUCH = re.compile(
    r"\b(?:higher|better|superior|improved|greater|lower|competitive|comparable|similar|mean|average|median|overall|"
    r"test|top|best|highest|lowest|reduc\w+|improv\w+|increas\w+|boost\w*|exceed\w*) (?:[\w-]+ )?$",
    re.IGNORECASE,
)
QUALITY = whole_words("robustness", "generali[sz]ation", "interpretability", "efficiency", "scalability")
"""What is praised rather than measured; told only of a comparison that names nothing else."""
# "other single-cell data analysis pipelines": what they are made for, and not what was compared
OF_TOOLS = re.compile(
    r" (?:methods?|models?|tools?|algorithms?|pipelines?|approach(?:es)?|baselines?|techniques?|frameworks?)\b",
    re.IGNORECASE,
)
COST = whole_words(
    "runtimes?", "speed", "memory(?: usage)?", "inference (?:time|speed)", "throughput", "computational costs?"
)
"""What is praised beside a task and not in it: "in both integration quality and runtime"."""
# "perturbation information", "integration step": what something is made of or done with
OF_DATA = re.compile(
    r" (?:information|data(?: ?sets?)?|embeddings?|features?|labels?|signals?|spaces?|experiments?|screens?|profiles?|"
    r"identit\w+|steps?|modules?|loss|objectives?)\b",
    re.IGNORECASE,
)
# "outperforms linear baselines or even the mean prediction": another comparator
OR_EVEN = re.compile(r"[\s,]*\bor (?:even )?(?:the |an? )?(?:[\w-]+ ){0,2}$", re.IGNORECASE)
# "superior accuracy and effective batch correction": praised by itself
PRAISED = re.compile(
    r"\band (?:effective|robust|efficient|accurate|reliable|precise|stable|scalable|strong|good|fast|faithful|"
    r"interpretable|meaningful) $",
    re.IGNORECASE,
)
# "effective batch correction", whole, behind "and"
PRAISE = re.compile(r"(?:effective|robust|efficient|accurate|reliable|precise|stable|scalable|strong|good|fast) ")
# "Linear Discriminant Analysis": the name of a method
TITLE_CASE = re.compile(r"(?:[A-Z][\w-]+ )+[A-Z][\w-]+")
# "surpasses A, including its scalability to B": one thing among others
INCLUDING = re.compile(r"\bincluding (?:its|their) $", re.IGNORECASE)
# "baselines designed for denoising": what they were made for
MADE_FOR = re.compile(
    r"\b(?:rely|relies|relying|depend\w*|based) (?:up)?on (?:the )?(?:[\w-]+ ){0,2}$|"
    r"\b(?:design|develop|tailor|optimi[sz]|speciali[sz]|intend|train|built|made|known|used|created)\w* "
    r"(?:specifically |explicitly |originally )?(?:for|in) (?:the )?(?:[\w-]+ ){0,2}$",
    re.IGNORECASE,
)
# "in few-shot classification and clustering": said of the first of them
FIRST_OF_SEVERAL = re.compile(
    r"[ -](?:[\w-]+ ){0,2}[\w-]+,? (?:and|or) [a-z]|[ -](?:[\w-]+ ){0,2}[\w-]+, [a-z][\w -]+,? (?:and|or) "
)
GAP = re.compile(r"\b(?:gap|trade-?off|relation\w*|balance|difference)s? (?:between|of|in) ", re.IGNORECASE)


def hold_in(content: Content, *, start: int, end: int) -> tuple[Mention, ...]:
    """The mentions of a clause without the tasks and metrics that do not hang on a comparison.

    Parameters
    ----------
    start, end
        Where its verb begins and ends in the sentence.
    """
    attached = [mention for mention in content.mentions if _hangs(content, mention, end)]
    attached = [m for m in attached if m.start >= start or m.kind != "metric" or not QUALITY.fullmatch(m.text)]
    if any(m.kind == "task" for m in attached):
        attached = [m for m in attached if m.kind != "metric" or not COST.fullmatch(m.text)]
    named = [m for m in attached if m.kind == "task" or (m.kind == "metric" and not QUALITY.fullmatch(m.text))]
    return tuple(m for m in attached if m.kind != "metric" or not named or not QUALITY.fullmatch(m.text))


def _hangs(content: Content, mention: Mention, end: int) -> bool:
    if mention.kind == "regime" and OF_TOOLS.match(content.since(mention.end)):
        return False  # "better than A and fine-tuning approaches (B)"
    if mention.kind == "regime" and mention.start >= end and FIRST_OF_SEVERAL.match(content.since(mention.end)):
        return False
    if mention.kind == "task" and MADE_FOR.search(content.until(mention.start)):
        return False
    if mention.kind == "task" and _is_no_task(content, mention, end):
        return False
    if mention.kind not in {"task", "metric"} or mention.start < end:
        return True
    before = content.until(mention.start)[end - content.clause.start :]
    if GAP.search(before) or INCLUDING.search(before) or mention.text.casefold() == "diversity":
        return False
    if mention.kind == "metric" and not before.strip():
        return True  # "yields higher ARI and NMI"
    return bool(HANGS.search(before) or (mention.kind == "metric" and HOW_MUCH.search(before)))


def _is_no_task(content: Content, mention: Mention, end: int) -> bool:
    """Whether what looks like a task is a kind of tools or data, the name of a method, or another comparator."""
    behind = content.since(mention.end)
    if OF_TOOLS.match(behind) or OF_DATA.match(behind):
        return True
    if mention.id is None and TITLE_CASE.fullmatch(mention.text):
        return True  # "other methods, including Linear Discriminant Analysis"
    if PRAISED.search(content.until(mention.start)) or (
        PRAISE.match(mention.text) and content.until(mention.start).endswith("and ")
    ):
        return True
    compared = [model for model in content.models if end <= model.start and model.end <= mention.start]
    between = content.since(compared[-1].end)[: mention.start - compared[-1].end] if compared else ""
    return OR_EVEN.fullmatch(between) is not None
