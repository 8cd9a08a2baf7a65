"""Whether a clause says a comparison and nothing else that bears on it.

A reader finds a claim wrong mostly for what was left out of it: a condition, a part of the methods or of the data, a
subject inside a longer phrase. Lists of such words are never complete, so it is the other way round here: each part of
the clause, before, between and behind its names, has to be one of the few that are known to limit nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.lexicon import alternatives
from biorxivist.claims.extract.predicates import OTHER_VERB
from biorxivist.claims.extract.sides import OPENING, Sides

__all__ = ["is_said_plainly"]

REPORTS = r"(?:show|demonstrat|reveal|find|found|indicat|confirm|establish|suggest|prov|validat|observ|report|highlight)\w*"
ADVERB = (
    r"(?!(?:usual|general|typical|most|often|occasional|frequent|part|potential|possib|probab|near|simulated|on)ly\b)"
    r"\w+ly"
)
# "Extensive experiments on A and B show that", "Here, we find that", "In summary,"
LEAD = re.compile(
    r"\s*(?:(?:and|but|while|whereas|that|which|yet) )?"
    rf"(?:(?:{ADVERB}|here|overall|moreover|furthermore|in addition|in summary|in conclusion|together|as a result|thus|"
    r"in (?:extensive|comprehensive|systematic|rigorous) (?:\w+ )?(?:experiments|evaluations|benchmarks)|"
    r"in (?:benchmarks|experiments|evaluations|benchmarking)|"
    r"(?:across|over|(?:evaluat|test|benchmark|train|pre-?train|appl|equip|validat|assess|built|built up|power)\w*|leveraging|"
    r"using|through|via|by \w+ing|owing to|due to|thanks to|based on|building on|combining|integrating|with its|with their)"
    r" (?:[^,;]|,(?=\d)){3,160}),? )*"
    r"(?:(?:we|our|the|these|this|results?|experiment\w*|evaluation\w*|systematic|rigorous|large-scale|thorough|in-depth|benchmark\w*|analys[ie]s|extensive|empirical|"
    rf"comprehensive|compar\w+|validation\w*|stud(?:y|ies)|tests?|case studies) [^;:]{{0,160}}?\b{REPORTS}(?: that)? )?"
    r"(?:(?:when )?(?:compared (?:to|with)|relative to|unlike) [^,;]{3,80}, )?"
    r"(?:the |its |an? )?",
    re.IGNORECASE,
)
# What may stand between a subject and its verb: "A, a transformer, consistently", "A (B) achieves", "A has"
GAP = re.compile(
    r"(?:\s*[\[(][^\])]*[\])])?"
    r"(?:,? an? [^,;]{3,120},)?"
    r"(?:[’']s)?(?: (?:models?|framework|method|approach|algorithm|itself|embeddings|representations|performance))?"
    rf"(?:\s+(?:{ADVERB}|also|not only|further|is|are|was|were|has|have|had|been|be|being|not|did|does|do|far|even|much|still|"
    r"(?:was|is|were|are) (?:shown|found) to|shown to|found to|able to|clear|"
    r"(?:achiev|show|demonstrat|exhibit|deliver|attain|obtain|yield|provid|offer|display|reach|perform)(?:es?|s|ed)|"
    r"an?|the|significant|substantial|consistent|overall|and|,))*\s*",
    re.IGNORECASE,
)
# ... and behind the first verb of two: "A generalizes to B and consistently", "A reaches 0.9 on B, consistently"
SECOND = re.compile(
    rf"[^;:]{{3,200}}?(?:,? and|,) (?:(?:{ADVERB}|also|thus|thereby|even|further|(?:achiev|show|yield|demonstrat|exhibit)\w+|"
    r"a|an) ?)*\s*",
    re.IGNORECASE,
)
SUBORDINATE = re.compile(r"\b(?:that|which|who|whose|when|if|where|unless|only|method|variant|version)\b", re.IGNORECASE)
# What may stand between a verb and its object: "all four", "that of", "the performance of"
BEFORE_OBJECT = re.compile(
    r"\s*(?:(?:the|all|both|other|that of|those of|an?|any|every|each|(?:the )?performance of|results of|"
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+|previous|current|existing|several|many|numerous|"
    r"multiple|various|strong|leading|recent|competing|representative|popular|widely used|"
    r"[a-z-]+(?: [a-z-]+){0,3} and(?=\s+(?:existing|other|all|current|previous|state)))\s+)*",
    re.IGNORECASE,
)
# Where a phrase behind the object begins
JOINT = re.compile(
    r",?\s+\b(?:in|on|for|across|at|by|with|over|under|within|among|from|using|via|through|when|during|if|that|which|"
    r"trained|designed|without|of|as|and|or|while|including|such as|especially|particularly|to|based|developed)\b|,\s+",
    re.IGNORECASE,
)
GENERIC = (
    r"(?:all|both|multiple|several|various|diverse|different|many|numerous|most of the|every|each|wide|broad|a|an|the|"
    r"range|variety|set|of|public|publicly|available|real|real-world|biological|independent|external|benchmark|standard|"
    r"common|widely|used|large-scale|single-cell|scRNA-seq|spatial|transcriptomics?|multi-?omics?|omics|challenging|"
    r"comprehensive|downstream|evaluated|tested|complex|unseen|these|our|key|major|"
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+|more than|over|and|"
    r"data|data ?sets?|tasks?|benchmarks?|metrics?|tissues?|species|platforms?|technologies|conditions?|modalities|"
    r"organs?|cell types?|cell lines?|settings?|scenarios?|experiments?|evaluations?|analyses|applications?|measures|"
    r"criteria|studies|cohorts?|protocols?|samples?|domains?|diseases?|batches)"
)
# "across nine public data sets", "by a large margin", "in all settings"
HARMLESS = alternatives(
    rf"\s*(?:in|on|for|across|over|at|within|among|from|using|and) (?:{GENERIC}[ ,]*)+",
    r"\s*by (?:an? |up to |about |over |at least |more than |around |nearly |~ ?|as much as |an average of )*"
    r"(?:(?:large|wide|significant|substantial|considerable|clear|big) margins?|\\?~?[\d.]+ ?\\?(?:%|x|percent|points|"
    r"percentage points|-?fold|times)?(?: on average)?)",
    r"\s*(?:on average|overall|to date|in general)",
)
# "A beats B and closely aligns with C", "beats B, as measured by C": what follows says something else
ELSE = re.compile(r",? and \w+ly (?!better|more|higher)[a-z]+(?:s|ed) |,? as (?:measured|evaluated|assessed|judged|shown) by\b|, with (?=[\w-]+ed |(?!the exception)[^,;]{3,80}ing\b)", re.IGNORECASE)
# "in identifying rare cells in unseen tissues": what a method is for
FOR_WHAT = re.compile(r"\s*(?:in|at|for|when) \w{3,}ing\b", re.IGNORECASE)
# "in A, B, and C": the other items of a list
AND_OTHERS = re.compile(r"and (?:[\w-]+ ){0,5}(?:methods|models|baselines|tools|approaches|algorithms|variants|alternatives)")
ITEM = re.compile(r",?\s*(?:and|or|,)?\s*(?:in |for |on )?[a-z][\w-]*(?: [a-z][\w-]*){0,4}")
LIMITS = re.compile(r"\b(?:only|when|if|under|without|except|some|certain|low|high|small|large|rare|simulated|synthetic|particular\w*|especially|least|most)\b", re.IGNORECASE)
BRACKETS = re.compile(r"\s*[\[(][^\])]*[\])]")
NAMES = re.compile(r"(?:,? (?:such as|including|like|e\.g\.,?|namely))?(?:[ ,]*(?:and |or )?[A-Z][\w+.-]*(?: \d\w*)?)+")


def is_said_plainly(content: Content, sides: Sides, verb: tuple[int, int]) -> bool:
    """Whether no part of a clause may limit the comparison that was read in it.

    Parameters
    ----------
    verb
        Where the wording of the comparison begins and ends in the sentence.
    """
    start, end = verb
    here = content.clause.start
    named = [m for m in (*sides.left, *sides.right) if here <= m.start < content.clause.end]
    before = [m for m in (sides.left if OPENING.match(content.text) else named) if m.end <= start]
    after = [m for m in named if m.start >= end]
    held = [m.text for m in content.mentions if m.kind != "model"]
    before = before or [m for m in content.models if m.pronoun and m.end <= start][-1:]
    if before:
        first, last = min(m.start for m in before), max(m.end for m in before)
        gap = content.until(start)[last - here :]
        if not LEAD.fullmatch(_without_scope(content.until(first), held)):
            return False
        if not GAP.fullmatch(gap) and not (SECOND.fullmatch(gap) and not SUBORDINATE.search(gap)):
            return False
    elif not GAP.fullmatch(f" {content.until(start).strip()} "):
        return False  # a subject that the clause leaves out: "and consistently outperforms"
    if after:
        first, last = min(m.start for m in after), max(m.end for m in after)
        if not BEFORE_OBJECT.fullmatch(_without_held(content.since(end)[: first - end], held)):
            return False
    else:
        last = end
    behind = content.since(last)
    ends = [match.start() for match in (OTHER_VERB.search(behind), ELSE.search(behind)) if match]
    return _limits_nothing(behind[: min(ends, default=len(behind))], held)


def _without_scope(lead: str, held: Sequence[str]) -> str:
    """The words before a subject without a task, set or regime that the draft holds: "On PBMC, "."""
    for name in held:
        lead = re.sub(
            rf"\b(?:(?:in|on|for|at|across) [^,;]{{0,40}}{re.escape(name)}[^,;]{{0,30}}, |{re.escape(name)} (?:of )?$)",
            "",
            lead,
            flags=re.IGNORECASE,
        )
    return lead


def _without_held(words: str, held: Sequence[str]) -> str:
    for name in held:
        words = words.replace(f"{name} of", "").replace(name, "")
    return words


def _limits_nothing(behind: str, held: Sequence[str]) -> bool:
    """Whether every phrase behind the object of a comparison is held by its draft or narrows it down to nothing."""
    bare = BRACKETS.sub("", behind)
    places = [match.start() for match in JOINT.finditer(bare)]
    in_list = any(f" in {name}".casefold() in bare.casefold() or f", {name}".casefold() in bare.casefold() for name in held)
    for start, end in pairwise([0, *places, len(bare)]):
        part = bare[start:end]
        if not part.strip(" ,.;:"):
            continue
        if FOR_WHAT.match(part.lstrip(" ,")):
            return LIMITS.search(bare[start:]) is None
        words = part.strip(" ,.;:")
        is_held = any(name.casefold() in words.casefold() for name in held)
        if AND_OTHERS.fullmatch(words):
            continue
        if is_held or HARMLESS.fullmatch(words) or NAMES.fullmatch(words):
            in_list = is_held
        elif not (in_list and ITEM.fullmatch(part.rstrip(" .;:")) and not LIMITS.search(part)):
            return False
    return True
