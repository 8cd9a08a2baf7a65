"""The numbers that may bear on a claim, indexed once, and who may stand in for whom."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from graph.evidence.interval import of_printed
from graph.evidence.outcome import RELATIVE
from graph.records import Claim, Metric, Result, Run, SaturationPoint
from graph.vocabulary import Vocabulary
from graph.vocabulary.protocol import DELTA, MIN_COVERAGE
from graph.vocabulary.scale import corpus_cells, parameters, stand_ins

SEED_SPREAD = 0.022
"""Standard deviation of a score over seeds that is assumed where none is printed: the largest that we measured (study
design, section 2)."""


@dataclass(frozen=True)
class Numbers:
    """All results, saturation points and runs of an archive, with the vocabulary.

    Runs on simulated cells, and runs that train and evaluate on one set, are left out here, once and for all:
    they never make Evidence.
    """

    studies: dict[str, tuple[Result, ...]]
    """Study -> its results, from eligible runs and their baselines."""
    runs: dict[str, Run]
    published: tuple[Result, ...]
    users: tuple[Result, ...]
    points: tuple[SaturationPoint, ...]
    vocabulary: Vocabulary
    claims: tuple[Claim, ...] = ()

    @classmethod
    def collect(
        cls,
        *,
        results: Iterable[Result],
        points: Iterable[SaturationPoint],
        runs: Iterable[Run],
        claims: Iterable[Claim] = (),
        vocabulary: Vocabulary,
    ) -> Numbers:
        """Index the records; ineligible runs and what hangs on them are dropped."""
        every = sorted(runs, key=lambda run: run.id)
        eligible = {run.id: run for run in every if not run.simulated and run.held_out}
        barred = {run.study for run in every} - {run.study for run in eligible.values()}
        studies: dict[str, list[Result]] = defaultdict(list)
        published, users = [], []
        for result in sorted(results, key=lambda result: result.id):
            if result.gene_coverage is not None and result.gene_coverage < MIN_COVERAGE:
                continue
            if result.source == "published":
                published.append(result)
            elif result.source == "user" and result.run_id is None:
                users.append(result)
            elif result.study and result.study not in barred and (result.run_id is None or result.run_id in eligible):
                studies[result.study].append(result)
        return cls(
            studies={name: tuple(members) for name, members in sorted(studies.items())},
            runs=eligible,
            published=tuple(published),
            users=tuple(users),
            points=tuple(point for point in points if point.source == "published" or (point.study or "") not in barred),
            vocabulary=vocabulary,
            claims=tuple(sorted(claims, key=lambda claim: claim.id)),
        )

    def stand_ins(self, subject_id: str) -> tuple[str, ...]:
        """Models of ours that were run and stand in for the subject (`graph.vocabulary.scale`)."""
        return stand_ins(subject_id, self._trained, self.vocabulary)

    @cached_property
    def _trained(self) -> tuple[str, ...]:
        return tuple(sorted({run.model_id for run in self.runs.values()}))

    @cached_property
    def scored_tasks(self) -> tuple[str, ...]:
        """Tasks that our studies score."""
        return tuple(sorted({result.task_id for results in self.studies.values() for result in results}))

    def same_scope(self, claim: Claim, result: Result | SaturationPoint) -> bool:
        """Whether a number is of the claim's task family, metric family and regime."""
        return (
            self.vocabulary.same_family(claim.task_id, result.task_id)
            and self.vocabulary.same_family(claim.metric_id, result.metric_id)
            and (claim.regime is None or claim.regime == result.regime)
        )

    def of_task_and_regime(self, study: str, claim: Claim) -> list[Result]:
        """Results of a study, by any metric, that are of the claim's task family and regime; in the order of ids."""
        any_metric = claim.model_copy(update={"metric_id": None})
        matching = [
            result
            for results in self._by_task_and_regime[study].values()
            if self.same_scope(any_metric, results[0])
            for result in results
        ]
        return sorted(matching, key=lambda result: result.id)

    @cached_property
    def _by_task_and_regime(self) -> dict[str, dict[tuple[str | None, str | None], list[Result]]]:
        """Study -> its results by what few of thousands differ in, so that a claim is held against one of each kind."""
        studies: dict[str, dict[tuple[str | None, str | None], list[Result]]] = {}
        for name, results in self.studies.items():
            kinds = studies.setdefault(name, {})
            for result in results:
                kinds.setdefault((result.task_id, result.regime), []).append(result)
        return studies

    def points_of(self, study: str, metric_id: str) -> Sequence[SaturationPoint]:
        """Points of a study by one metric, by all rules."""
        return self._points_by_study_and_metric.get((study, metric_id), ())

    @cached_property
    def _points_by_study_and_metric(self) -> dict[tuple[str | None, str], list[SaturationPoint]]:
        points: dict[tuple[str | None, str], list[SaturationPoint]] = defaultdict(list)
        for point in self.points:
            points[point.study, point.metric_id].append(point)
        return dict(points)

    def by_metric(self, claim: Claim, results: list[Result]) -> list[Result]:
        """The results by the very metric that the claim names, where there are any; else all of its family."""
        exact = [result for result in results if result.metric_id == claim.metric_id]
        return exact or results

    def margin(self, metric_id: str, value: float) -> float:
        """Smallest difference that counts: DELTA for scores from 0 to 1, else a fraction of the value."""
        metric = self.vocabulary.get(metric_id)
        is_score = isinstance(metric, Metric) and metric.unit == "fraction"
        return DELTA if is_score else RELATIVE * abs(value)

    def spread(self, result: Result) -> tuple[float, bool]:
        """Standard deviation of a single run of a score that is printed without one, and whether it is a printed one.

        The largest that is printed for the same model, set, metric, method and share of labels, for runs scatter more
        with few labels than with all; `SEED_SPREAD` where none is, also of a linear model: its fit depends on no seed,
        but on the labels that it is given.
        """
        known = self._printed_spreads.get(_measured_thing(result))
        return (SEED_SPREAD, False) if known is None else (known, True)

    @cached_property
    def _printed_spreads(self) -> dict[tuple[object, ...], float]:
        """Largest printed standard deviation over runs, by what was measured."""
        spreads: dict[tuple[object, ...], float] = {}
        for result in self.published:
            if result.low is None or result.high is None or not result.n or result.n < 2:
                continue
            # of_printed gives the error of the mean of n runs; a single run spreads by the square root of n more
            deviation = of_printed(result.value, result.low, result.high, result.n).error * math.sqrt(result.n)
            spreads[_measured_thing(result)] = max(spreads.get(_measured_thing(result), 0.0), deviation)
        return spreads

    def sources(self, ids: Iterable[str]) -> str:
        """Papers or users whose numbers these are, as a name of the family of tests on them."""
        origins = {self._origin[number_id] for number_id in ids if number_id in self._origin}
        return ", ".join(sorted(origins)) or "the vocabulary"

    def papers_at(self, address: str) -> frozenset[str]:
        """Papers whose claims were read at an address."""
        return self._papers.get(address, frozenset())

    def claims_on_the_same(self, claim: Claim) -> list[Claim]:
        """Claims of this kind that are about the same subjects, in the same unit and setting, this one among them."""
        return self._claims_by_subject.get(_subject_and_setting(claim), [])

    @cached_property
    def _claims_by_subject(self) -> dict[tuple[object, ...], list[Claim]]:
        by_subject: dict[tuple[object, ...], list[Claim]] = {}
        for claim in self.claims:
            by_subject.setdefault(_subject_and_setting(claim), []).append(claim)
        return by_subject

    @cached_property
    def _papers(self) -> dict[str, frozenset[str]]:
        papers: dict[str, set[str]] = defaultdict(set)
        for claim in self.claims:
            if claim.source_url:
                papers[claim.source_url].add(claim.paper_id)
        return {address: frozenset(papers) for address, papers in papers.items()}

    @cached_property
    def _origin(self) -> dict[str, str]:
        numbers: tuple[Result | SaturationPoint, ...] = (*self.published, *self.users, *self.points)
        return {number.id: number.paper_id or number.study or number.source for number in numbers}

    def is_about(self, claim_ids: Iterable[str], model_id: str) -> bool:
        """Whether the model is one of these, or a member of one of these groups."""
        return bool(set(claim_ids) & set(self.vocabulary.lineage(model_id)))

    def same_labels(self, claim: Claim, result: Result) -> bool:
        """Whether a printed score used the fraction of labels that the claim names; all of them if it names none."""
        fraction = 1.0 if result.train_fraction is None else result.train_fraction
        if claim.train_fraction is None and claim.regime == "few_shot":
            return fraction < 1
        return fraction == (1.0 if claim.train_fraction is None else claim.train_fraction)

    def corpus_cells(self, claim: Claim) -> int | None:
        """Cells of the claim's corpus, where known."""
        return corpus_cells(claim, self.vocabulary)

    def parameters(self, claim: Claim) -> int | None:
        """Parameters of the claim's largest subject, where known."""
        return parameters(claim, self.vocabulary)


def _subject_and_setting(claim: Claim) -> tuple[object, ...]:
    setting = (claim.kind, claim.unit, claim.metric_id, claim.task_id, claim.dataset_id, claim.regime, claim.ablation)
    return (*setting, frozenset(claim.subject_ids))


def best_measured(results: Iterable[Result]) -> list[Result]:
    """Of the scores that one paper prints for one setting, the one that is the mean of most runs.

    A paper may print a score twice, of ten seeds in one table and of three in another.
    """
    best: dict[tuple[object, ...], Result] = {}
    for result in results:
        setting = (result.paper_id, result.evaluation, result.regime, result.sampling, *_measured_thing(result))
        other = best.get(setting)
        if other is None or (result.n or 1, other.id) > (other.n or 1, result.id):
            best[setting] = result
    return list(best.values())


def _measured_thing(result: Result) -> tuple[object, ...]:
    fractions = (result.train_fraction, result.fraction)
    return result.model_id, result.dataset_id, result.metric_id, result.ablation, *fractions
