"""What was varied: the number of cells, the parameters, the diversity of a corpus, pre-training, labels, a part.

To add a wording of a factor, put a line under its name; what is taken away from a model is found by ``ablation``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from biorxivist.claims.extract.ablation import find_ablations
from biorxivist.claims.extract.lexicon import alternatives, phrases

__all__ = ["SCALES", "VARIED", "Factor", "find_factors"]

SCALES = frozenset({"cells", "parameters", "training cells", "compute", "data"})
"""Factors that grow: a claim about one of them is a scaling claim."""
MORE = phrases(
    "more",
    "larger",
    "bigger",
    "greater",
    "additional",
    "longer",
    "wider",
    "deeper",
    "massive",
    "increas(?:e|es|ed|ing(?:ly large)?)",
    "growing",
    "grown",
    "expand(?:ed|ing)?",
    "enlarg(?:ed|ing)",
    "doubl(?:ed|ing)",
    "scal(?:e|ed|ing)(?: up)?",
    r"(?:two|ten|\w+)fold (?:increase|growth)",
    "scale of",
    "size of",
    "amounts? of",
    "volume of",
    "quantity of",
    "number of",
)
PRETRAIN = "(?:pre-?training|training|pre-?train)"
DATA = rf"(?:{PRETRAIN} )?" + phrases(
    "data ?sets?", "corpus", "corpora", "data", "cells", "atlas(?:es)?", "examples", "samples", "cell numbers?"
)
# Words before "pre-training" that make a setting of it, and not what the clause speaks of: "after fine-tuning".
SETTING = "".join(
    f"(?<!{word} )"
    for word in (
        "without", "after", "with", "during", "before", "upon", "for", "in", "the", "any", "further", "no", "by", "and",
        "regarding", "on", "from", "to",
    )
)  # fmt: skip
# Words behind "pre-training" that make it part of another name: "pre-training data", "pre-training on more cells"
OF_PRETRAINING = (
    "(?! "
    + phrases(
        "data",
        "corpus",
        "set",
        "cells",
        "size",
        "scale",
        "objective",
        "task",
        "strateg",
        "stage",
        "cost",
        "dataset",
        "method",
        "loss",
        "diversity",
        "paradigm",
        "framework",
        "speed",
        "(?:on|with) (?:more|larger|bigger|increas|massive|divers)",
    )
    + ")"
)
FROM_TO = (
    r"\b(?:scaling|increasing|growing|going|moving)(?: up)?(?: [\w-]+){0,3}? from (?:about )?\d[^;:]{0,30}? to "
    r"(?:about )?\d[\d.,]*(?: ?(?:million|billion|thousand|[MBk]))?"
)
OF_FINETUNING = "(?! (?:data|set|task|cost|strateg|loss|paradigm|method))"
# Of two wordings that overlap in a clause, the one that stands first here counts.
FACTORS: tuple[tuple[str, re.Pattern[str]], ...] = (
    # The thing that grows by itself.
    (
        "cells",
        # "The data volume had no effect."
        alternatives(
            rf"\b(?:{PRETRAIN} )?(?:data|data ?set|corpus|cell) "
            r"(?:sizes?|volumes?|scales?|quantity|amounts?|numbers?|budget)\b"
        ),
    ),
    (
        "cells",
        alternatives(
            rf"\b{PRETRAIN} scale\b",
            rf"\bsize of (?:the )?(?:{PRETRAIN} )?(?:corpus|data ?set|data|training set)\b",
            # "neither the size nor the diversity of the corpus"
            rf"\bsize (?=(?:n?or|and) (?:the )?diversity of (?:the )?(?:{PRETRAIN} )?(?:corpus|data|training))",
        ),
    ),
    (
        "parameters",
        alternatives(
            # "Model size had no effect."
            r"\b(?:model|network|parameter|encoder) (?:sizes?|counts?|capacity|scales?|numbers?)\b",
            r"\bnumber of (?:trainable |model )?parameters\b",
            r"\bsize of the model\b",
        ),
    ),
    (
        "diversity",
        alternatives(
            # "Cell type diversity helped."
            r"\b(?:data|corpus|pre-?training|cellular|cell type|donor|species|tissue) diversity\b",
            rf"\bdiversity of (?:the )?(?:{PRETRAIN} )?(?:corpus|data|cells|training set)\b",
            # "A more diverse corpus helped."
            rf"\bmore diverse (?:{PRETRAIN} )?(?:data(?: ?sets?)?|corpus|corpora|cells|subsets?|samples?)\b",
            r"\bdiversity\b",
        ),
    ),
    (
        "training cells",
        alternatives(
            # "Accuracy rose when the training set was doubled."
            r"\btraining set (?:is |was |were )?(?:doubled|enlarged|increased|grew|grows)\b",
            r"\btraining (?:cells|set)\b",
        ),
    ),
    # "Scaling from 70 million to 3 billion parameters improved accuracy."
    ("parameters", alternatives(rf"{FROM_TO} parameters\b")),
    ("cells", alternatives(rf"{FROM_TO} (?:single )?(?:cells|profiles|transcriptomes)\b")),
    # The thing that is made to grow.
    (
        "cells",
        # "larger corpora", "more cells", "a tenfold increase of the corpus"
        alternatives(
            rf"(?<![\w-]){MORE} (?:and (?:more )?\w+ )?"
            r"(?:of |in |the |both |their |our |its |single-cell |scRNA-seq |unlabell?ed |amounts of |number of |"
            rf"\w+[- ]scale )*{DATA}\b"
        ),
    ),
    (
        "parameters",
        # "larger models"; but "more models trained on", which are several
        alternatives(
            rf"(?<![\w-]){MORE} (?:of |in |the |their |our |its |number of )*(?:model )?"
            r"(?:parameters?|models?|networks?|architectures?|capacity)\b(?! trained)"
        ),
    ),
    (
        "compute",
        # "With more compute, the loss fell."
        alternatives(
            r"\b(?:more |increasing |training |larger )compute\b", r"(?<=with )compute\b", r"\bcompute budget\b"
        ),
    ),
    (
        "cells",
        # "Accuracy rises as the corpus grows."
        alternatives(
            rf"\b(?:{PRETRAIN} )?(?:data ?sets?|corpus|corpora|data|training set|cells) (?:\w+ )?"
            r"(?:grows?|grew|increases?|is (?:scaled|enlarged|increased)|are (?:added|increased)|expands?)\b"
        ),
    ),
    (
        "parameters",
        alternatives(
            # "Accuracy rises when parameters are added", "with size"
            r"\bparameters are added\b",
            r"(?<=with )(?:more )?parameters\b",
            r"(?<=with )(?:model )?size\b",
        ),
    ),
    # "A larger Geneformer did not help."
    ("parameters", alternatives(r"\b(?:larger|bigger) (?=(?-i:[A-Z]\w*|sc[A-Z]))")),
    # "A larger and more diverse corpus": two factors, of which the second is found above.
    ("cells", alternatives(rf"\b(?:larger|bigger)(?= and more diverse {DATA}\b)")),
    # Steps, when they are what the clause speaks of.
    (
        "continued pretraining",
        # "Continued pre-training on tumours improved accuracy."
        alternatives(r"\b(?:continued|continual) pre-?training\b"),
    ),
    (
        "pre-training",
        # "Pre-training improved accuracy."
        alternatives(rf"{SETTING}\bpre-?training\b{OF_PRETRAINING}"),
    ),
    (
        "fine-tuning",
        # "Full fine-tuning improved accuracy."
        alternatives(rf"{SETTING}\b(?:parameter-efficient |continued |full )?fine-?tuning\b{OF_FINETUNING}"),
    ),
    (
        "labels",
        # "Accuracy rises with more labels."
        alternatives(
            r"\b(?:all|more|fewer|the number of|amount of|additional) "
            r"(?:labels|annotations|labell?ed (?:data|cells|examples))\b",
            r"\ball labels\b",
        ),
    ),
)


VARIED = (
    "train", "corpus", "corpora", "data", "cell", "parameter", "size", "capacity", "scal", "comput", "label", "annotat",
    "divers", "tun", "remov", "without", "ablat", "skip", "omit", "omission", "dropping", "leaving", "exclud", "disabl",
    "replac", "freez", "larger", "bigger", "atlas", "model", "network", "architectur", "complexity",
)  # fmt: skip
"""Parts of words of which a clause that says what was varied has one."""


# "with nearly identical parameter counts": what is held equal was not varied
HELD = re.compile(
    r"\b(?:identical|matched|matching|equal|same|comparable|similar|fixed|constant) "
    r"(?:trainable |model |total |the )*$|\b(?:sequencing|profiling|capturing|loading) $",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Factor:
    """What was varied, and where the sentence says so."""

    name: str
    text: str
    start: int
    end: int
    ablated: bool = False
    """Taken away, so that the sign is that of taking it away."""


def find_factors(text: str) -> list[Factor]:
    """Find what a clause says was varied, in order, without overlaps."""
    return list(_factors(text))


@lru_cache(maxsize=64)  # several readers ask about the same clause
def _factors(text: str) -> tuple[Factor, ...]:
    factors = [
        Factor(part, match.group(), match.start(), match.end(), ablated=True) for part, match in find_ablations(text)
    ]
    for name, pattern in FACTORS:
        for match in pattern.finditer(text):
            if not HELD.search(text[: match.start()]) and all(
                match.end() <= other.start or match.start() >= other.end for other in factors
            ):
                factors.append(Factor(name, match.group(), match.start(), match.end()))
    return tuple(sorted(factors, key=lambda factor: factor.start))
