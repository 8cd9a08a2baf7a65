"""Comparisons that a clause has the words of and does not make, or makes of nobody in particular."""

from __future__ import annotations

import re

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.lexicon import alternatives
from biorxivist.claims.extract.predicates import Predicate
from biorxivist.claims.extract.sides import Sides

__all__ = ["is_refused", "is_taken_back"]

# "runs faster than": nothing is said of how good it is
OF_SPEED = re.compile(r"(?:faster|slower|\w+ times as fast)\b", re.IGNORECASE)
# "nearly as accurate as", "almost matches"
NOT_QUITE = re.compile(
    r"\b(?:nearly|almost|close to|not quite|more than|approach\w*|roughly half)(?: \w+)? ?$", re.IGNORECASE
)
# "does not merely match B, it exceeds it"
NOT_MERELY = re.compile(r"\b(?:not|n[’']t) (?:only|merely|just|simply) $", re.IGNORECASE)
# "never failed to outperform": whoever counts the negations may err
TWICE_DENIED = re.compile(
    r"\b(?:never|not|n[’']t|no \w+|rarely|hardly)(?: \w+ly)? (?:fail|ceas|struggl)\w* to (?:\w+ly )?$", re.IGNORECASE
)
# "A was tuned until it matched B", "A, said to outperform B, did not"
BEFORE_VERB = alternatives(
    r"\buntil\b[^,;]*$",
    r", (?:once |long |widely |often )?(?:said|thought|believed|supposed|meant|touted|rumou?red|"
    r"claimed) to (?:\w+ly )?$",
    # "A improves on B, a method reported to outperform C"
    r"\b(?:methods?|models?|tools?|approach|baselines?|algorithms?|technique|one) (?:\w+ly )?(?:reported|known|"
    r"said|shown|"
    r"claimed|believed|thought) to (?:\w+ly )?$",
    # "We looked for, and did not find, any set on which", "failed to show that", "How far A surpasses B"
    r"\b(?:did|do|does|could|can) not (?:find|see|observe|identify|detect)\b",
    r"\b(?:fail\w*|unable|not able) to (?:show|demonstrate|prove|establish|confirm) that\b",
    r"^\s*how (?:far|much|well|often|strongly|clearly)\b",
    # "Experts rated the reports of A better than those of B"
    r"\b(?:rated|judged|preferred|considered|perceived|deemed|favou?red)\b[^,;]*$",
    # "It cannot be ruled out that", "Suppose that", "no evidence was found that"
    r"\b(?:cannot|could not|can't|unable to) (?:be )?(?:rule[d]?|exclude[d]?)(?: out)?\b",
    r"^\s*(?:suppose|assume|imagine|say|let us assume)\b",
    r"\b(?:no|little|scant|weak|limited|insufficient) (?:\w+ )?(?:evidence|indication|support|sign|proof)\b",
    r"\b(?:evidence|proof|indication|confirmation)s? (?:that|of|for) [^,;]*$(?<!find evidence that)",
    # "Points above the diagonal indicate that A outperforms B": how a figure is to be read
    r"\b(?:points?|values?|bars?|dots?|stars?|asterisks?|colou?rs?|numbers?|signs?|scores?) (?:[\w.-]+ ){0,4}"
    r"(?:indicat|mean|mark|denot|signif|impl)(?:es|ies|s|e|y)? (?:that|where|when|sets)\b",
    r"\bby how (?:much|far)\b|\b(?:chances?|probability|likelihood|odds) (?:that|of)\b",
    r"\b(?:retract|withdr[ae]w|refut|rebut|debunk|disput|question|doubt|reject)\w*\b[^,;]*\bthat\b",
)
# "The finding that A outperforms B did not replicate", "A's lead over B is an artefact of the metric"
BEHIND_VERB = alternatives(
    # "A is matched by B and exceeded by C"
    r"\band (?:\w+ly )?(?:outperformed|surpassed|exceeded|matched|beaten|equall?ed) by\b",
    r"\b(?:did|does|do|could|can|has|have) not (?:be )?(?:replicat|reproduc|hold|survive|persist|generali[sz]e to "
    r"other)\w*",
    r"\b(?:is|was|were|are|be|proved) (?:\w+ )?(?:lacking|missing|absent|unsupported|unfounded|spurious|illusory|"
    r"in doubt|an? (?:\w+ )?(?:art[ei]fact|illusion|fluke))\b",
    # "The superiority of A over B has been questioned"
    r"\b(?:is|was|were|are|(?:has|have) been|remains?) (?:\w+ly )?(?:questioned|debated|challenged|disputed|contested|"
    r"overstated|unclear|unproven|unconfirmed|uncertain|questionable|debatable)\b",
    r"\b(?:is|was|were|are|be) (?:\w+ )?(?:due to|driven by|caused by|attributable to|explained by) (?:\w+ ){0,3}?"
    r"(?:leak|overfit|bias|chance|contaminat|art[ei]fact|metric|batch)\w*",
)
# "are directly comparable to the components of B": may be compared, and is not as good
DIRECTLY = re.compile(
    r"\b(?:directly|readily|easily|conceptually|structurally|architecturally|mathematically) "
    r"(?:comparable|similar|equivalent|identical)\b",
    re.IGNORECASE,
)
# "the training steps become similar to those of A"
BECOME = re.compile(r"becom", re.IGNORECASE)
BECOMES = re.compile(r"\bbecom(?:e|es|ing) $", re.IGNORECASE)
# "The memory usage of A was higher than that of B but remained comparable to C": it is still the memory
OF_COST = re.compile(
    r"^\s*(?:the |its )?(?:[\w+-]+['’]s |peak |total )?(?:runtime|(?:running|training|inference) time|memory|"
    r"speed|latency|computational costs?|parameter count|number of)\b",
    re.IGNORECASE,
)
# "is similar to B in that both are generative"
IN_THAT = re.compile(r"[^,;]{0,40}\bin that\b", re.IGNORECASE)
# "97M parameters, fewer than or similar to"
FEWER_OR = re.compile(r"\b(?:fewer|smaller|larger|less|shorter|more) (?:than )?or $", re.IGNORECASE)
# "The number of parameters of A exceeds that of B"
OF_COUNT = re.compile(
    r"\b(?:numbers?|counts?|sizes?|amounts?|lengths?|costs?|memory|variance|complexity|proportion|fraction|frequency|"
    r"expression|abundance|depth|vocabulary|parameters|popularity|use) (?:\w+ )?(?:of|for|in) (?:[\w-]+ ){0,4}?"
    r"(?:(?:is|was|are|were) )?(?:\w+ly )?$",
    re.IGNORECASE,
)
# "..., but this was due to leakage"
TAKEN_BACK = re.compile(
    r"^\s*(?:this|that|it|which|the (?:\w+ )?(?:gain|advantage|lead|difference|effect|improvement))\w* (?:\w+ )?"
    r"(?:was|is|were|turned out to be|proved|stems?|came|comes|resulted)\b(?: \w+)? ?(?:due to|driven by|caused by|"
    r"attributable to|explained by|from|an? (?:\w+ )?art[ei]fact|spurious|not (?:\w+ )?(?:significant|reproducible))",
    re.IGNORECASE,
)
# "Two of A, B and C", "Everything but A"
SOME_OF = re.compile(
    r"\b(?:one|two|three|four|five|six|some|most|several|half|at least \w+|\d+) (?:out )?of (?:the )?$|"
    r"\b(?:everything|everyone|all|anything|any \w+) but $",
    re.IGNORECASE,
)
OR = re.compile(r"\b(?:or|and/or)\b", re.IGNORECASE)
DENIAL = re.compile(r"\b(?:not|n[’']t|neither|nor|never|fail\w*|cannot|no)\b", re.IGNORECASE)


