"""Whether a clause says a comparison and nothing else that bears on it.

Readers found claims wrong mostly for what was left out of them: a condition, a part of the methods or of the data, a
subject inside a longer phrase. A list of such words is never complete, so it is the other way round here: each part of
the clause, before, between and behind its names, has to be one of those that are known to limit nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.lexicon import alternatives, phrases, whole_words
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.other_verb import OTHER_VERB
from biorxivist.claims.extract.predicates import LESS, MORE
from biorxivist.claims.extract.sides import OPENING, Sides

__all__ = ["is_said_plainly"]

ADVERB = (
    phrases(
        "consistent", "significant", "substantial", "clear", "marked", "remarkab", "notab", "considerab", "strong",
        "great", "robust", "uniform", "dramatic(?:al)?", "vast", "statistical", "reliab", "systematic(?:al)?",
        "decisive", "convincing", "high", "impressive", "steadi", "universal", "additional", "final", "important",
        "surprising", "interesting", "striking", "empirical", "experimental", "collective", "simultaneous",
        "favou?rab", "successful", "effective", "thorough", "accurate", "efficient", "precise", "correct", "direct",
        "repeated", "invariab", "unequivocal", "broad", "wide", "extensive", "comprehensive", "rigorous",
        "quantitative", "critical", "crucial", "ultimate", "global", "current", "recent", "new", "joint", "full",
        "automatical", "explicit", "seamless", "natural",
    )
    + r"ly\b"
)  # fmt: skip
"""How something is done; not how often, and not how surely ("nominally", "initially", "barely")."""
COUNT = phrases("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", r"\d+")
# "Overall,", "in benchmarks,"
OPENS = phrases(
    ADVERB, "here", "overall", "moreover", "together", "thus", "in addition", "in contrast", "by contrast",
    "in summary", "in conclusion", "as a result", r"in (?:[a-z]+ )?(?:experiments|evaluations|benchmarks|benchmarking)",
    "with (?:comprehensive|extensive|systematic) [a-z]+",
)  # fmt: skip
# "Evaluated on ten sets,", "Leveraging 16 million cells,": how a model was made or looked at
MADE = (
    phrases(
        r"(?:evaluat|test|benchmark|train|pre-?train|appl|equip|validat|assess|power)\w*", "built", "across", "over",
        "leveraging", "using", "through", "via", r"by \w+ing", "owing to", "due to", "thanks to", "based on",
        "building on", "combining", "integrating", "despite",
    )
    + r" (?:[^,;]|,(?=\d)){3,160}"
)  # fmt: skip
TASKS = "in (?:[a-z-]+ ){0,3}tasks,? (?:such as|including|like) [^;:]{3,150}?"
# "Extensive experiments on A and B show that", "Here, we find that"
REPORTING = (
    phrases(
        "we", "our", "the", "all(?: the| our| of these)?", "these", "this", "results?", r"experiment\w*",
        r"evaluation\w*", "systematic", "rigorous", "large-scale", "thorough", "in-depth", r"benchmark\w*",
        "analys[ie]s", "extensive", "empirical", "comprehensive", r"compar\w+", r"validation\w*", "stud(?:y|ies)",
        "tests?", "case studies",
    )
    + r" [^;:]{0,160}?\b"
    r"(?:show|demonstrat|reveal|find|found|indicat|confirm|establish|suggest|prov|validat|observ|report|highlight)\w*"
    r"(?: that)? "
)  # fmt: skip
LEAD = re.compile(
    r"\s*(?:(?:and|but|while|whereas|that|which|yet) )?"
    rf"(?:(?:{OPENS},?|{MADE},|{TASKS},) )*(?:{REPORTING})?"
    r"(?:(?:when )?(?:compared (?:to|with)|relative to|unlike) [^,;]{3,80}, )?(?:the |its |our |an? )?",
    re.IGNORECASE,
)
"""What may stand before the subject."""
LED_BY_LIMIT = alternatives(
    r"\b(?:only|when|if|under|except|some|certain|low|scarce|limited|few)\b",
    r"\b(?:simulat|synthetic)\w*(?!.{0,30}\b(?:real|experimental|published)\b)"
    r"(?<!\breal and simulated)(?<!\breal and synthetic)",
)
# "A, a transformer, consistently", "A (B) achieves", "A's embeddings are", "A is a robust tool that"
GAP = re.compile(
    r"(?:\s*[\[(][^\])]*[\])])?(?:,? an? [^,;]{3,120},)?(?:[’']s)?"
    r"(?: (?:models?|framework|method|approach|algorithm|itself|embeddings|representations|performance))?"
    r"(?: (?:is|was) an? (?:[\w-]+,? (?:and )?){0,4}?"
    r"(?:model|framework|method|approach|algorithm|tool) (?:that|which))?"
    r"(?:\s*(?>"
    + phrases(
        ADVERB, "also", "not only", "further", "is", "are", "was", "were", "has", "have", "had", "been", "being", "be",
        "not", "did", "does", "do", "far", "even", "much", "at least", "up to", "about", "over", "more than",
        "an average of", r"\d[\d.]* ?\\?%?", "average", "mean", "(?:[a-z-]+ )?performance", "still",
        "(?:shown|found|able) to", "clear", "an?", "the", "significant", "substantial", "consistent", "overall", "and",
        ",",
        r"(?:achiev|show|demonstrat|exhibit|deliver|attain|obtain|yield|provid|offer|display|reach|perform)"
        "(?:es|s|ed)",
    )
    + r"(?![\w-])))*+\s*",
    re.IGNORECASE,
)  # fmt: skip
"""What may stand between the subject and the verb. Here and below each word is taken for good, as otherwise a long row
of them would be tried in every way that there is."""
# "A generalizes to B and consistently", "A reaches 0.9 on B, significantly"
SECOND = re.compile(
    r"[^;:]{3,200}?(?:,? and|,) "
    rf"(?:(?:{ADVERB}|also|thus|thereby|even|further|(?:achiev|show|yield|demonstrat|exhibit)\w+|an?) )*",
    re.IGNORECASE,
)
"""... if the verb is the second one of the subject, and the first holds no clause of its own."""
OF_ANOTHER = re.compile(
    r"\b(?:that|which|who|whose|when|if|where|unless|only|method|variant|version)\b"
    # "reaches 0.9 on the cold split, outperforming", "reduces overlaps, surpassing": in that alone
    r"|\b(?:splits?|settings?|scenarios?|folds?|shots?|subsets?|regimes?|conditions?)\b"
    r"|\b(?:reduc|lower|decreas|increas|improv|enhanc|accelerat|speed|shorten|mitigat|alleviat)(?:s|es|ed|ing)\b",
    re.IGNORECASE,
)
# "all four", "the performance of", "its own ablations and", "methods such as"
WHICH = (
    "(?:(?>"
    + phrases(
        "the", "all", "both", "other", "that of", "those of", "an?", "any", "every", "each", "performance of",
        "results of", COUNT, "previous", "current", "existing", "several", "many", "numerous", "multiple", "various",
        "strong", "leading", "recent", "competing", "representative", "popular", "widely used",
        "(?:methods|models|tools|approaches|techniques) (?:like|such as|including)",
    )
    + r"\s+))*+"
)  # fmt: skip
BEFORE_OBJECT = re.compile(rf"\s*{WHICH}(?:[a-z-]+(?: [a-z-]+){{0,3}} and\s+{WHICH})?", re.IGNORECASE)
# "..., and closely aligns with C", "..., as measured by C", "..., with tuning raising C": something else is said
SAYS_ELSE = alternatives(
    r",? and \w+ly (?!better|more|higher)[a-z]+(?:s|ed) ",
    r",? and (?:generat|align|simulat|correct|classif|annotat|handl|extract|integrat|leverag|adapt|help|work|run|allow|"
    r"highlight|illustrat|underscor|serv|giv)(?:e|ie)?(?:s|d|ed)\b",
    # "by more accurately modelling C": a means
    r" by (?:[\w-]+ ){0,3}?\w+ing\b",
    r",? as (?:measured|evaluated|assessed|judged|shown) by\b",
    r",(?: and| then)? (?:enabl|identif|demonstrat|achiev|reveal|provid|improv|detect|show|discover|recover)\w*"
    r"(?:s|ed)\b",
    r",? and (?:led|exhibit(?:s|ed)|could|can)\b",
    r", with (?:an? )?(?:[\w-]+ ){0,4}(?:values?|scores?|of) ",
    r", with (?=[\w-]+ed |(?!the exception)[^,;]{3,80}ing\b)",
)
# "..., while performing on par with them on C": not everywhere
ELSEWHERE_NOT = whole_words(
    "on[ -]par", "comparabl[ey]", "similar(?:ly)?", "competitive(?:ly)?", r"match\w*", r"equal\w*", "worse", "lags?",
    "fails?", r"slight\w*",
)  # fmt: skip
# Where the next phrase begins
JOINT = re.compile(
    r",?\s+\b"
    + phrases(
        "in", "on", "for", "across", "at(?! least)", "by", "with", r"over(?! \d)", "under", "within", "among", "from",
        "using", "via", "through", "when", "during", "if", "that", "which", "trained", "designed", "without",
        "(?<!average )of", "as(?! much)", "and", "or", "while", "including", "such as", "especially", "particularly",
        "(?<!up )to", "based", "developed",
    )
    + r"\b|,\s+",
    re.IGNORECASE,
)  # fmt: skip
# "nine public single-cell data sets", "diverse tissues and species"
EVERYWHERE = (
    "(?:(?>"
    + phrases(
        "all", "both", "multiple", "several", "various", "diverse", "different", "many", "numerous", "most of the",
        "every", "each", "wide", "broad", "an?", "the", "range", "variety", "set", "of", "publicly", "public",
        "available", "real-world", "real", "biological", "independent", "external", "benchmarks?", "standard",
        "common", "widely", "used", "large-scale", "single-cell", "scRNA-seq", "spatial", "transcriptomics?",
        "(?:multi-?)?omics", "challenging", "comprehensive", "downstream", "evaluated", "tested", "complex", "unseen",
        "these", "our", "key", "major", COUNT, "more than", "over", "and", "data ?sets?", "data", "tasks?", "metrics?",
        "tissues?", "species", "platforms?", "technologies", "conditions?", "modalities", "organs?", "cell types?",
        "cell lines?", "settings?", "scenarios?", "experiments?", "evaluations?", "analyses", "applications?",
        "measures", "criteria", "studies", "cohorts?", "protocols?", "samples?", "domains?", "diseases?", "batches",
    )
    + r"(?![\w-]))[ ,]*)++"
)  # fmt: skip
HARMLESS = alternatives(
    rf"(?:in|on|for|across|over|at|within|among|from|using|and) {EVERYWHERE}",
    # "by a large margin", "by up to 20%"
    r"by (?:an? |up to |about |over |at least |more than |around |nearly |~ ?|as much as |an average of )*"
    r"(?:(?:large|wide|significant|substantial|considerable|clear|big) (?:margin|extent|degree)s?|"
    r"\\?~?[\d.]+ ?\\?%?(?: ?(?:[-–]|to) ?[\d.]+)? ?\\?(?:%|x|percent|points|percentage points|-?fold|times)?"
    r"(?: on average)?)",
    "on average|overall|to date|in general",
    # "and two recent deep learning models"
    r"(?:and|as well as) (?:[\w-]+ ){0,5}(?:methods?|models?|baselines?|tools?|approach(?:es)?|algorithms?|variants|"
    r"alternatives|techniques?|classifiers?|strategies|packages|pipelines|frameworks)",
)
# "such as A, B and scC 2"
NAME = r"(?:[A-Z]|[a-z]{1,3}[A-Z-])[\w+.-]*+(?: \d\w*)?"
NAMES = re.compile(
    rf"(?:(?:such as|including|like|e\.g\.,?|namely) )?(?:and |or )?{NAME}(?:(?:, | )(?:and |or )?{NAME})*[ ,]*"
)
# "in identifying cells of unseen tissues": what a method is for
FOR_WHAT = re.compile(r"[\s,]*(?:in|at|for) \w{3,}ing\b", re.IGNORECASE)
# "for the imputation of dropouts"
FOR_A_TASK = re.compile(
    r"[\s,]*for (?:the |a |an )?(?:[a-z-]+,? (?:and )?){0,5}?"
    r"[a-z-]*(?:tion|sion|ment|ing|ysis|covery|tasks?|inference|typing)s?\b",
    re.IGNORECASE,
)
# "in A, B, and C": a further item
ITEM = re.compile(r"[\s,]*(?:(?:and|or|in|for|on) )*[a-z][\w-]*(?: [a-z][\w-]*){0,4}")
CONDITIONS = (
    "only", "when", "if", "under", "without", "except", "some", "certain", r"particular\w*", "especially", "least",
    "most",
)  # fmt: skip
WHAT_LIMITS = whole_words(*CONDITIONS)
"""Words that limit even what a method is for."""
LIMITS = whole_words(
    *CONDITIONS, "low", "high", "small", "large", "rare", "unseen", "new", "other", "simulated", "synthetic"
)
MADE_AND_REAL = alternatives(
    r"\b(?:simulated|synthetic) and (?=real)",
    r"(?<=real) and (?:simulated|synthetic)\b",
    r"(?<=real-world) and (?:simulated|synthetic)\b",
)
BRACKETS = re.compile(r"\s*[\[(][^\])]*[\])]")
# "some methods, such as A, outperform B"
SOME = re.compile(r"(?:some|many|several|most|certain|a few|few)\b", re.IGNORECASE)
# "is competitive with B": readers do not agree whether that is as good
NEARLY = re.compile(r"\bcompetitive", re.IGNORECASE)
# "for human but not for mouse cells", "at memorising batches", "higher recall but lower precision"
MIXED = alternatives(
    r"\bbut not\b|\band not\b|\bnot for\b|\bfailing\b|\bfails? (?:in|on|at|to)\b",
    r"\bbatch labels?\b|\b(?:memori[sz]|retain|preserv)\w* (?:of )?(?:the )?batch|\bfor batch\b|\bparameter count\b",
    r"\b(?:sensitive|robust) to\b|\btraining time\b|\boverfit\w*|\bbatch silhouette\b",
)
SAYS_GAIN, SAYS_LOSS = whole_words(MORE), whole_words(LESS)
# "(zero-shot)", "(in mouse)", "(p = 0.4)"; but "(e.g. A and B)", "(ARI 0.8 versus 0.7)", "(Fig. 2)"
IN_BRACKETS = re.compile(r"[\[(](?P<said>[^\])]*)[\])]")
SAYS_MORE = re.compile(
    r"\bp ?[=>] ?0?\.(?:0[5-9]|[1-9])|\bn\.?s\b|"
    r"\b(?!(?:and|or|such|as|versus|vs|fig|figs|figure|table|tables|see|ref|refs|average|mean|median|to|by|of|the|up|with|"
    r"accuracy|correlation|precision|recall|score|sensitivity|specificity)\b)[a-z]{3,}\b"
)
# "zero-shot A beats B, and both are beaten by C": of the same kind of A
KIND_BEFORE = re.compile(r"\b(?:(?:zero|few|one)-shot|untrained|fine-?tuned|frozen|untuned)\b", re.IGNORECASE)


def is_said_plainly(content: Content, sides: Sides, verb: tuple[int, int]) -> bool:
    """Whether no part of a clause may limit the comparison that was read in it.

    Parameters
    ----------
    content
        The clause, with the tasks, sets, metrics and regimes that its drafts hold.
    verb
        Where the wording of the comparison begins and ends in the sentence.
    """
    start, end = verb
    if NEARLY.search(content.since(start)[: end - start]) or any(SOME.match(m.text) for m in sides.left):
        return False
    if _may_limit(content):
        return False
    held = [mention.text for mention in content.mentions if mention.kind != "model"]
    subject = _before(content, sides, start)
    if subject and not _is_led_up_to(content, subject, start, held):
        return False
    inside = any(start <= mention.start < end for mention in sides.left)  # "the superiority of A over B"
    if inside and not _leads(content.until(start)):
        return False
    if not subject and not inside and not GAP.fullmatch(f" {content.until(start).strip()} "):
        return False  # more than the adverbs of a subject that is left out: "and consistently outperforms"
    compared = [m for m in (*sides.left, *sides.right) if end <= m.start < content.clause.end]
    between = content.since(end)[: min(m.start for m in compared) - end] if compared else ""
    if not BEFORE_OBJECT.fullmatch(_without(between, held)):
        return False
    behind = content.since(max((m.end for m in compared), default=end))
    if ELSEWHERE_NOT.search(behind):
        return False
    ends = [match.start() for match in (OTHER_VERB.search(behind), SAYS_ELSE.search(behind)) if match]
    return _limits_nothing(behind[: min(ends, default=len(behind))], held)


def _may_limit(content: Content) -> bool:
    """Whether words anywhere in the clause, or in the one before it, may limit whatever is compared in it."""
    before = content.before.text if content.before is not None else ""
    said = f"{before} {content.text}"
    return (
        MIXED.search(content.text) is not None
        or (SAYS_GAIN.search(said) is not None and SAYS_LOSS.search(said) is not None)
        or any(SAYS_MORE.search(brackets["said"]) for brackets in IN_BRACKETS.finditer(content.text))
        or KIND_BEFORE.search(before) is not None
    )


def _before(content: Content, sides: Sides, start: int) -> list[Mention]:
    """What stands for the subject before the verb: names, or the pronoun that names elsewhere were taken for."""
    given = sides.left if OPENING.match(content.text) else (*sides.left, *sides.right)
    named = [m for m in given if content.clause.start <= m.start and m.end <= start]
    return named or [m for m in content.models if m.pronoun and m.end <= start][-1:]


def _is_led_up_to(content: Content, subject: Sequence[Mention], start: int, held: Sequence[str]) -> bool:
    """Whether what stands before the subject, and between it and the verb, limits nothing."""
    lead = _without_scope(content.until(min(mention.start for mention in subject)), held)
    if not _leads(lead):
        return False
    gap = content.until(start)[max(mention.end for mention in subject) - content.clause.start :]
    return GAP.fullmatch(gap) is not None or (SECOND.fullmatch(gap) is not None and not OF_ANOTHER.search(gap))


def _leads(words: str) -> bool:
    """Whether words only lead up to a subject."""
    return LEAD.fullmatch(words) is not None and LED_BY_LIMIT.search(words) is None


def _without_scope(lead: str, held: Sequence[str]) -> str:
    """The words before a subject without what the draft holds: "On PBMC, ", "the accuracy of"."""
    lead = BRACKETS.sub("", lead)
    for name in held:
        word = re.escape(name)
        scope = rf"\b(?:(?:in|on|for|at|across) [^,;]{{0,40}}{word}[^,;]{{0,30}}, |{word} (?:of )?$)"
        lead = re.sub(scope, "", lead, flags=re.IGNORECASE)
    return lead


def _without(words: str, held: Sequence[str]) -> str:
    for name in held:
        words = words.replace(f"{name} of", "").replace(name, "")
    return words


def _limits_nothing(behind: str, held: Sequence[str]) -> bool:
    """Whether the draft holds every phrase behind the object of a comparison, or it narrows nothing down."""
    bare = MADE_AND_REAL.sub("", BRACKETS.sub("", behind))
    folded = bare.casefold()
    in_list = any(f"{joint} {name.casefold()}" in folded for name in held for joint in (" in", ","))
    for start, end in pairwise([0, *(match.start() for match in JOINT.finditer(bare)), len(bare)]):
        words = bare[start:end].strip(" ,.;:")
        if FOR_WHAT.match(bare, start):
            return WHAT_LIMITS.search(bare, start) is None
        if FOR_A_TASK.match(bare, start):
            return LIMITS.search(bare, start) is None
        if any(name.casefold() in words.casefold() for name in held):
            in_list = True
            continue
        is_item = in_list and ITEM.fullmatch(bare[start:end].rstrip(" .;:")) and not LIMITS.search(words)
        if words and not (HARMLESS.fullmatch(words) or NAMES.fullmatch(words) or is_item):
            return False
    return True
