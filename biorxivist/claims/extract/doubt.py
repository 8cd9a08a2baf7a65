"""What makes a draft worth a look before anything is built on it.

The sentence says more than its draft can hold, or leaves open what a reader of the paper would know: such a draft is
kept for review rather than thrown away, by a confidence below that from which on claims are judged.
"""

from __future__ import annotations

import re

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.lexicon import alternatives, whole_words
from biorxivist.claims.extract.other_verb import OTHER_VERB
from biorxivist.claims.extract.score import AGAINST

__all__ = ["DOUBTFUL", "is_doubtful"]

DOUBTFUL = 0.5
"""Factor on the confidence of a draft that is."""
TINY = 1e-6
# Conditions that no field holds, and without which the comparison says more than its sentence
LIMITED = alternatives(
    r"(?<!-)(?<!not )(?<!the )\bonly\b|\b(?:unless|provided that|particularly when|except)\b",
    r"\bif\b",
    # "when the data are noisy"; but "when compared with", "when tested on"
    r"\bwhen(?:ever)? (?!(?:compar|evaluat|test|train|fine-?tun|appl|benchmark|pre-?train|us|assess)\w*\b)",
    # "outperforms other models of similar size"
    r"\bof (?:similar|comparable|equal|the same) (?:\w+ )?(?:size|scale|capacity|complexity)\b",
    # "was better in 3, equal in 2 and worse in 4", "better in 60%"
    r"\b(?:worse|equal|tied) (?:in|on) (?:\d|one|two|three|four|five|six|some|the (?:rest|others?))\b|"
    r"\bin (?:\w+ )?\d+ ?%",
    r"\b(?:once|until|sometimes|occasionally|at times)\b",
    r"\b(?:given (?:enough|sufficient)|with sufficient|below that|above that|at best)\b",
    r"\b(?:for|in|on|across) (?:more than |over |at least |about |nearly )?half (?:of|the)\b",
    r"\b(?:for|in|on|across) (?:some|half of|a few|a subset of|certain|one of|two of|a minority of)\b",
    # "applied to five methods, it improves": a part of others
    r"\b(?:applied|added|plugged|integrated) (?:in)?to (?:[\w-]+ ){0,3}(?:methods|models|pipelines|tools)\b",
    # "on 6 of 13 sets"
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten) (?:out )?of (?:the |its |all )?"
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b",
    r"\bin (?:some|certain|many|most|several|challenging|specific|particular) "
    r"(?:\w+ ){0,2}?(?:cases|settings|scenarios|situations|instances|conditions|aspects|respects)\b",
    r"\b(?:in|by) (?:scaling|scalability)\b",
    # "on those pseudobulk-based metrics", "at K = 40"
    r"\b(?:on|in|by) (?:those|these|the \w+|certain|several|[\w-]+-based) (?:[\w-]+ ){0,2}metrics\b",
    r"\bat (?:\w+ )?[A-Za-z]\w{0,5} ?= ?\d",
    # "in scenario 5", "under low SNR", "on synthetic data"; but "on both synthetic and real data"
    r"\b(?:in|under|for) (?:the )?(?:scenarios?|settings?|simulations?) \(?\w{0,2}\d",
    r"\bunder (?:low|high|weak|strong) \w+",
    r"\bon (?:synthetic|simulated) (?:\w+ )?(?:data|data ?sets|benchmarks)\b(?! and)",
    # "With fewer than 100 labels, A beats B", "using only ten cells", "beats B with less than 1% of the data"
    r"^\s*(?:\w+, )?(?:with|given|under|at|using|from|for|after) (?:only |just )?(?:fewer|less than|as few as|"
    r"few\b(?!-)|limited|scarce|low|at most|up to|a (?:few|handful)|\d[\d.,]* ?%|\d+ (?:label|cells? per|shots?))"
    r"[^,;]*, ",
    r"\b(?:with|using|given) (?:only |just )?(?:fewer|less) than \d",
    # "outperforms most existing methods"
    r"\b(?:(?:outperform|surpass|exceed|beat)\w*|than|over|to|with) (?:the )?(?:most|many|some|(?:the|a) majority of) "
    r"(?:of )?(?:the )?(?:(?:other|existing|current|previous|published|tested) |state|baseline|method|model|approach|"
    r"tool)",
    # "outperforms almost all methods", "usually outperforms", "under that configuration it appeared to beat"
    r"\b(?:almost|nearly|virtually) (?:all|every)\b|\b(?:usually|typically|mostly)\b",
    r"\bunder (?:that|this|one|the former) (?:\w+ )?(?:configuration|setting|version|condition)\b|\bappeared to\b",
    # "many scLoom models outperform"
    r"\b(?:many|some|several) (?:of (?:the |our )?)?(?:[A-Z]|sc[A-Z])[\w-]* (?:models|variants)\b",
    r"\bin terms of\b",
    # "... is more/less of an advantage": a trade
    r"\bat the (?:cost|expense) of\b",
)
COST = whole_words(
    r"comput\w+(?:al)? (?:time|costs?|efficiency|speed|resources)", "faster", "slower", "runtime", "running time",
    r"(?:in|within) (?:\w+ )?(?:seconds|minutes|hours)", r"more (?:\w+ly )?efficient(?:ly)? than",
    "more (?:robust|scalable|stable|interpretable|flexible) than",
    "memory", "speed", "speed-?ups?", "fewer parameters", "throughput", "latency", "FLOPs",
    "data-efficient",
)  # fmt: skip
"""What a comparison may be about that is no quality."""
# "comparable power to": alike in something that is not recorded
ALIKE_IN = re.compile(r"\b(?:comparable|similar|competitive|equivalent) (?P<what>(?:[\w-]+ ){1,4}?)(?:to|with)\b")
# "recovery rates comparable to"
ALIKE_NOUN = re.compile(
    r"\b(?!(?:performance|performances|results?|quality|scores?|is|are|was|were|be|been|remains?|remained|performs?|"
    r"performed|becomes?|proved|stays?|not|both|and|or|\w+ly)\b)[\w-]+ (?:comparable|similar|equivalent) to\b"
)
# "2.2x higher disease informativeness than", "outperforms existing methods in power": better in something that is not
# recorded
MORE_OF = re.compile(
    r"\b(?:higher|greater|better|superior|improved|stronger|lower) (?P<what>(?:[\w-]+ ){1,5}?)"
    r"(?:than|over|compared|relative|versus)\b"
)
IN_WHAT = re.compile(
    r"\s+(?:in|at) (?!(?:all|most|the majority|both|every|each|our|\w+ing)\b|\d)[a-z-]+\b"
    r"(?=\s*(?:[,.;]|$|and\b|while\b|with\b))"
)
# "existing methods that do not model dropout"; but "methods that were tested"
PICKED = re.compile(
    r"\s+(?:that|which) (?!(?:we|were|are|have been|was|is)\b)(?:do |does |can |only |explicitly )?(?:not )?\w+"
)
AS_SUCH = re.compile(r"\b(?:performance|performances|results?|quality|scores?)\b", re.IGNORECASE)
# "A reached 0.8", "an accuracy of 0.8 for A", "A (0.8)": what stands between a model and its score
REACHES = re.compile(
    r"(?:\s*[\[(][^\])]*[\])])?,?\s*"
    r"(?:model |classifier |framework |network |method |alone |\w+ly |also |then |both |still )*"
    r"(?:reach|achiev|attain|obtain|yield|scor|show|exhibit|demonstrat|report|deliver|produc|record|gave|had|has|with|was|is|"
    r"gets?|got)\w*\b",
    re.IGNORECASE,
)
# "A led in zero-shot learning (F1: 0.8)"
LEADS = re.compile(r" (?:excel(?:s|led)|(?:led|leads)(?! to\b))\b[^,;()]*\([^(),;]*$")
NEXT_TO = re.compile(
    r"\s*[(:=]?\s*$|\s*(?:on|in|for) [^,;]{0,60}\b(?:was|is|reached|of)\s*$|\s+(?:was|is|of|at|and)\s*$"
)
# What leads up to the size of what a model was trained on: "pre-trained on", "a corpus of about"; not "processing"
TRAINED_ON = re.compile(
    r"\b(?:(?:pre-?)?train\w* (?:from scratch |\w+ly |[\w-]+ )?(?:on|with|using|over|across|from)|of|from|across|"
    r"over|and|(?:cover|span|compris|contain|includ|encompass|collect|curat|integrat|aggregat|assembl|compil|unif|"
    r"harmoni|learn|saw|seen|read|leverag)\w*|corpus|atlas|data ?set|has|with|[(:;,])"
    r"(?: (?:an?|the|our|its|over|about|around|approximately|nearly|almost|more than|up to|at least|some|roughly|on|"
    r"from|of))*"
    r"[ ~∼≈>(]*$",
    re.IGNORECASE,
)
TRAINED = re.compile(
    r"\b(?:pre-?)?train\w*|\b(?:cover|span|compris|contain|includ|learn|saw|seen|read)\w*", re.IGNORECASE
)


