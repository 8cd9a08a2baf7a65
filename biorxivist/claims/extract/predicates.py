"""How a clause says that one model is better, worse or as good as another: the wordings of a comparison.

To add a wording, put a line under the direction that it has, with a sentence that it stands in, and add the sentence to
``tests/biorxivist/claims/extract/test_read.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from biorxivist.claims.extract.clauses import Clause
from biorxivist.claims.extract.lexicon import alternatives, holds_any, phrases, whole_words
from graph.records import Direction

__all__ = ["ADVERBS", "LESS", "MORE", "Predicate", "find_predicates", "is_intended"]


@dataclass(frozen=True)
class Wording:
    """A way of saying that the subject is better (>), worse (<) or as good (~)."""

    direction: Direction
    pattern: re.Pattern[str]
    parts: tuple[str, ...]
    """Parts of words of which a clause that holds it has one: a quick look before a slow pattern."""
    passive: bool = False
    """Whether the sides stand the other way round: "was outperformed by"."""
    at_least: bool = False
    """Whether it says that the subject is not worse: its negation is that it is."""


@dataclass(frozen=True)
class Predicate:
    """A comparison that a clause words; places are those of the sentence."""

    direction: Direction
    passive: bool
    words: str
    start: int
    end: int
    until: int
    """Where the next one begins, or the clause ends."""
    at_least: bool = False
    """Whether the words say that the direction does *not* hold: "matches or exceeds" is not worse."""


# "is also not far better than"
ADVERBS = r"(?:\w+ly |even |also |still |often |far |much |not |no |always |the |a |an |slightly )*"
BE = "(?:is|are|was|were|be|been|being)"
HOW = "(?:accurate|robust|efficient|effective|reliable|accurately|robustly|efficiently|effectively|sensitive)"
# Words that say more or less of what stands behind them: "higher recall but lower precision"
MORE = phrases("higher", "better", "improved", "increased", "greater", "superior")
LESS = phrases("lower", "worse", "reduced", "decreased", "poorer", "smaller", "weaker")
BETTER = phrases(
    "better",
    "superior",
    "stronger",
    "higher",
    "greater",
    "improved",
    "enhanced",
    "faster",
    f"more {HOW}",
)
WORSE = phrases(
    "worse",
    "inferior",
    "weaker",
    "lower",
    "poorer",
    "slower",
    "less (?:accurate|robust|efficient|effective|reliable|accurately|well)",
)
SAME = phrases(
    "comparable",
    "competitive",
    "similar",
    "equivalent",
    "identical",
    "on[ -]par",
    "on a par",
    "comparably",
    "similarly",
    "equally",
)
# "comparable in size to": alike in something that is no quality
NOT_IN_KIND = "(?! in (?:size|count|number|scale|length|cost|spirit|design|architecture|depth)s?\\b)"
BESIDE = "(?:compared (?:to|with)|relative to)"
WHEN_BESIDE = "(?:(?:when |as )?compar(?:ed|ing) (?:to|with)|relative to|in comparison (?:to|with))"
# What stands between "higher" and "than": up to six words, "higher macro F1 on the pancreas data than".
WORDS = r"(?: (?!than\b|over\b|to\b|compared\b)[\w-]+){0,6}?"
WORDS_BEFORE_THAN = r"(?: (?!than\b|to\b|compared\b)[\w-]+){0,6}?"
WORDS_BEFORE_OVER = r"(?: (?!over\b|to\b)[\w-]+){0,8}?"

COST = (
    "(?:MSE|MAE|RMSE|MMD|errors?|loss|perplexity|distance|runtime|training time|inference time|memory(?: usage)?|FLOPs)"
)
UP_TO = r"(?:[^.;:,]|\.\d){0,50}? "
AGAINST = f"(?:over|{BESIDE}|versus)\\b"

# The parts of "as good or better", in whatever order
AS_GOOD_VERB = "(?:match|equal|meet|met|rival)(?:l?ed|es|ing|s)?"
AS_GOOD = (
    "(?:on[ -](?:a )?par|parity|comparabl[ey]|competitive(?:ly)?|similar(?:ly)?|equal(?:ly(?: well| good)?)?|"
    "equivalent(?:ly)?)"
)
BETTER_VERB = "(?:outperform|exceed|surpass|beat|better)(?:s|es|ed|ing|en|ting)?"
BETTER_WORD = "(?:better|superior|higher|greater|stronger|improved)"
# "or", ", and often", ", and on three of the sets", ", if not"
OR = (
    r",? (?:or|and|if not)(?: (?:even|often|sometimes|at times|at least|only|\w+ly|"
    r"(?:in|on|for) (?:[\w-]+ ){1,4}?(?:cases|settings|tasks|sets|benchmarks|metrics|instances|scenarios))){0,2},? "
)
NOUNS = r"(?:,? (?!than\b|to\b|with\b|compared\b|relative\b|over\b)[\w-]+){0,3}?,?"

# Words before "match" that make a noun of it: "flow matching", "the best match"
NO_VERB = "".join(
    f"(?<!{word} )"
    for word in (
        r"\ba", "no", "the", "best", "exact", "spectrum", "flow", "score", "moment", "distribution", "graph", "bridge",
        # "data of matched cells"
        r"\bfor", r"\bof", r"\bwith", r"\bfrom", r"\busing", r"\bin", r"\bon", r"\bbetween", r"\btheir", r"\bits",
        r"\ball",
    )
)  # fmt: skip

# Of two wordings that overlap in a clause, the one that stands first here counts.
WORDINGS = (
    # At least as good, which is written as "not worse".
    Wording(
        "<",
        alternatives(
            # "scGPT matched or exceeded scVI."
            rf"\b{AS_GOOD_VERB}{OR}{BETTER_VERB}\b",
            rf"\b{BETTER_VERB}{OR}{AS_GOOD_VERB}\b",
            # "on par with, and on some sets better than, scVI", "with accuracy comparable or superior to that of scVI"
            rf"\b{AS_GOOD}(?: to| with| as)?{OR}(?:perform\w* )?{BETTER_WORD}{NOUNS} (?:than|to|with|over|{BESIDE})",
            rf"\b{AS_GOOD}(?: to| with| as)?{OR}{BETTER_VERB}\b",
            # "scGPT is better than or comparable to scVI", "scGPT gives better or similar results compared with scVI"
            rf"\b{BETTER_WORD}(?: than| to)?{OR}(?:perform\w* )?{AS_GOOD}{NOUNS} (?:than|to|with|as|{WHEN_BESIDE})\b",
            rf"\b{BETTER_WORD}{NOUNS} (?:than|to){OR}{AS_GOOD}\b(?: to| with)?",
            rf"\b{BETTER_VERB}{OR}perform\w* {AS_GOOD} (?:to|with)\b",
            # "comparable to superior performance to"
            rf"\b(?:comparable|similar|equal)(?: to |-to-){BETTER_WORD}{NOUNS} (?:than|to|with)\b",
            rf"\bas (?:good|well|accurate(?:ly)?|effective(?:ly)?)(?: as)?,?{OR}{BETTER_WORD}{NOUNS} (?:than|to)\b",
            # "Simple models are at least as good as foundation models."
            rf"\bat least (?:as (?:good|well|accurate)\w* as|{AS_GOOD} (?:to|with|as))(?=\W)",
        ),
        parts=(
            "match", "equal", "rival", "meet", "met", "good", "well", "accura", "compara", "compet", "similar",
            "parity", "as good", "as well",
            "on par", "on-par", "equivalent",
        ),
        at_least=True,
    ),
    Wording(
        ">",
        # "scVI was clearly outperformed by Geneformer."
        whole_words(rf"{BE} {ADVERBS}(?:outperformed|surpassed|exceeded|beaten|outcompeted|overtaken|bested) by"),
        passive=True,
        parts=("formed by", "passed by", "ceeded by", "beaten by", "peted by", "taken by", "bested by"),
    ),
    Wording(
        "~",
        # "scVI was matched by Geneformer."
        whole_words(rf"{BE} {ADVERBS}(?:matched|equall?ed|rivalled) by"),
        passive=True,
        parts=("match", "equal", "rival"),
    ),
    Wording(
        ">",
        # "scGPT is no better than PCA."
        whole_words("no better than", "not (?:any |significantly |substantially )?better than"),
        parts=("better",),
    ),
    Wording(
        ">",
        # "scGPT outperformed Geneformer."
        alternatives(
            r"\b"
            + phrases(
                "outperform(?:s|ed|ing)?",
                "out-perform(?:s|ed|ing)?",
                "surpass(?:es|ed|ing)?",
                "exceed(?:s|ed|ing)?",
                "beats?",
                "beating",
                "beaten",
                "outcompetes?",
                "overtakes?",
                "outpac(?:es|ed)",
                "outstrip(?:s|ped)?",
            )
            + r"\b(?! by\b)"
        ),
        parts=("perform", "surpass", "exceed", "beat", "outcompet", "overtak", "outpac", "outstrip"),
    ),
    Wording(
        ">",
        alternatives(
            # "scGPT reached a higher macro F1 than scVI."
            rf"\b{BETTER}\b{WORDS} (?:than|over|{BESIDE}|versus|in comparison (?:to|with))\b",
            # "scGPT is more accurate, robust and scalable than scVI."
            rf"\bmore {HOW}(?:,? (?:and )?(?:more )?[a-z-]+){{1,4}}? than\b",
            # "scGPT is superior to scVI."
            r"\bsuperior to\b",
            # "scGPT showed superior performance on annotation to existing tools."
            r"\bsuperior (?:[\w-]+ ){1,7}?to "
            r"(?=the state|state|existing|other|all|current|previous|prior|(?-i:[A-Z]|sc[A-Z]))",
            # "scGPT found them twice as well as scVI."
            r"\b(?:twice|\w+ times|[\d.]+(?: times|-fold|x)) as (?:good|well|accurate\w*) as\b",
            # "scGPT found them with twice the accuracy of scVI."
            r"\b(?:twice|double|triple|\w+ times|[\d.]+(?: times|-fold|x)) the (?:\w+ ){0,2}"
            r"(?:accuracy|performance|precision|recall|sensitivity|correlation|power) of\b",
            # "scGPT is ahead of scVI."
            r"\bahead of\b",
            r"\bscor(?:es|ed) above\b",
        ),
        parts=("better", "superior", "stronger", "higher", "greater", "improved", "enhanced", "faster", "more ",
            "twice", "double", "triple", "times", "fold", "x as", "x the", "ahead", "above"),
    ),
    Wording(
        ">",
        alternatives(
            # "demonstrate the superiority of scNova over existing methods"
            r"\bsuperiority of(?: (?!(?:over|to|is|are|was|were|has|have|had|remains?|compar\w+|relative|when)\b)"
            r"[\w.()+-]+)"
            rf"{{1,8}}? (?:over|upon|to|{WHEN_BESIDE})\b",
            # "scNova's superiority over existing methods"
            rf"\bsuperiority (?:over|to|{WHEN_BESIDE})\b",
        ),
        parts=("superiority",),
    ),
    Wording(
        ">",
        # "scGPT improves over scVI", "the gain of scGPT over scVI"
        whole_words(
            phrases(
                "improv(?:es?|ed|ing)",
                "improvements?",
                "gains?",
                "advantages?",
                "lead",
                "margin",
                "excel(?:s|led)?",
            )
            + rf"\b{WORDS_BEFORE_OVER} (?:over|upon|{BESIDE})"
        ),
        parts=("improv", "gain", "advantage", "lead", "margin", "excel"),
    ),
    Wording(
        ">",
        alternatives(
            # "scDFM reduces MSE by 19.6% over the strongest baseline."
            rf"\b(?:reduc(?:es|ed|ing)|lower(?:s|ed|ing))\b(?: [\w-]+){{0,4}}? {COST}\b{UP_TO}{AGAINST}",
            # "scNova improves accuracy by 4.5% over scGPT."
            rf"\b(?:improv|boost|enhanc)(?:es|ed|ing)\b[^,;:.]{{1,60}}? by (?:up to |an average of )?\d"
            rf"{UP_TO}{AGAINST}",
        ),
        parts=("reduc", "lower", "improv", "boost", "enhanc"),
    ),
    Wording(
        "<",
        alternatives(
            # "scBERT underperformed relative to scVI."
            rf"\bunder-?perform(?:s|ed|ing)?\b(?: {ADVERBS}(?:{BESIDE}|against|versus))?",
            # "Geneformer performed worse than scVI."
            rf"\b{WORSE}\b{WORDS_BEFORE_THAN} (?:than|{BESIDE})\b",
            r"\binferior (?:[\w-]+ ){0,3}to\b",
            # "scBERT is behind logistic regression."
            r"\b(?:is|are|was|were|remain(?:s|ed)?) (?:\w+ )?behind\b",
            # "scBERT fell short of logistic regression."
            r"\b(?:fall(?:s|ing)?|fell|lag(?:s|ged|ging)?|trail(?:s|ed|ing)?) (?:\w+ )?(?:short of|behind|below)\b",
            # "scBERT trails logistic regression"; but "evidence trails absent from"
            r"\btrail(?:s|ed)\b(?=(?-i: [A-Z]| sc[A-Z]| the | both | all | logistic))",
            # "scBERT lost to logistic regression."
            r"\blos(?:es?|t) to\b",
        ),
        parts=("perform", "worse", "inferior", "weaker", "lower", "poorer", "slower", "less", "behind", "short of",
            "below", "trail", "lost",
         "lose"),
    ),
    Wording(
        "~",
        alternatives(
            # "UCE matched scGPT"; but "match the distribution of the batch"
            # nor "flow matching" and "the matching objective"
            rf"(?<![\w-]){NO_VERB}(?:match(?:es|ed)?|(?:(?<=, )|(?<=while )|(?<=and )|(?<=or ))matching)\b"
            r"(?![-] ?| ?\()"
            # "biopsies and matched tissue"
            r"(?!(?<=and matched) (?:[\w-]+ ){0,2}(?:tissues?|samples?|controls?|data|cells|specimens?|images?|slides?|"
            r"profiles?|donors|patients|transcriptomes?|biopsies)\b)"
            r"(?! (?:between|of|the (?:distribution|batch|label)|objective|loss|cost))",
            # "scGPT is on par with scVI."
            r"\b(?:is|are|was|were|be|remains?|remained|perform(?:s|ed)?|performance|results?|become) "
            rf"{ADVERBS}{SAME}\b{NOT_IN_KIND}(?: [\w-]+){{0,4}}? (?:to|with|as)\b",
            rf"\b{SAME}{NOT_IN_KIND}(?: [\w-]+){{0,3}}? (?:to|with)\b",
            # "scGPT performs as well as scVI."
            r"\b(?:perform(?:s|ed)?|do(?:es)?|work(?:s|ed)?) (?:just |about )?as (?:good|well) as\b",
            r"\bon par with\b",
            r"\blevel with\b",
            # "Logistic regression rivals scBERT."
            r"\brival(?:s|ed|ling)?\b",
            r"\bequal(?:s|led)? to\b",
            # but not "well": "scGPT, as well as scVI,"
            r"(?<!, )\bas (?:good|accurate|effective|accurately|effectively|powerful|robust) as\b",
        ),
        parts=("match", "compar", "compet", "similar", "equiv", "identical", "par ", "equal", "perform", "work",
            "level", "rival", "as good", "as accura", "as effect", "as power", "as robust"),
    ),
)  # fmt: skip
# "Compared with existing methods, scNova improves accuracy": what is gained over is said first
OPENED = re.compile(
    rf"\s*(?:when )?(?:{BESIDE}|in comparison (?:to|with)) [^,;]{{3,80}}, (?:[^,;]{{2,60}}? )?(?P<verb>"
    r"(?:improv|enhanc)(?:es|ed)|(?:achiev|show|exhibit|attain|obtain|deliver|demonstrat|yield|reach|provid)\w* "
    r"(?:\w+ly |a |an |the ){0,2}"
    r"(?:better|higher|superior|improved|greater|stronger|more (?:accurate|robust|reliable|precise))"
    rf"(?! (?:[\w-]+ ){{0,3}}?{COST}\b)|"
    r"perform(?:s|ed) (?:\w+ly )?better|"
    rf"reduc(?:es|ed) (?:[\w-]+ ){{0,4}}?{COST})\b",
    re.IGNORECASE,
)
INTENT = re.compile(r"\bto (?:\w+ly )?$", re.IGNORECASE)
# Verbs whose infinitive reports: "was found to outperform", "failed to outperform".
REPORTING = re.compile(
    r"\b"
    + phrases(
        "found", "shown", "said", "observed", "seen", "proved", "reported",
        "appears?", "appeared", "seems?", "seemed",
        "continues?", "continued", "tends?", "tended",
        "able", "unable", "fails?", "failed", "struggles?", "beat",
        "likely", "expected", "not", "yet",
    )
    + r"\s+to\s+(?:\w+ly )?$",
    re.IGNORECASE,
)  # fmt: skip


def find_predicates(clause: Clause) -> list[Predicate]:
    """Find the comparisons that a clause words, in order, without overlaps."""
    predicates: list[tuple[re.Match[str], Wording]] = []
    folded = clause.text.casefold()
    for wording in WORDINGS:
        for match in wording.pattern.finditer(clause.text) if holds_any(folded, wording.parts) else ():
            apart = all(match.end() <= other.start() or other.end() <= match.start() for other, _ in predicates)
            if apart and not is_intended(clause, match):
                predicates.append((match, wording))
    if not predicates and (gain := OPENED.match(clause.text)):
        start, end = clause.start + gain.start("verb"), clause.start + gain.end()
        return [Predicate(">", passive=False, words=gain["verb"], start=start, end=end, until=clause.end)]
    predicates.sort(key=lambda entry: entry[0].start())
    ends = [*(match.start() for match, _ in predicates[1:]), len(clause.text)]
    offset = clause.start
    return [
        Predicate(
            wording.direction,
            wording.passive,
            match.group(),
            offset + match.start(),
            offset + match.end(),
            offset + until,
            wording.at_least,
        )
        for (match, wording), until in zip(predicates, ends, strict=False)
    ]


def is_intended(clause: Clause, match: re.Match[str]) -> bool:
    """Whether a verb is an infinitive that nobody found to hold ("designed to outperform")."""
    before = clause.text[: match.start()]
    return bool(INTENT.search(before)) and not REPORTING.search(before) and clause.mode == "finding"
