"""Words and numbers of the study protocol: written by the scaling engine, read by the rules of evidence.

The names of rules, samplings and metrics are values in records, so what writes them and what reads them has to agree
to the letter. Numbers are those of the study design, section 4.
"""

from __future__ import annotations

from typing import Final

# thresholds

DELTA: Final = 0.02
"""Smallest difference of a score that counts, in units of the score: the margin of every equivalence test."""
HEADROOM: Final = 0.97
"""Where a PCA scores this high, by any metric, a set cannot tell models apart (a ceiling effect)."""
MIN_COVERAGE: Final = 0.5
"""Share of a model's genes that a set must have measured; below, its scores never judge a claim."""
PRINTED_THRESHOLD: Final = 0.95
"""Fraction of the best score at which the paper's rule calls a curve saturated (DenAdel et al.)."""
LEVEL: Final = 0.95
"""Level of every interval."""
POWER: Final = 0.8
"""Chance with which the smallest effect that a study is said to see would have been found."""
FULL_SCALE: Final = 0.5
"""From this fraction of the claim's corpus and model size upwards a run may reproduce or refute it."""
SPAN: Final = 100
"""A claim of a rising score that names only its largest corpus speaks of sizes down to this part of it."""

# rules of saturation points: the first decides, the others stand beside it

EQUIVALENCE: Final = "equivalence@1"
"""A size loses less than `DELTA` against the whole corpus, by a one-sided test paired over replicates."""
ANY_RUN: Final = "paper_any_run@1"
"""The published rule: any single run exceeds `PRINTED_THRESHOLD` of the best single run."""
SEED_MEAN: Final = "seed_mean@1"
"""As the published rule, of means over replicates."""
POWER_LAW: Final = "power_law@1"
"""A fitted power law lies within `DELTA` of its value at the whole corpus."""

# how a subset of the corpus is drawn

RANDOM: Final = "random"
CELLTYPE_REWEIGHTED: Final = "celltype_reweighted"
CLUSTER_REWEIGHTED: Final = "cluster_reweighted"
GEOMETRIC_SKETCHING: Final = "geometric_sketching"
DIVERSE = (CELLTYPE_REWEIGHTED, CLUSTER_REWEIGHTED, GEOMETRIC_SKETCHING)
"""Samplings that even out what a random subset has most of."""
SPIKE_IN: Final = "spike_in"
"""A random subset of which a share is replaced by cells of another source; runs name the share: ``spike_in_10``."""

# what an arm of a study changes, as its runs and scores carry it

NO_GENE_IDENTITY: Final = "no gene identity"
"""A token says the bin of a count and not of which gene it is."""
TYPE_LEFT_OUT: Final = "cell type left out of the corpus"
"""Of the subsets, and scored on cells of that type."""
COUNTS_THINNED: Final = "counts thinned to"
"""What a model sees of a cell is a share of its counts, which follows: ``counts thinned to 0.1``."""
BATCHES_OF_ONE_STUDY: Final = "batches of one study"
"""The cells of a step are of one study, where they are of all studies else."""
SAME_ABLATION: Final = {"no gene2vec": NO_GENE_IDENTITY}
"""Ablation of a claim -> the one of ours that is the same: gene2vec is all that tells scBERT's tokens apart by gene
(Boiarsky et al., section 3.4), and without it every hidden value of a cell gets one answer."""

# metrics, tasks and sets that code names (ids of the vocabulary)

ACCURACY: Final = "metric:accuracy"
MICRO_F1: Final = "metric:micro_f1"
MACRO_F1: Final = "metric:macro_f1"
COUNT: Final = "metric:count"
PRETRAINING: Final = "task:pretraining"

AVG_BIO: Final = "metric:avg_bio"
NMI: Final = "metric:nmi"
ARI: Final = "metric:ari"
ASW_LABEL: Final = "metric:asw_label"
ILISI: Final = "metric:ilisi"
GRAPH_CONNECTIVITY: Final = "metric:graph_connectivity"
ASW_BATCH: Final = "metric:asw_batch"

PEARSON_R: Final = "metric:pearson_r"
R_SQUARED: Final = "metric:r_squared"
PEARSON_DELTA: Final = "metric:pearson_delta"
CHANGE_DIRECTION: Final = "metric:change_direction"
CHANGE_RANK: Final = "metric:change_rank"
ENERGY_REMOVED: Final = "metric:energy_removed"

NO_CEILING = frozenset({PEARSON_R, R_SQUARED, ILISI, GRAPH_CONNECTIVITY, ASW_BATCH})
"""Metrics that are high also of what says nothing (no change at all, one cloud of cells): no sign of a ceiling."""
MASKED_ACCURACY: Final = "metric:masked_accuracy"
RECONSTRUCTION_R2: Final = "metric:reconstruction_r2"
WITHIN_A_SET = frozenset(
    {"task:batch_integration", "task:perturbation_prediction", "task:masked_modelling", "task:reconstruction"}
)
"""Tasks whose scores are of one set and no other one, and still enter verdicts."""

POOLED: Final = "dataset:held_out_mean"
"""Stands for the mean over the held-out studies with headroom."""
