"""Every claim to its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from graph.evidence.assay import Assay
from graph.evidence.design import hold_to_the_design
from graph.evidence.family import adjust
from graph.evidence.numbers import Numbers
from graph.evidence.outcome import Outcome, untested
from graph.evidence.rules import comparison, effect, saturation, scale_fact, scaling, score
from graph.evidence.stated import hold_to_the_source
from graph.records import Claim, Evidence, Result, Run, SaturationPoint
from graph.vocabulary import Vocabulary, load_vocabulary
from graph.vocabulary.protocol import COUNT

Experiment = Callable[[Claim, Assay, Numbers], Outcome | None]
Reanalysis = Callable[[Claim, Numbers], Outcome | None]
_Scope = tuple[str, str | None, str | None, str | None]
"""Study, task, metric and regime: all of a claim that an assay depends on."""

EXPERIMENTS: dict[str, Experiment] = {
    "saturation": saturation.experiment,
    "comparison": comparison.experiment,
    "effect": effect.experiment,
    "scaling": scaling.experiment,
}
REANALYSES: dict[str, tuple[Reanalysis, ...]] = {
    "saturation": (saturation.reanalysis,),
    "comparison": (comparison.reanalysis,),
    "effect": (effect.reanalysis,),
    "scaling": (scaling.reanalysis,),
    "score": (score.reanalysis, score.user_scores),
    "scale_fact": (scale_fact.reanalysis,),
}
NO_RULE = "no_rule@1"


def judge(
    claims: Iterable[Claim],
    *,
    results: Iterable[Result] = (),
    points: Iterable[SaturationPoint] = (),
    runs: Iterable[Run] = (),
    vocabulary: Vocabulary | None = None,
) -> list[Evidence]:
    """Evidence on each claim: one per study and per re-analysis that bears on it, else one that says what is missing.

    Parameters
    ----------
    claims
        The claims to judge.
    results, points, runs
        All numbers of the archive: published, reproduced and of users.
    vocabulary
        Facts of the models; the shipped one by default.

    Returns
    -------
    Evidence sorted by claim and id. The same records give the same evidence, with the same ids, in whatever order they
    come. Give all claims of an archive at once: those tested on one source are corrected for each other.
    """
    claims = list(claims)
    numbers = Numbers.collect(
        results=results, points=points, runs=runs, claims=claims, vocabulary=vocabulary or load_vocabulary()
    )
    assays: dict[_Scope, tuple[Assay, ...]] = {}
    judged = [(claim, outcome) for claim in claims for outcome in outcomes(claim, numbers, assays)]
    adjust(outcome for _, outcome in judged)
    records = (outcome.evidence(claim, names=numbers.vocabulary.with_names) for claim, outcome in judged)
    return sorted(records, key=lambda evidence: (evidence.claim_id, evidence.id))


def outcomes(claim: Claim, numbers: Numbers, assays: dict[_Scope, tuple[Assay, ...]]) -> list[Outcome]:
    """All attempts to judge one claim; never empty. ``assays`` keeps what was laid out for claims of equal scope."""
    reached = list(_experiments(claim, numbers, assays))
    again = (reanalysis(claim, numbers) for reanalysis in REANALYSES.get(claim.kind, ()))
    for outcome in filter(None, again):
        outcome.family = outcome.family or numbers.sources(outcome.inputs)
        reached.append(outcome)
    for outcome in reached:
        hold_to_the_source(claim, outcome)
    if reached:
        return reached
    rule = f"{claim.kind}@1" if claim.kind in REANALYSES else NO_RULE
    return [untested(rule, numbers.vocabulary.with_names(missing(claim, numbers)))]


def _experiments(claim: Claim, numbers: Numbers, assays: dict[_Scope, tuple[Assay, ...]]) -> Iterator[Outcome]:
    if (experiment := EXPERIMENTS.get(claim.kind)) is None:
        return
    for name in numbers.studies:
        scope = (name, claim.task_id, claim.metric_id, claim.regime)
        if scope not in assays:
            assays[scope] = Assay.by_metric(name, numbers, claim)
        by_metric = assays[scope]
        if by_metric and (outcome := experiment(claim, by_metric[0], numbers)):
            others = {
                assay.metric_id: verdict for assay in by_metric[1:] if (verdict := experiment(claim, assay, numbers))
            }
            hold_to_the_design(outcome, by_metric[0], others, numbers.vocabulary)
            # stopped by a gate before a score was used: still told from another study that stopped there
            outcome.inputs = outcome.inputs or tuple(result.id for result in by_metric[0].results)
            outcome.family = f"study {name}"
            yield outcome


def missing(claim: Claim, numbers: Numbers) -> str:
    """What would be needed to judge a claim on which nothing bears."""
    if claim.kind == "qualitative":
        return "no rule judges a qualitative statement"
    if claim.kind == "scale_fact":
        if claim.metric_id != COUNT or (claim.value is None and claim.low is None):
            return "no rule judges a fact about the study's own design that is no count"
        unit = claim.unit or "no unit"
        return f"no other source prints this count ({unit}), and a count is never held against its own source"
    if claim.unit == "parameters":
        return "no study here varies the number of parameters"
    trained = {model for subject in claim.subject_ids for model in numbers.stand_ins(subject)}
    if claim.kind == "score":
        return "no second value of this model on this set, and a score is tested on the identical set and split only"
    if not trained:
        subjects = ", ".join(claim.subject_ids) or "not named"
        return f"no study here trains this objective or prints these numbers (subjects: {subjects})"
    return (
        f"no run or printed number has task {claim.task_id or 'not stated'}, regime {claim.regime or 'not stated'} "
        f"and both sides of the claim; our studies score {', '.join(numbers.scored_tasks) or 'nothing yet'}"
    )
