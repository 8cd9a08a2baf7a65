"""What was varied: the number of cells, the parameters, the diversity of a corpus, pre-training, labels, a part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["SCALES", "Factor", "find_factors"]

SCALES = frozenset({"cells", "parameters", "training cells", "compute", "data"})
"""Factors that grow: a claim about one of them is a scaling claim."""
MORE = r"(?:more|larger|bigger|greater|additional|increas(?:e|es|ed|ing(?:ly large)?)|growing|grown|expand(?:ed|ing)?|enlarg(?:ed|ing)|doubl(?:ed|ing)|scal(?:e|ed|ing)(?: up)?|(?:two|ten|\w+)fold (?:increase|growth)|massive|scale of|size of|amounts? of|volume of|quantity of|number of|longer|wider|deeper)"
PRETRAIN = r"(?:pre-?training|training|pre-?train)"
DATA = rf"(?:{PRETRAIN} )?(?:data ?sets?|corpus|corpora|data|cells|atlas(?:es)?|examples|samples|cell numbers?)"
SETTING = r"(?<!without )(?<!after )(?<!with )(?<!during )(?<!before )(?<!upon )(?<!for )(?<!in )(?<!the )(?<!any )(?<!further )(?<!no )(?<!by )(?<!and )(?<!regarding )(?<!on )(?<!from )(?<!to )"
FACTORS: tuple[tuple[str, str], ...] = (
    # the thing that grows by itself: "data volume", "model size"
    (rf"\b(?:{PRETRAIN} )?(?:data|data ?set|corpus|sample|cell) (?:sizes?|volumes?|scales?|quantity|amounts?|numbers?|budget)\b", "cells"),
    (rf"\b{PRETRAIN} scale\b|\bsize of (?:the )?(?:{PRETRAIN} )?(?:corpus|data ?set|data|training set)\b", "cells"),
    (r"\b(?:model|network|parameter|encoder) (?:sizes?|counts?|capacity|scales?|numbers?)\b|\bnumber of (?:trainable |model )?parameters\b|\bsize of the model\b|\bmodel complexity\b", "parameters"),
    (rf"\b(?:data|corpus|pre-?training|cellular|cell type|donor|species|tissue) diversity\b|\bdiversity of (?:the )?(?:{PRETRAIN} )?(?:corpus|data|cells|training set)\b|\bmore diverse (?:{PRETRAIN} )?(?:data(?: ?sets?)?|corpus|corpora|cells|subsets?|samples?)\b|\bdiversity\b", "diversity"),
    (rf"\btraining set (?:is |was |were )?(?:doubled|enlarged|increased|grew|grows)\b|\btraining (?:cells|set)\b", "training cells"),
    # the thing that is made to grow: "larger corpora", "more cells", "tenfold increase of the corpus"
    (rf"\b{MORE} (?:and (?:more )?\w+ )?(?:of |in |the |both |their |our |its |single-cell |scRNA-seq |unlabell?ed |amounts of |number of |\w+[- ]scale )*(?:{PRETRAIN} )?{DATA}\b", "cells"),
    (rf"\b{MORE} (?:of |in |the |their |our |its |number of )*(?:model )?(?:parameters?|models?|networks?|architectures?|capacity)\b(?! trained)", "parameters"),
    (r"\b(?:more |increasing |training |larger )compute\b|\bcompute budget\b", "compute"),
    (rf"\b(?:{PRETRAIN} )?(?:data ?sets?|corpus|corpora|data|training set|cells) (?:\w+ )?(?:grows?|grew|increases?|is (?:scaled|enlarged|increased)|are (?:added|increased)|expands?)\b", "cells"),
    (r"\bparameters are added\b|(?<=with )(?:more )?parameters\b|(?<=with )(?:model )?size\b", "parameters"),
    (r"\b(?:larger|bigger) (?=(?-i:[A-Z]\w*|sc[A-Z]))", "parameters"),
    (rf"\b(?:larger|bigger)(?= and more diverse {DATA}\b)", "cells"),
    # parts and steps, when they are what the clause speaks of and not a setting ("after fine-tuning")
    (rf"{SETTING}\bpre-?training\b(?! (?:data|corpus|set|cells|size|scale|objective|task|strateg|stage|cost|dataset|method|loss|diversity|paradigm|framework|speed)| (?:on|with) (?:more|larger|bigger|increas|massive|divers))", "pre-training"),
    (rf"{SETTING}\b(?:parameter-efficient |continued |full )?fine-?tuning\b(?! (?:data|set|task|cost|strateg|loss|paradigm|method))", "fine-tuning"),
    (r"\b(?:all|more|fewer|the number of|amount of|additional) (?:labels|annotations|labell?ed (?:data|cells|examples))\b|\ball labels\b", "labels"),
)
COMPILED = tuple((re.compile(words, re.IGNORECASE), name) for words, name in FACTORS)
ABLATION = re.compile(
    r"\b(?:removing|removal of|remov(?:e|ed)|skipping|omitting|omission of|ablating|ablation of|dropping|leaving out|excluding|disabling|without|replacing|freezing)\s+(?:the |any |all |our )?(?P<part>(?:(?!(?:and|or|from|to|in|on|by|with|lowered|reduced|exhibit\w*|show\w*|perform\w*|achiev\w*|remain\w*|scor\w*|fall\w*|fell|still|also|is|was|are|were|can|may|had|did|does|led|leads|caused|decreased|hurt|improved|changed|resulted|has)\b)[\w/-]+ ?){1,4})",
    re.IGNORECASE,
)


COMPONENT = re.compile(
    r"pre-?train|fine-?tun|embedding|gene2vec|objective|loss|module|component|augmentation|attention|encoder|decoder|layer|head|"
    r"normali[sz]ation|token|positional|mask|contrastive|supervision|labels?\b|regulari[sz]|weights|backbone|graph|prior|prompt|batch|"
    r"(?-i:[a-z]*[A-Z]\w*[A-Z0-9]\w*)",
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
    found = [*_ablations(text)]
    for pattern, name in COMPILED:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start or match.start() >= other.end for other in found):
                found.append(Factor(name, match.group(), match.start(), match.end()))
    return sorted(found, key=lambda factor: factor.start)


def _ablations(text: str) -> Iterator[Factor]:
    for match in ABLATION.finditer(text):
        part = match["part"].strip()
        subject = not text[: match.start()].strip() or re.search(r"(?:,|\bthat|\bwhen|\bafter|\bby|\bof)\s*$", text[: match.start()])
        if not (COMPONENT.search(part) and (subject or match.group().lower().startswith("without"))):
            continue
        if re.match(r"(?:further|additional|task|any|fine-?tun|training|loss|sacrific|compromis|need|requir|explicit|prior|access|using|relying|train)", part, re.I):
            continue
        yield Factor(re.sub(r"^pre-?training$", "pre-training", part), match.group(), match.start(), match.end(), ablated=True)