def is_doubtful(draft: Draft, content: Content) -> bool:
    """Whether the clause that a draft was read in gives a reason to look at it before it is believed."""
    text = content.text
    if draft.kind == "comparison":
        other = OTHER_VERB.search(text)
        if other and text.find(draft.comparator or "") > other.start():
            other = None  # "remains good, despite being outperformed by B on a subset": of the second verb
        # "A beats B and remains robust in hard cases": those are cases of the other verb
        of_verb = text[: other.start()] if other and other.group().startswith("and ") else text
        if LIMITED.search(of_verb) and not draft.exceptions:
            return True
        if other:
            text = text[: other.start()]  # "A beats B while reducing runtime"
        unnamed = draft.metric is None
        alike = ALIKE_IN.search(text) if draft.direction == "~" and unnamed else None
        return (
            (unnamed and draft.task is None and COST.search(text) is not None)
            or (unnamed and draft.direction == "~" and ALIKE_NOUN.search(text) is not None)
            or (alike is not None and AS_SUCH.search(alike["what"]) is None)
            or (unnamed and draft.task is None and _is_of_something(draft, text))
            or _is_of_some_of_them(draft, text)
        )
    if draft.kind == "scale_fact":
        return (
            draft.unit not in {"parameters", "tokens"}
            and _is_of_model(draft, content)
            and (TRAINED.search(text) is None or not _is_led_up_to(draft, content))
        )
    if draft.kind == "score":
        return draft.ablation is not None or draft.bound == "at_most" or not _is_reached(draft, content)
    return False


