"""Clauses that compare models: who is better, worse or as good as whom, on what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from biorxivist.claims.extract.change import LOWER_IS_BETTER
from biorxivist.claims.extract.comparison_drafts import Comparison, draft_comparison
from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.lexicon import alternatives, phrases
from biorxivist.claims.extract.mention import Mention, coordinate
from biorxivist.claims.extract.other_verb import OTHER_VERB
from biorxivist.claims.extract.predicates import ADVERBS, LESS, MORE, Predicate, find_predicates, is_intended
from biorxivist.claims.extract.refused import is_refused
from biorxivist.claims.extract.scope import ANY_METRIC
from biorxivist.claims.extract.sides import REPORTED, Sides, find_sides
from graph.records import Direction

__all__ = ["leading_scope", "read_comparisons"]

# What negates a verb that it stands before: "did not outperform", "neither A nor B beats", "no model surpasses".
NEGATION = alternatives(
    r"\b"
    + phrases(
        "not(?! (?:only|merely|just)\\b)",
        "n't",
        "never",
        "no longer",
        "ceas(?:e|es|ed|ing) to",
        "none",
        "neither",
        "nor",
        "cannot",
        "fail(?:s|ed|ing)? to",
        "unable to",
        "struggl(?:e|es|ed) to",
        "yet to",
        "rarely",
        "seldom",
        "hardly",
        # "without surpassing any baseline"; "Without fine-tuning, A beats B" denies nothing
        r"without (?:\w+ly )?(?:outperform|beat|surpass|exceed|match)\w*",
        r"no (?:(?:other|existing|tested) )?(?:model|method|classifier|approach|tool|algorithm|network|technique|"
        r"competitor|single(?!-)|foundation|deep|\w+ (?:model|method|approach))",
        "(?:by|in|on|under|at|for) no (?:measure|means|way|point|circumstances?|setting|case|task|data ?set|metric|"
        "condition)",
        "anything but",
        "far from",
        "nowhere near",
        "no (?:setting|case|task|data ?set|set|metric|condition|scenario|instance)",
        # "In no tissue did A outperform B"
        r"(?:in|on|for|under|at|across|with) no (?:[\w-]+ ){1,3}(?:did|does|do|was|were|is|are|could|can|has|have)",
    )
    + r"\b",
    r"n[’']t\b",
)
# Words before a task or a set that leads a clause: "In batch integration, A beats B"
LEADING = re.compile(
    r"\s*(?:and |but |whereas |however, |notably, |concretely, |specifically, |"
    r"in particular, )?(?:in|on|for|across|at|within|under|regarding|when)\b[^,]*"
    r"(?:, [^,]*(?:\band )?)?",
    re.IGNORECASE,
)
# "The accuracy of A was higher than that of B"
SUBJECT = re.compile(
    r"\s*(?:and |but |whereas |while )?(?:the |its |their |an? )?(?:mean |average |median )?", re.IGNORECASE
)
JUST_BEFORE = re.compile(r"\s*(?:\w+ly |also |even )*(?:is |was |were )?", re.IGNORECASE)
OF = re.compile(r"\s*(?:scores? )?(?:of|was|is|were|for|and)\b", re.IGNORECASE)
# "on cells never seen in training": said of the cells
NEVER_SEEN = re.compile(
    r"\b(?:never|not)(?: yet| been| explicitly)* (?:seen|encountered|observed|used|included|mapped|trained on)\b",
    re.IGNORECASE,
)
# "A, which needs no pre-training, performs": said aside
ASIDE = re.compile(
    r"(?:^\s*(?:which|who|whose)|,\s*(?:(?:but|and|though) not|which|who|whose|although|though|despite|with|without|"
    r"unlike|using|trained|lacking))\b[^,]*,|\((?:but|and|though) not\b[^)]*\)",
    re.IGNORECASE,
)
# "higher accuracy than A and lower ARI": of what follows the other word the opposite is said
MORE_OF = re.compile(rf"\b{MORE} (?:[\w-]+ ){{0,2}}$", re.IGNORECASE)
LESS_OF = re.compile(rf"\b{LESS} (?:[\w-]+ ){{0,2}}$", re.IGNORECASE)
GAIN = re.compile(
    r"(?:improvement|gain|advantage|superiority|lead|margin|better|higher|superior|improved|greater)", re.IGNORECASE
)
# "provides no consistent advantage over", "with little gain over"
NO_GAIN = re.compile(r"\b(?:no|little|limited|negligible|without any|lack of|lack)(?: [\w-]+){0,2} $", re.IGNORECASE)
# What negates behind a verb: "beats neither A nor B", "outperformed none of the baselines".
OUTER_NEGATION = re.compile(r"\s+(?:neither|none of|no)\b", re.IGNORECASE)
# "At no point during training was A ahead of B"
NOWHERE = re.compile(
    r"\s*(?:\w+, )?(?:at|in|on|for|under|across|by|with|during) no (?:[\w-]+ ){1,6}?"
    r"(?:did|does|do|was|were|is|are|could|can|has|have)\b",
    re.IGNORECASE,
)
# "is no worse than", "is no more accurate than"
NO = re.compile(r"\bno $", re.IGNORECASE)
# What negates from inside a wording: "is not behind", "no better than".
INNER_NEGATION = alternatives(r"\b(?:no|not(?! (?:only|merely|just)\b)|never|hardly|rarely)\b", r"n[’']t\b")
NEGATION_WITHIN = 25
"""Characters before the subject in which a negation bears on the verb: "neither", "none of the"."""
# Several subjects that are equal among themselves: "UCE and scGPT performed similarly."
ALIKE = re.compile(
    r"\b(?:perform(?:s|ed)?|are|were|is|was|achiev\w+|show\w*|remain\w*|score[sd]?|did) "
    + ADVERBS
    + phrases(
        "similar(?:ly)?",
        "comparabl[ye]",
        "equally well",
        "equivalent(?:ly)?",
        "on par",
        "closely matched",
        "indistinguishable",
        "alike",
    )
    + r"\b(?! (?:to|with|as|or|and)\b)(?: performance| results| scores)?",
    re.IGNORECASE,
)
# "Not all models beat PCA": neither that they do nor that they do not
# "any improvement over scVI can only come from": a gain that nobody reports
# "loses its advantage over scVI": nor one that is gone
NOT_ALL = re.compile(r"\bnot (?:all|every|each)\b|\b(?:any|los(?:es?|t|ing) (?:its|their|the|an|any)) $", re.IGNORECASE)
# "the claimed superiority of A over B", "to assess the superiority of A over B": nobody says that it is so
PRESUMED = re.compile(
    r"\b(?:claimed|alleged|purported|supposed|apparent|presumed|potential|possible|expected|"
    r"claim(?:s|ing)?(?: of| for)?|"
    r"(?:question|challeng|doubt|disput|test|assess|investigat|examin|evaluat|stud)\w*)(?: (?:the|their|its|any))? $",
    re.IGNORECASE,
)
GONE = re.compile(r"[^,;.]{0,60}\b(?:vanish|disappear|diminish|evaporat)(?:es|s|ed)\b", re.IGNORECASE)
# "higher than", "lower error than": words for an amount, which is good or bad by what it is an amount of
AMOUNT = re.compile(r"(?:higher|lower|greater)\b", re.IGNORECASE)
AND_AMOUNT = re.compile(
    r",? (?:and|but|with) (?:\w+ly |a )?(?:higher|lower|greater|better|smaller|fewer|less|reduced)\b", re.IGNORECASE
)
# Words of an amount: one that nobody knows ("EMD"), and those of which more is better
ACRONYM = re.compile(r"(?<![\w-])[A-Z]{2,}[\w-]*")
QUALITY = re.compile(
    r"\b(?:performances?|quality|power|agreement|concordance|purity|fidelity|consistency|overlap|similarity|mixing|"
    r"resolution|coherence|scores?)\b",
    re.IGNORECASE,
)
EXCEEDS = re.compile(r"(?:exceed|surpass)", re.IGNORECASE)
THAT_OF = re.compile(r"\s*(?:th(?:at|ose) of|[\w.-]+['’]s)\b", re.IGNORECASE)
# "The architecture is similar to that of A": alike, but in nothing that is measured
IN_DESIGN = re.compile(
    r"\b(?:architecture|design|objective|encoder|decoder|backbone|tokeni[sz]\w*|loss function|strategy|set-?up|"
    r"procedure|protocol|implementation|formulation|distribution|hyper-?parameter|pre-?processing|idea|approach)s?\b"
    r"(?: (?:of|in|for) [^,;]{1,40}?)? (?:is |are |was |were |remains? )?(?:\w+ly )?$",
    re.IGNORECASE,
)
# "Genes for which A outperformed B were enriched": said of a part that was chosen by it
OF_A_PART = re.compile(
    r"\b[a-z-]+s (?:where|(?:for|in|on|under|with|by) which)\b[^,;]*$|"
    r"\b(?<!no )(?:cases?|settings?|instances?|regimes?|scenarios?|conditions?),? "
    r"(?:that|when|where|in which|for which)\b[^,;]*$",
    re.IGNORECASE,
)
# "the joint setting, where A ...": a clause that says only in which case
WHERE = re.compile(r"\s*(?:where|when|in which|for which)\b", re.IGNORECASE)
NOUN_INSIDE = re.compile(r"[\w-]+ (?:than|over|compared|relative|versus|in)\b")
TURNED: dict[Direction, Direction] = {">": "<", "<": ">", "~": "~"}
BOTH = re.compile(r"\b(?:two|both)\b", re.IGNORECASE)


def read_comparisons(content: Content) -> Iterator[Draft]:
    """Yield a draft for each pair of sides and each task, set and metric that the clause names."""
    if not content.models:
        return
    alike = _alike(content)
    if alike is not None:
        yield from draft_comparison(alike, replace(content, numbers=()))
    if all(model.pronoun for model in content.models):
        return  # nobody to be compared with
    subject = content.subject
    objects: tuple[Mention, ...] = ()
    predicates = find_predicates(content.clause)
    for predicate in predicates:
        sides = find_sides(content, predicate, subject)
        if sides is None or NOT_ALL.search(content.until(predicate.start)):
            continue
        if _is_of_a_part(content, predicate) or _is_taken_for_granted(content, predicate):
            continue
        if is_refused(content, predicate, sides) or _is_of_unknown(content, predicate):
            continue
        if predicate.direction == "~" and IN_DESIGN.search(content.until(predicate.start)):
            continue
        if predicate.words.startswith("superiority") and PRESUMED.search(content.until(predicate.start)):
            continue
        if GAIN.match(predicate.words) and GONE.match(content.since(predicate.end)):
            continue
        if objects and sides.left[0] in objects:
            sides = Sides(subject, sides.right)  # "A beats B and matches C": the subject of both verbs is A
        subject, objects = sides.left, sides.right
        comparison = Comparison(
            sides.turned() if predicate.passive else sides,
            TURNED[predicate.direction] if _is_of_cost(content, predicate) else predicate.direction,
            negated=_is_negated(content, predicate, sides) != predicate.at_least,
            start=predicate.start,
            end=predicate.end,
        )
        own = [
            mention
            for mention in content.mentions
            if _is_of(content, predicate, predicates[0].start, mention)
            and not _is_contrary(content, predicate, mention)
        ]
        own += [m for m in content.led_by if all(m.kind != mention.kind for mention in own)]
        end = _end(content, predicate)
        numbers = (number for number in content.numbers if number.start < end)
        yield from draft_comparison(comparison, replace(content, mentions=tuple(own), numbers=tuple(numbers)))


def leading_scope(content: Content) -> tuple[Mention, ...]:
    """The sets and tasks that a clause begins with, before a comma: "For the pancreas data, A and B were alike"."""
    opened = content.text.find(",")
    return tuple(
        mention
        for mention in content.mentions
        if mention.kind in {"dataset", "task"}
        and mention.end - content.clause.start <= opened
        and LEADING.fullmatch(content.until(mention.start))
    )


def _is_of(content: Content, predicate: Predicate, first: int, mention: Mention) -> bool:
    """Whether a verb has what a mention names: what stands beside it, or leads the clause before the first verb."""
    if predicate.start < mention.end and mention.start < predicate.until:
        return mention.start < _end(content, predicate)
    if mention.start >= first:
        return False
    participle = content.until(predicate.start).endswith(", ") and predicate.words.endswith("ing")
    before = content.until(mention.start)
    reported = REPORTED.search(content.until(predicate.start)[mention.end - content.clause.start :])
    if reported and mention.kind != "model" and LEADING.fullmatch(before) is None:
        return False  # "evaluations through A and B show that": how it was looked at, not where it holds
    if mention.kind == "regime" and participle and OTHER_VERB.search(before):
        return False  # "reaches 0.9 and generalizes zero-shot to B, outperforming C"
    if mention.kind in {"model", "regime"} or participle:
        return True  # "A reached 0.9 accuracy on B, surpassing C": by the same metric, on the same set
    if mention.kind == "metric" and JUST_BEFORE.fullmatch(
        content.until(predicate.start)[mention.end - content.clause.start :]
    ):
        return True  # "the accuracy of A", "A's accuracy exceeded"
    if mention.kind == "metric":
        return SUBJECT.fullmatch(before) is not None and OF.match(content.since(mention.end)) is not None
    said = max((match.end() for match in REPORTED.finditer(before)), default=0)
    return LEADING.fullmatch(before[said:]) is not None  # "We found that on B, A outperformed C"


def _is_contrary(content: Content, predicate: Predicate, mention: Mention) -> bool:
    """Whether the opposite of what a verb says is said of a metric: "lower ARI" behind "higher accuracy than"."""
    other = {">": LESS_OF, "<": MORE_OF}.get(predicate.direction)
    if mention.kind != "metric" or other is None or predicate.at_least:
        return False
    return other.search(content.until(mention.start)) is not None


def _end(content: Content, predicate: Predicate) -> int:
    """Where another verb of the same subject begins, or the clause ends."""
    other = OTHER_VERB.search(content.since(predicate.end))
    return predicate.end + other.start() if other else content.clause.end


def _is_of_a_part(content: Content, predicate: Predicate) -> bool:
    """Whether a verb says only in which cases something is so: "settings where A beats B"."""
    said = content.until(predicate.start)
    if content.before is not None and WHERE.match(said):
        said = f"{content.before.text.rstrip(' ,')} {said.lstrip()}"
    return OF_A_PART.search(said) is not None


def _is_taken_for_granted(content: Content, predicate: Predicate) -> bool:
    """Whether what is denied is not the gain but what was said of it: "did not explain the advantage of A over B"."""
    before = content.until(predicate.start)
    nominal = GAIN.match(predicate.words) is not None and " of " in predicate.words
    return nominal and NEGATION.search(before) is not None and not NO_GAIN.search(before)


def _is_negated(content: Content, predicate: Predicate, sides: Sides) -> bool:
    start = content.clause.start
    subjects = [mention.start for mention in sides.left if start <= mention.start < predicate.start]
    subject = min(subjects, default=predicate.start)
    # "genes that were not seen, a linear model performed": what stands before a comma is said of something else
    ahead = content.until(subject)[-NEGATION_WITHIN:].rpartition(",")[2] if subjects else content.until(subject)
    before = ahead + content.since(subject)[: predicate.start - subject]
    if predicate.words.split()[0].endswith("ing") and before.rstrip().endswith(","):
        before = ""  # "which it was not trained on, outperforming"
    before = ASIDE.sub(" ", NEVER_SEEN.sub("", before))
    behind = content.since(predicate.end)
    return bool(
        NEGATION.search(before)
        or (predicate.direction != "~" and NO.search(before))
        or NOWHERE.match(content.until(predicate.start))
        or (GAIN.match(predicate.words) and NO_GAIN.search(content.since(subject)[: predicate.start - subject]))
        or INNER_NEGATION.search(predicate.words)
        or OUTER_NEGATION.match(behind)
    )


def _is_of_cost(content: Content, predicate: Predicate) -> bool:
    """Whether less is better of what is compared: "lower error than", "the loss of A was higher than that of B"."""
    amount = AMOUNT.match(predicate.words)
    if amount is None:
        return _is_of_error(content, predicate)
    if amount.end() < len(predicate.words) and NOUN_INSIDE.search(predicate.words[amount.end() :]):
        first = AND_AMOUNT.split(predicate.words)[0]  # "higher correlation and lower error than": what is higher
        return LOWER_IS_BETTER.search(first) is not None
    before = _measured_before(content, predicate)
    said = before[-1].text if before else content.until(predicate.start)
    return LOWER_IS_BETTER.search(said) is not None


def _measured_before(content: Content, predicate: Predicate) -> list[Mention]:
    """The metrics that a clause names before a verb, those left out that say only that something is a score."""
    return [m for m in content.mentions if m.kind == "metric" and m.id != ANY_METRIC and m.end <= predicate.start]


def _is_of_unknown(content: Content, predicate: Predicate) -> bool:
    """Whether nobody can tell whether more is better of what is compared: "an EMD 20% lower than"."""
    amount = AMOUNT.match(predicate.words)
    if amount is None or _is_of_cost(content, predicate):
        return False
    inside = NOUN_INSIDE.search(predicate.words[amount.end() :]) is not None
    said = predicate.words[amount.end() :] if inside else content.until(predicate.start)
    start = predicate.start + amount.end() if inside else content.clause.start
    if any(m.kind == "metric" and start <= m.start < start + len(said) for m in content.mentions):
        return _measured_before(content, predicate) == [] and not inside and ACRONYM.search(said) is not None
    if any(m.kind == "metric" and m.id != ANY_METRIC and m.start >= predicate.end for m in content.mentions):
        return False  # "was lower than A in accuracy"
    named = [m.text for m in content.models if not m.guessed]
    unknown = [word for word in ACRONYM.findall(said) if not any(word in name for name in named)]
    return bool(unknown) or (amount.group().lower() == "lower" and QUALITY.search(said) is None)


def _is_of_error(content: Content, predicate: Predicate) -> bool:
    """Whether it is an error that is said to be larger: "the MSE of A exceeds that of B"."""
    if EXCEEDS.match(predicate.words) is None:
        return False
    before = [m for m in content.mentions if m.kind == "metric" and m.end <= predicate.start]
    return bool(
        before
        and SUBJECT.fullmatch(content.until(before[0].start))
        and LOWER_IS_BETTER.search(before[0].text)
        and THAT_OF.match(content.since(predicate.end))
    )


def _alike(content: Content) -> Comparison | None:
    """Compare the first of several subjects with each of the others: "A and B performed similarly"."""
    match = ALIKE.search(content.text)
    if match is None or is_intended(content.clause, match):
        return None
    start = content.clause.start
    before = [model for model in content.models if model.end <= start + match.start() and not model.guessed]
    groups = coordinate(content.text, before, offset=start)
    group = groups[-1] if groups else []
    if len(group) == 1 and group[0].pronoun and BOTH.search(group[0].text) and len(content.named_before) == 2:
        group = list(content.named_before)  # "the two methods" of the clause before
    named = tuple(mention for mention in group if not mention.pronoun)
    if len(named) < 2:
        return None
    negated = NEGATION.search(content.text[: match.end()]) is not None
    return Comparison(
        Sides(named[:1], named[1:]), "~", negated=negated, start=start + match.start(), end=start + match.end()
    )
