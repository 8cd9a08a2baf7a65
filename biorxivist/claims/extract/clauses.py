"""A sentence as clauses, each with its mode: does it report a finding, and how surely, and whose is it?

A clause that asks, expects, intends, supposes or recommends is no finding, however strong its verbs are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["Clause", "split_clauses"]

Mode = Literal["finding", "question", "hypothesis", "purpose", "counterfactual", "advice"]
Hedging = Literal["none", "weak", "strong"]

BOUNDARY = re.compile(
    r"\s*(?:;|:(?=\s)| [—–-]{1,2} |—)\s*"
    r"|,?\s+\b(?:whereas|although|even though|though|while|but(?! not\b| rather\b)|yet(?= )(?! to\b))\b\s+"
    r"|,\s+(?:and|or|so)\s+(?=(?:that|this|these|those|we|it|they|the|our|a|an|in|on|for|when|after|while|both|no|most|all|some)\b|[\w-]+(?: [\w-]+){0,3} (?:is|are|was|were|has|have|can|could|may|does|do|did|show|shows|showed|achieves?|achieved|outperform\w*|improv\w+|reach\w*|remain\w*)\b)"
    r"|,\s+(?=(?:suggesting|indicating|demonstrating|highlighting|showing|revealing|underscoring|emphasizing|providing|thus|thereby|therefore|hence|which|where|making|because|since|as|offering|enabling|allowing|resulting)\b)"
    r"|,\s+(?=(?:a|an|the) [\w-]+(?: [\w-]+)? (?:which|that)\b)"
    r"|\s+(?=(?:because|suggesting|indicating) )"
    r"|\s+and (?=(?:that|we|it|they) )",
    re.IGNORECASE,
)
QUESTION = re.compile(
    r"\?\s*$|\bwhether\b|\b(?:open|key|central|critical|fundamental|crucial) questions?\b|\b(?:remains?|is|are) (?:largely |still |yet |to be |currently |poorly |an )*"
    r"(?:unclear|unknown|unexplored|uncertain|open|understood|unexamined|seen|determined|established|elusive|underexplored|incompletely|limited in|debated|challenging|unresolved)\b|"
    r"\b(?:how|to what extent|what) .{0,60}\b(?:remains?|is unclear|is unknown)\b|\b(?:ask|asked|asks|question(?:s|ed)?|wonder) (?:whether|if|how|which)\b|"
    r"\b(?:investigate|examine|assess|evaluate|explore|study|test|analy[sz]e|benchmark|understand|determine|characteri[sz]e|probe)d?s? (?:whether|if|how|the (?:effect|impact|influence|role|extent))\b",
    re.IGNORECASE,
)
HYPOTHESIS = re.compile(
    r"\b(?:we|i|they|one|authors?) (?:hypothesi[sz]ed?|expect(?:ed)?|speculated?|conjectured?|believed?|anticipated?|posit(?:ed)?|propose that|envision|assumed?|reasoned|argued? that|predict(?:ed)? that)\b|"
    r"\b(?:hypothes[ie]s|expectation|assumption|intuition|premise|belief|idea|hope)\b|\bit (?:is|was) (?:expected|assumed|hoped|believed|thought|widely believed)\b|"
    r"\b(?:promis(?:e|es|ed|ing) to|promising|(?:hold|holds|holding|offer|offers|show|shows|with) (?:\w+ )?(?:promise|potential)|potential (?:to|for|of)|poised to|is likely to|are likely to|will|would|is expected|are expected|expected to|"
    r"opportunit(?:y|ies) (?:to|for)|pave the way|paving the way|in principle|theoretically|ideally|in theory|raises? the (?:question|possibility))\b",
    re.IGNORECASE,
)
PURPOSE = re.compile(
    r"^(?:in order )?to (?!the\b|a\b|our\b|date\b|this\b|these\b)\w+|\b(?:aims?|aimed|aiming|seeks?|sought|intend(?:s|ed)?|designed|strive[sd]?|attempt(?:s|ed)?|hopes?|goal is|objective is|tries|tried|need(?:s|ed)?|required?) to\b",
    re.IGNORECASE,
)
COUNTERFACTUAL = re.compile(r"\bneed not mean\b|\bif\b.*\b(?:were|would|could|might)\b|\bhad\b.*\bwould have\b", re.IGNORECASE)
ADVICE = re.compile(
    r"\b(?:should|must|ought to|need for|need to|needs to be|importance of|necessity of|it is (?:important|essential|crucial|critical|necessary|vital)|are (?:essential|crucial|needed|required|necessary)|is (?:essential|crucial|needed|required|necessary)|"
    r"call(?:s|ed|ing)? for|recommend\w*|encourag\w+|cautio\w+|advocate\w*|motivat\w+|warrant\w*)\b",
    re.IGNORECASE,
)
RELATION = (
    r"(?:\w+ly |also |even |still |thus |then |be |have |not |already )*(?:out-?perform|surpass|exceed|beat|match|improv|help|benefit|gain|increas|degrad|hurt|harm|"
    r"reduc|lower|perform|achiev|reach|under-?perform|rival|lead|yield|provide|affect|better|worse|competitive|comparable|superior|inferior|"
    r"plateau|saturat|scale|face|limit|enhanc|boost|generali[sz]e|matter|overtake|make|serve|fall|lag)"
)
"""What a modal verb must stand before to be a hedge of the clause: "can assess" in a side remark is none."""
STRONG = re.compile(rf"\b(?:might|could) {RELATION}", re.I)
PERHAPS = re.compile(r"\b(?:may (?:possibly|perhaps)|perhaps|possibly|conceivabl[ey]|speculat\w+|in some cases .{0,30}\bmay|potentially)\b", re.I)
MODAL = re.compile(rf"\b(?:may|can) {RELATION}", re.I)
WEAK = re.compile(
    r"\b(?:suggest(?:s|ed|ing)?|appear(?:s|ed)?(?: to)?|seem(?:s|ed|ingly)?|likely|tend(?:s|ed)? to|probably|presumably|not necessarily|in (?:some|certain) (?:cases|settings|instances)|hints?|arguably|not always)\b",
    re.IGNORECASE,
)
CITED = re.compile(
    r"(?P<who>(?-i:[A-Z][\w'’-]+)(?: et al\.?| and (?:colleagues|co-?workers)|(?: (?:and|&) (?-i:[A-Z][\w'’-]+))? ?[\[(]\d[^\])]*[\])])(?: ?[\[(][^\])]*[\])])?)[^.;]{0,25}?\b(?:claim|report|show|found|find|argue|suggest|demonstrate|observe|conclude|propose)(?:s|ed|d)?\b(?!-)|"
    r"\b(?:previous(?:ly)?|prior|earlier|recent|past|other|several|existing) (?:work|works|studies|study|papers?|benchmarks?|reports?|research|evaluations?|literature|publications?|analys[ei]s|publications) (?:\w+ ){0,3}?(?:show|shown|report|found|find|suggest|demonstrat|claim|indicat|highlight|reveal|conclud|argu)\w*|"
    r"\b(?:has|have) (?:recently |previously |been |already |also )*(?:shown|reported|claimed|demonstrated|suggested|argued|emerged|achieved|been shown|been reported|been claimed)\b(?<!we have shown)|"
    r"\b(?:some|other|many|several) (?:groups|studies|authors|works|papers|reports) (?:have |had )?(?:claim|report|show|argu|suggest|find|found)\w*|\b(?:claimed|reported|touted) (?:to|as|by|in|superiority|performance|improvements?|advantages?)\b|\baccording to\b",
    re.IGNORECASE,
)
OWN = re.compile(
    r"\b(?:we|our (?:results?|experiments?|findings?|analys[ei]s|work|study|evaluations?|benchmarks?)|extensive (?:experiments?|evaluations?|benchmarks?)|(?:comprehensive|systematic) \w+|here)\b[^.;]{0,40}?\b(?:have |has |had )?(?:also |further |recently |previously )?"
    r"(?:show|shown|find|found|demonstrat|observ|report|reveal|indicat|establish|suggest|confirm|highlight)\w*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clause:
    """Part of a sentence with a verb of its own, and how it is meant."""

    text: str
    start: int
    end: int
    mode: Mode
    hedging: Hedging
    cited: bool
    cited_whom: str | None = None
    lead: str = ""
    """The words that join it to the clause before: but, whereas ..."""


def split_clauses(sentence: str) -> list[Clause]:
    """Split a sentence into clauses; offsets are those of the sentence.

    A mode that is set by the main clause ("we ask whether A beats B and C gains") holds for what follows it in the
    same sentence until a clause of its own verb of reporting, or a "but", begins.
    """
    clauses: list[Clause] = []
    start, lead = 0, ""
    ends = [(match.start(), match.end(), match.group()) for match in BOUNDARY.finditer(sentence) if not _inside(sentence, match.start())]
    mode: Mode = "finding"
    for stop, after, words in [*ends, (len(sentence), len(sentence), "")]:
        text = sentence[start:stop]
        if text.strip():
            own_mode = _mode(text)
            fresh = not clauses or lead.strip(" ,;:").lower() in {"but", "yet", ""} or OWN.search(text)
            mode = own_mode if own_mode != "finding" or fresh else clauses[-1].mode if clauses[-1].mode in {"question", "hypothesis", "counterfactual"} else "finding"
            hedging = _hedging(text)
            cited = None if OWN.search(text) else CITED.search(text)
            clauses.append(
                Clause(text, start, stop, mode, hedging, cited is not None, cited and cited["who"], lead.strip(" ,;:"))
            )
        start, lead = after, words
    return clauses


def _mode(text: str) -> Mode:
    # The order matters: a question may hold a hypothesis, and both may hold an infinitive of purpose.
    if COUNTERFACTUAL.search(text):
        return "counterfactual"
    if QUESTION.search(text):
        return "question"
    if HYPOTHESIS.search(text):
        return "hypothesis"
    if ADVICE.search(text):
        return "advice"
    return "purpose" if PURPOSE.search(text.strip()) else "finding"


def _hedging(text: str) -> Hedging:
    if STRONG.search(text) or PERHAPS.search(text):
        return "strong"
    return "weak" if WEAK.search(text) or MODAL.search(text) else "none"


def _inside(sentence: str, at: int) -> bool:
    """Whether a place lies inside brackets, which no clause is cut at."""
    before = sentence[:at]
    return before.count("(") > before.count(")") or before.count("[") > before.count("]")
