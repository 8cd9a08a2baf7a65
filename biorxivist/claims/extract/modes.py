"""How a clause is meant: a clause that asks, expects, intends, supposes or recommends is no finding."""

from __future__ import annotations

from typing import Literal

from biorxivist.claims.extract.lexicon import alternatives, phrases, whole_words

__all__ = ["Mode", "mode_of"]

Mode = Literal["finding", "question", "hypothesis", "purpose", "counterfactual", "advice"]

# "It remains unclear whether larger corpora help."
UNKNOWN = phrases(
    "unclear",
    "unknown",
    "unexplored",
    "uncertain",
    "open",
    "understood",
    "unexamined",
    "seen",
    "determined",
    "established",
    "elusive",
    "underexplored",
    "incompletely",
    "limited in",
    "debated",
    "challenging",
    "unresolved",
)
QUESTION = alternatives(
    # "Does scGPT outperform scVI?"
    r"\?\s*$",
    # "We asked whether pre-training matters."
    r"\bwhether\b",
    r"\b(?:ask|asked|asks|question(?:s|ed)?|wonder) (?:whether|if|how|which)\b",
    # "It remains to be shown that scGPT is better."
    r"\bremains? to be \w+",
    # "It is a key question how far this scales."
    r"\b(?:open|key|central|critical|fundamental|crucial|recurring|remaining) questions?\b",
    # "Scaling laws predict how performance improves with size."
    r"\b(?:predict|describe|explain|inform|tell)(?:s|ed)? (?:how|why|when)\b",
    # "... under which conditions A beats B"
    r"\b(?:under|in|on|for) which (?:conditions?|circumstances|settings?|tasks?|data ?sets?|cases?|scenarios?)\b",
    rf"\b(?:remains?|is|are) (?:largely |still |yet |to be |currently |poorly |an )*{UNKNOWN}\b",
    # "Identifying settings in which A outperforms B remains a challenge."
    r"\bremains? (?:an? )?(?:[\w-]+ ){0,3}(?:challenge|problem|puzzle|matter of debate|difficult|hard)\b",
    r"\b(?:identif|determin|understand|find|know|establish|predict|decid|clarify)(?:y|e|ing)? (?:[\w-]+ ){0,4}?"
    r"(?:where|when|in which|under which|for which|whose)\b",
    r"\b(?:how|to what extent|what) .{0,60}\b(?:remains?|is unclear|is unknown)\b",
    # "We investigate how the size of the corpus acts on accuracy."
    r"\b(?:investigate|examine|assess|evaluate|explore|study|test|analy[sz]e|benchmark|understand|determine|"
    r"characteri[sz]e|probe)d?s? (?:whether|if|how|the (?:effect|impact|influence|role|extent))\b",
)
HYPOTHESIS = whole_words(
    # "We expected Geneformer to beat PCA."
    "(?:we|i|they|one|authors?) "
    + phrases(
        "hypothesi[sz]ed?",
        "expect(?:ed)?",
        "speculated?",
        "conjectured?",
        "believed?",
        "anticipated?",
        "posit(?:ed)?",
        "propose that",
        "envision",
        "assumed?",
        "reasoned",
        "argued? that",
        "predict(?:ed)? that",
    ),
    r"(?:hypothes[ie]s|(?<!contrary to )(?<!contrary to our )(?<!against )expectation|assumption|intuition|premise|"
    "belief|idea|hope)",
    "tempting",
    r"(?:one|an|another|the|a) (?:\w+ )?explanation",
    # "Despite claims that A outperforms B, evaluations disagree."
    r"(?:despite|contrary to|against|challeng\w+|contradict\w*|refut\w+|question\w*|disput\w+) (?:\w+ ){0,3}"
    r"(?:claim|assertion|statement|suggestion|report|finding|expectation)s? that",
    r"it (?:is|was) (?:\w+ )?(?:expected|assumed|hoped|believed|thought|claimed|argued|said|supposed)",
    r"it (?:has|had) been (?:\w+ )?(?:proposed|hypothesi[sz]ed|speculated|suggested|assumed|argued|postulated)",
    r"(?:is|are) (?:\w+ )?(?:believed|thought|assumed|supposed) to",
    # "The claim that A outperforms B rests on a single set."
    r"(?:the|any|this|a|their|common) (?:\w+ )?(?:claims?|notion|suggestion|perception|narrative|conjecture|view) that",
    "(?:is expected|are expected|expected to)",
    # "Foundation models promise to outperform simple methods."
    "promis(?:e|es|ed|ing) to",
    "promising",
    r"(?:hold|holds|holding|offer|offers|show|shows|with) (?:\w+ )?(?:promise|potential)",
    "potential (?:to|for|of)",
    "opportunit(?:y|ies) (?:to|for)",
    "pav(?:e|ing) the way",
    "poised to",
    "is likely to",
    "are likely to",
    # "Larger corpora will improve annotation."
    "will",
    "would",
    # "Future studies could improve it."
    r"future (?:work|stud(?:y|ies)|research|versions?|efforts?)",
    "in (?:the )?future",
    # "In principle, it scales."
    "in principle",
    "theoretically",
    "ideally",
    "in theory",
    "raises? the (?:question|possibility)",
)
PURPOSE = alternatives(
    # "To outperform scVI, we trained a larger model."; but "To our knowledge", "To date"
    r"^(?:in order )?to (?!the\b|a\b|our\b|date\b|this\b|these\b)\w+",
    # "scNova is designed to outperform scGPT."
    r"\b"
    + phrases(
        "aims?",
        "aimed",
        "aiming",
        "seeks?",
        "sought",
        "intend(?:s|ed)?",
        r"designed(?: [\w-]+){0,3}",
        "strive[sd]?",
        "attempt(?:s|ed)?",
        "hopes?",
        "goal is",
        "objective is",
        "tries",
        "tried",
        "need(?:s|ed)?",
        "required?",
    )
    + r" to\b",
)
COUNTERFACTUAL = alternatives(
    # "That scores level off need not mean that biology does not scale."
    r"\bneed not mean\b",
    r"\b(?:no|little|not enough|insufficient) evidence (?:that|for)\b",
    # "If the corpus were larger, scGPT might overtake scVI."
    r"\bif\b.*\b(?:were|would|could|might)\b",
    r"\bhad\b.*\bwould have\b",
)
NEEDED = phrases("essential", "crucial", "needed", "required", "necessary")
ADVICE = whole_words(
    # "New models should be compared with logistic regression."
    "should",
    "must",
    "ought to",
    "need for",
    "need to",
    "needs to be",
    # "The importance of strong baselines"
    "importance of",
    "necessity of",
    "it is (?:important|essential|crucial|critical|necessary|vital)",
    f"are {NEEDED}",
    f"is {NEEDED}",
    # "We call for better benchmarks."
    "call(?:s|ed|ing)? for",
    r"recommend\w*",
    r"encourag\w+",
    r"cautio\w+",
    r"advocate\w*",
    r"motivat\w+",
    r"warrant\w*",
)


def mode_of(text: str) -> Mode:
    """Say how a clause is meant, by its own words alone."""
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