def _is_of_something(draft: Draft, text: str) -> bool:
    """Whether a comparison is about something that its draft does not hold."""
    more = MORE_OF.search(text)
    if more and AS_SUCH.search(more["what"]) is None:
        return True
    place = text.find(draft.comparator or "")
    return place >= 0 and IN_WHAT.match(text, place + len(draft.comparator or "")) is not None


def _is_of_some_of_them(draft: Draft, text: str) -> bool:
    """Whether only those of a group are meant that a relative clause picks out: "methods that do not model dropout"."""
    name = draft.comparator or ""
    place = text.find(name)
    return place >= 0 and name.endswith("s") and PICKED.match(text, place + len(name)) is not None


def _is_reached(draft: Draft, content: Content) -> bool:
    """Whether nothing but a verb of reaching, or nothing at all, parts a model from its score."""
    low = draft.low if draft.low is not None else draft.value
    numbers = [n for n in content.numbers if low is not None and min(abs(n.low - low), abs(n.low / 100 - low)) < TINY]
    for number in numbers:
        models = [m for m in content.models if m.text == draft.subject]
        if any(m.start >= number.end for m in models) and not any(m.end <= number.start for m in models):
            return True  # "0.8 for A": its reader has looked at what joins them
        if AGAINST.search(content.until(number.start)):
            continue  # the number of another condition, which no field holds
        between = [content.since(m.end)[: number.start - m.end] for m in models if m.end <= number.start]
        if between and (REACHES.match(between[-1]) or LEADS.fullmatch(between[-1]) or NEXT_TO.fullmatch(between[-1])):
            return True
    return not numbers or draft.subject is None


def _is_led_up_to(draft: Draft, content: Content) -> bool:
    """Whether what stands right before a size says that a model saw so much, or it stands before the model itself."""
    value = draft.value if draft.value is not None else draft.high
    for number in content.numbers:
        if value is not None and abs(number.value - value) < TINY:
            before = content.until(number.start)
            behind = any(m.text == draft.subject and m.start >= number.end for m in content.models)
            return behind or not before.strip() or TRAINED_ON.search(before) is not None
    return True


def _is_of_model(draft: Draft, content: Content) -> bool:
    return any(model.text == draft.subject for model in content.models)
