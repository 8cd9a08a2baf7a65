"""Questions about a statement: "Who says that X?", "How strong is the evidence that X?", "X, right?".

What is asked of the graph is the same each time: which claims say so, which say the opposite, and what became of them.
So the statement is taken out of its frame and put as a yes-no question.
"""

from __future__ import annotations

import re

__all__ = ["framed_statement"]

PEOPLE = (
    r"papers?|articles?|preprints?|studies|study|authors?|groups?|people|works?|benchmarks?|claims?|evidence|results?"
)
SAYS = (
    r"say|says|said|saying|claim|claims|claimed|claiming|show|shows|showed|shown|showing|report|reports|reported|"
    r"reporting|find|finds|found|finding|argue|argues|argued|arguing|think|thinks|believe|believes|agree|agrees|state|"
    r"states|stated|conclude|concludes|concluded|suggest|suggests|suggesting|demonstrate\w*|support|supports|supporting"
)
OPPOSES = r"disagrees?|disput\w+|contradicts?|den(?:y|ies)|challenges?|refutes?|doubts?|questions?|object\w*|opposes?"
CLAIM = r"claims?|statements?|findings?|idea|view|notion|assertion|conclusion|hypothesis|result"
THAT = r"(?:that|whether|if)"
TRUE = r"true|right|correct|so|supported|backed(?: up)?|justified|established"
STRONG = r"strong|good|solid|convincing|robust|reliable|certain|sure|well[- ]supported|firm|settled|established"
ANY_EVIDENCE = r"what|which|how much|is there(?: any)?|any|do (?:we|you) have(?: any)?"
OF_CLAIM = rf"(?: for(?: the)?(?: {CLAIM})?)?"
PATTERNS = (
    # is it true that ..
    rf"(?:so )?(?:is it|isn't it|would it be|is this) (?:really |actually |still )?"
    rf"(?:true|correct|right|fair|known|clear|established|safe|the case|so)(?: to (?:say|claim|conclude|write))? "
    rf"{THAT} (?P<statement>.+)",
    # how solid is the claim that ..
    rf"how (?:{STRONG})(?: is| are)?(?: the| your)?(?: (?:evidence|support|case|{CLAIM}))*{OF_CLAIM} {THAT} "
    rf"(?P<statement>.+)",
    # what evidence is there that ..
    rf"(?:{ANY_EVIDENCE})(?: the)?(?: good| strong| solid)? (?:evidence|support|proof)"
    rf"(?: is there| do (?:we|you) have)?{OF_CLAIM} {THAT} (?P<statement>.+)",
    # who says that .., which papers report ..
    rf"(?:who|(?:which|what|any|do any|are there(?: any)?|is there(?: an?y?)?) (?:{PEOPLE})(?: (?:that|which|who))?) "
    rf"(?:{SAYS})(?: {THAT})? (?P<statement>.+)",
    # has anyone shown ..
    rf"(?:has|have|did|does) (?:any(?:one|body)?|some(?:one|body)?)(?: (?:{PEOPLE}))?(?: ever)? (?:{SAYS})"
    rf"(?: {THAT})? (?P<statement>.+)",
    # who disagrees with the claim that ..
    rf"(?:who|(?:which|what) (?:{PEOPLE})) (?:{OPPOSES})(?: with| to)?(?: the)?(?: {CLAIM})? {THAT} (?P<statement>.+)",
    # find me claims where ..
    rf"(?:please )?(?:find|show|list|give|get)(?: me)?(?: all| any| some| the)* (?:{PEOPLE}) "
    rf"(?:where|in which|(?:which |that )?(?:{SAYS})(?: {THAT})?|{THAT}) (?P<statement>.+)",
    # .., is that backed by the literature
    rf"(?P<statement>.{{20,}}?)[,;:-]* (?:is|was) (?:that|this|it) (?:really |actually |still )?(?:{TRUE})"
    rf"(?: by (?:the )?(?:literature|evidence|data|papers))?",
    # .., right
    r"(?P<statement>.{20,}?), (?:right|correct|true|yes|no)",
)
FRAMES = tuple(re.compile(pattern, re.IGNORECASE) for pattern in PATTERNS)
QUOTED = re.compile(r"[\"“'](?P<statement>[^\"“”]{20,}?)[.]?[\"”']")
OF_THE_QUOTE = re.compile(rf"\b(?:{TRUE}|holds?|stands?|evidence)\b", re.IGNORECASE)
SHORTEST = 3
"""Words of a statement: "who says so?" is about none."""
ASIDE = re.compile(
    r",? (?:one paper or (?:many|several|more)|or (?:not|is (?:that|it) .*)|and (?:who|how|why) .*)$", re.IGNORECASE
)
WHO_SHOWN = re.compile(
    r"(?:an? |any )?(?P<subject>(?:\w[\w-]* ){1,4}?)(?:that|which|who) (?:really |actually )?(?:do(?:es)? )?"
    r"(?P<rest>.+)",
    re.IGNORECASE,
)
"""What is said to have been shown: "a deep model that does beat X" says that a deep model beats X."""


def framed_statement(text: str) -> str | None:
    """The statement that a question is about, without its frame; none where it is not asked that way."""
    plain = text.strip().rstrip("?!. ").strip()
    if (quoted := QUOTED.search(plain)) and OF_THE_QUOTE.search(plain[quoted.end() :]):
        return quoted["statement"].strip()
    for frame in FRAMES:
        if match := frame.fullmatch(plain):
            statement = ASIDE.sub("", match["statement"]).strip(" ,;:.'\"")
            if shown := WHO_SHOWN.fullmatch(statement):
                statement = f"{shown['subject']}{shown['rest']}"
            return statement if len(statement.split()) >= SHORTEST else None
    return None