def is_refused(content: Content, predicate: Predicate, sides: Sides) -> bool:
    """Whether a clause does not say of these sides what its verb says, or it cannot be told."""
    before = content.until(predicate.start)
    return bool(
        OF_SPEED.match(predicate.words)
        or (predicate.direction == "~" and (NOT_QUITE.search(before) or NOT_MERELY.search(before)))
        or (predicate.direction == "~" and (BECOME.match(predicate.words) or BECOMES.search(before)))
        or (predicate.direction == "~" and DIRECTLY.search(content.until(predicate.end)))
        or _is_of_cost_before(content, predicate)
        or (predicate.direction == "~" and IN_THAT.match(content.since(predicate.end)))
        or FEWER_OR.search(before)
        or OF_COUNT.search(before)
        or TWICE_DENIED.search(before)
        or BEFORE_VERB.search(before)
        or BEHIND_VERB.search(content.since(predicate.end))
        or _is_of_some(content, predicate, sides)
    )


def _is_of_cost_before(content: Content, predicate: Predicate) -> bool:
    """Whether a verb without a subject of its own goes on about what the clause before says that something costs."""
    if content.before is None or OF_COST.match(content.before.text) is None:
        return False
    return not any(model.end <= predicate.start for model in content.models)


def is_taken_back(text: str) -> bool:
    """Whether a clause says that what the one before it says is only apparent."""
    return TAKEN_BACK.search(text) is not None


def _is_of_some(content: Content, predicate: Predicate, sides: Sides) -> bool:
    """Whether the subject is some of several that are named: "Two of A, B and C", "A or B"."""
    first, last = sides.left[0], sides.left[-1]
    if not content.clause.start <= first.start < predicate.start:
        return False
    if SOME_OF.search(content.until(first.start)):
        return True
    between = content.since(first.end)[: max(last.start - first.end, 0)]
    ahead = content.until(predicate.end)
    return len(sides.left) > 1 and OR.search(between) is not None and DENIAL.search(ahead) is None
