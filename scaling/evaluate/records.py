"""What scoring says, as records: a score, a difference from a PCA, a comparison with all of them, and everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from graph.vocabulary.protocol import DELTA, POWER
from scaling.evaluate.bootstrap import Sample
from scaling.evaluate.further import Further

__all__ = ["Classifier", "Comparison", "Difference", "Score", "Scores", "Setting", "Verdict"]

Setting = Literal["within", "across"]
Classifier = Literal["knn", "probe"]
Verdict = Literal["better", "worse", "not_distinguishable"]


@dataclass(frozen=True)
class Score:
    """One method, scored in one way."""

    method: str
    baseline: bool
    setting: Setting
    classifier: Classifier
    macro_f1: Sample
    accuracy: Sample
    classes: tuple[Sample, ...]
    """F1 of each label, in the order of ``Scores.labels``."""


@dataclass(frozen=True)
class Difference:
    """An embedding minus one PCA, by both metrics; ``level`` is that of the intervals."""

    recipe: str
    reference: float
    """Macro F1 of the PCA."""
    macro_f1: Sample
    accuracy: Sample
    level: float

    @property
    def verdict(self) -> Verdict:
        """Whether the embedding is better or worse than this PCA."""
        low, high = self.macro_f1.interval(self.level)
        if low > 0 and self.macro_f1.value >= DELTA and self.accuracy.value > 0:
            return "better"
        if high < 0 and self.macro_f1.value <= -DELTA and self.accuracy.value < 0:
            return "worse"
        return "not_distinguishable"

    @property
    def smallest(self) -> float:
        """Smallest difference of macro F1 that this set would have shown."""
        from scipy.stats import norm

        return max(DELTA, float(norm.ppf(0.5 + self.level / 2) + norm.ppf(POWER)) * self.macro_f1.error)


@dataclass(frozen=True)
class Comparison:
    """An embedding held against every PCA, the best of them first."""

    method: str
    setting: Setting
    classifier: Classifier
    differences: tuple[Difference, ...]

    @property
    def verdict(self) -> Verdict:
        """Better, or worse, than every PCA; else not distinguishable."""
        verdicts = {entry.verdict for entry in self.differences}
        return verdicts.pop() if len(verdicts) == 1 else "not_distinguishable"

    @property
    def nearest(self) -> Difference:
        """The PCA that the verdict hangs on: the worst of them for an embedding that is worse, else the best."""
        return self.differences[-1 if self.verdict == "worse" else 0]


@dataclass(frozen=True)
class Scores:
    """What a set says about embeddings."""

    name: str
    label_key: str
    batch_key: str | None
    labels: tuple[str, ...]
    cells_of_label: tuple[int, ...]
    batches: tuple[str, ...]
    cells: int
    k: int
    scores: tuple[Score, ...]
    comparisons: tuple[Comparison, ...]
    recipes: tuple[str, ...]
    """Names of the PCAs."""
    dropped: dict[str, int] = field(default_factory=dict)
    """Reason -> cells that were left out."""
    notes: tuple[str, ...] = ()
    embedding_digests: dict[str, str] = field(default_factory=dict)
    evaluation_digests: dict[Setting, str] = field(default_factory=dict)
    dataset_digest: str = ""
    genes: int = 0
    simulated: bool = False
    label_check: tuple[str, ...] = ()
    """What artificial genes say of the labels, in sentences; empty where it was not asked."""
    further: tuple[Further, ...] = ()
    """Integration, where there are batches, and perturbation response, where there are conditions."""
    further_digests: dict[str, str] = field(default_factory=dict)
    """Kind of these -> digest of the evaluation."""

    @property
    def primary(self) -> Setting:
        """The setting that decides."""
        return "across" if self.batches else "within"

    def find(self, method: str, setting: Setting, classifier: str) -> Score | None:
        """Score of a method in one setting and way, if there is one."""
        for entry in self.scores:
            if (entry.method, entry.setting, entry.classifier) == (method, setting, classifier):
                return entry
        return None
