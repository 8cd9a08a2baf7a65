"""What a sentence names: models and groups of models, data sets, tasks, metrics, regimes, and what was varied.

Names of the vocabulary are found as they are. Beside them stand the field's ways of speaking of several models at once
("simpler methods", "existing foundation models"), names that look like those of a model and that nobody has entered
yet (CellFoo, scBar-2), abbreviations that a paper introduces itself, and pronouns, which name nothing by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from graph.vocabulary import Vocabulary

__all__ = ["Kind", "Mention", "coordinate", "find_mentions"]

Kind = Literal["model", "dataset", "task", "metric", "regime", "factor"]

ADJECTIVES = """
existing, current, plain, naive, currently available, previous, prior, earlier, recent, other, all other, many other, several, various,
many, most, some, best, best existing, individual, simple, simpler, simplest, basic, linear, non-linear, nonlinear, sparse, shallow, deep,
deep learning, deep learning-based, deep generative, machine learning, ml, ai, classical, traditional, conventional,
standard, established, specialized, specialised, specialist, task-specific, purpose-built, foundation, pre-trained,
pretrained, fine-tuned, finetuned, single cell, transcriptomics, transcriptomic, scrna-seq, cell, large, larger, largest,
small, smaller, bigger, big, state of the art, sota, leading, top-performing, best-performing, competing, alternative,
comparable, baseline, transformer, transformer-based, language, large language, self-supervised, supervised,
unsupervised, semi-supervised, generative, masked, contrastive, statistical, untrained, random, randomly initialized,
graph, graph-based, generic, general, general-purpose, domain-specific, biological, bulk, protein, gene, genomic, encoder,
encoder-only, decoder-only, autoregressive, published, proposed, tested, evaluated, benchmarked, dedicated, variational,
neural, multimodal, multi-omics, cross-species, perturbation, tree-based, kernel, original, complex, more complex,
sophisticated, modern, advanced, text, text-based, llm-based, fm-based, lightweight, compact, rank-based, value-based
"""
HEADS = (
    r"(?:foundation models?|language models?|models?|methods?|approach(?:es)?|baselines?|classifiers?|tools?|"
    r"algorithms?|techniques?|architectures?|encoders?|embeddings?|representations?|autoencoders?|transformers?|"
    r"augmentations?|maskings?|objectives?|regressors?|regressions?|networks?|pipelines?|frameworks?|strategies|counterparts?|alternatives|competitors|"
    r"backbones?|works?|ones|FMs?|scFMs?|TFMs?|LLMs?|scLLMs?|VAEs?)"
)
_ADJECTIVE = "|".join(
    re.escape(words.strip()).replace(r"\ ", "[ -]")
    for words in sorted(ADJECTIVES.replace("\n", " ").split(","), key=len, reverse=True)
)
GROUP = re.compile(rf"(?<![\w-])(?<!gene )(?<!regulatory )(?<!interaction )(?<!co-expression )(?:(?:{_ADJECTIVE})(?:,? (?:and |or )?|-))*{HEADS}(?![\w-])", re.IGNORECASE)
FIXED_GROUPS = re.compile(
    r"(?<![\w-])(?:L1-regularized logistic regression|(?:simple )?(?:linear|ridge|lasso) regression|random forests?|"
    r"support vector machines?|majority vot(?:e|ing)|(?:highly |most )?variable genes?|HVGs?|"
    r"(?:train(?:ing)?|per-gene) mean|mean baseline|additive (?:model|baseline|sum)|no-change baseline|"
    r"k?-?nearest[ -]neighbou?rs?(?: classifiers?)?|state[ -]of[ -]the[ -]art|SOTA|expert curation|"
    r"(?:all |the )?others(?! (?:have|has|show|report|claim|argue))|random (?:initiali[sz]ation|weights)|training from scratch|spike-ins?|"
    r"re-?weighting|(?:random|uniform) (?:sub-?)?sampling|geometric sketching|downsampling)(?![\w-])",
    re.IGNORECASE,
)
BARE_HEAD = re.compile(r"(?:augmentations?|maskings?|objectives?|encoders?|counterparts?|ones|works?|tools?|representations?|embeddings?|networks?|strategies|frameworks?|pipelines?|"
                       r"approach(?:es)?|techniques?|architectures?|models?|methods?|algorithms?|regressions?)", re.I)  # fmt: skip
PRONOUN = re.compile(
    r"(?<![\w-])(?:it|they|we|both(?: (?:models|methods|approaches))?|neither(?: (?:model|method|one))?|none(?: of (?:them|these|the (?:models|methods)))?|"
    r"(?:our|this|these|that|the|such|the proposed|the resulting|our proposed|the two|each|either|no|any|the same) (?:model|method|approach|framework|models|"
    r"methods|approaches|architecture|embedding|embeddings|representation|representations)|the (?:latter|former)|ours|our results?|the authors)(?![\w-])",
    re.IGNORECASE,
)
METRICS = re.compile(
    r"(?<![\w-])(?:(?:macro|micro|weighted|mean|median|balanced|overall|average)[ -])?(?:F1(?:[ -]scores?)?|accurac(?:y|ies)|precision|recall|"
    r"AUROCs?|AUPRCs?|AUCs?|AvgBIO|AvgBatch|ARI|NMI|ASW|iLISI|cLISI|LISI|kBET|MSE|RMSE|MAE|R2|R\^2|perplexity|"
    r"Pearson(?: correlation)?(?: coefficient)?(?: delta)?|Spearman(?: correlation)?|correlation|(?:train(?:ing)?|held-out|validation|test|masked|reconstruction)? ?loss(?:es)?|"
    r"silhouette(?: score)?s?|reconstruction error|inference (?:time|speed)|speed|runtime|throughput|memory(?: usage)?|mutual information|"
    r"robustness|generali[sz]ation|interpretability|efficiency|scalability)(?![\w-])",
    re.IGNORECASE,
)
TASK_HEADS = (
    r"(?:annotations?|classification|identification|predictions?|correction|integration|inference|clustering|imputation|"
    r"denoising|enhancement|generation|retrieval|deconvolution|mapping|reconstruction|transfer|discovery|detection|"
    r"capturing|modeling|modelling|analysis|discrimination|estimation|typing|recognition|tasks?)"
)
TASKS = re.compile(
    rf"(?<![\w-])(?:(?!(?:improv\w+|enhanc\w+|boost\w*|outperform\w*|achiev\w+|perform\w*|including|such|further|significantly|enabl\w+|zero-shot|few-shot|higher|lower|better|faster|times|more|although|when|while|but|than|if|in|on|for|and|or|of|the|a|an|with|across|to|by|that|which|is|are|as|from|at|its?|their|our)\b)(?!\d)[\w/-]+ ){{1,4}}{TASK_HEADS}(?![\w-])",
    re.IGNORECASE,
)
GENERIC_TASK = re.compile(
    r"(?:(?:diverse|downstream|various|multiple|several|these|many|all|other|different|challenging|standard|common|key|"
    r"single-cell|biological|analysis|data|evaluation|benchmark|fine-?tuning|prediction|relevant|transfer|such|two|three|"
    r"four|five|six|seven|eight|nine|ten|most|both|gene|level|cell|this|that|certain|some|given|new|each|every|particular|specific|predictive) ?)+(?:tasks?|analysis)",
    re.IGNORECASE,
)
SETS = re.compile(r"(?<=on )(?-i:PBMCs?(?: ?\d+k)?|Zheng68K|Tabula \w+|[A-Z][a-z]+ \d{4})(?![\w-])", re.IGNORECASE)
DATASETS = re.compile(
    r"(?:(?<=on )|(?<=for )|(?<=in ))(?:the |an? )?(?P<name>(?:(?!(?:the|and|or|of|on|in|for|with|a|an|all|both|any|some|most|many|several|our|"
    r"these|those|each|every|\w*ing|external|unseen|held-out|independent|same|test|full|small|large|larger|diverse|"
    r"multiple|two|three|four|five|six|seven|eight|nine|ten|\d+|real|public|new|other|different|downstream|benchmark|"
    r"another|observational|single-cell|scRNA-seq|unlabeled|labelled|labeled)\b)[\w/-]+ ){1,3})(?:data ?sets?|data|sets?|(?P<atlas>atlas)|benchmarks?|corpus)\b",
    re.IGNORECASE,
)
REGIMES: tuple[tuple[str, str], ...] = (
    (r"zero[ -]shot|without (?:any )?(?:further |additional |task-specific )?(?:fine-?tuning|training)", "zero_shot"),
    (r"few[ -]shot|low[ -](?:data|supervision|label)|limited (?:labels|labell?ed data)|few labels", "few_shot"),
    (r"from scratch|trained from random|random(?:ly)? initiali[sz]", "from_scratch"),
    (r"(?:after|upon|when|full|by|with|following) fine-?tun|fine-?tuned|fine-?tuning", "fine_tuned"),
)
NAMELIKE = re.compile(
    r"(?<![\w.@/-])(?:sc[A-Z][\w]*(?:-[\w.]+)*|[A-Z][a-z]+[A-Z][\w]*(?:-[\w.]+)*|[A-Z]{2,}[a-z]+[\w]*(?:-[\w.]+)*|"
    r"[a-z]{1,2}[A-Z][a-z]+[A-Z]\w*|[A-Z][\w]*former(?:-?V?\d[\w.]*)?|[A-Z]{2,}-?\d[\w.-]*|[A-Z][a-z]+\d[A-Z]\w*|[A-Za-z]+GPT\w*|[A-Za-z]*BERT\w*)(?![\w])"
)
ACRONYM = re.compile(r"(?<![\w.@/-])[A-Z]{3,9}(?:-[A-Z\d]+)*(?![\w-])")
HANGS_ON = re.compile(r"\b(?:in|on|of|for|at|from|to|within|by|the|an?|and|or)\s+$", re.IGNORECASE)
NOT_MODELS = frozenset("""
RNA DNA mRNA scRNA scRNA-seq snRNA-seq RNA-seq CRISPR GPU GPUs CPU AI ML LLM LLMs FM FMs scFM scFMs TFM TFMs SOTA API PCR GRN GRNs PPI QC
HVG HVGs NLP CLS NCBI CELLxGENE CZI CZ DOI PBMC PBMCs AML COVID SARS COVID-19 SARS-CoV-2 CD4 CD8 TCGA GEO UMAP UMI UMIs HIV ATAC ADT MHC TCR BCR
DEG DEGs AUROC AUPRC AUC ARI NMI ASW MSE RMSE MAE LISI iLISI kBET GTEx ENCODE KEGG GitHub PyTorch HuggingFace USA
OOD IID LoRA CITE-seq Perturb-seq Drop-seq Smart-seq MERFISH IQR SEM CI IC50 bioRxiv arXiv medRxiv ICML ICLR NeurIPS Python
""".split())


@dataclass(frozen=True)
class Mention:
    """Words of a sentence that name something of this field."""

    kind: Kind
    text: str
    start: int
    end: int
    id: str | None = None
    """Vocabulary id; none for a group, an unknown name or a pronoun."""
    pronoun: bool = False
    """Names something that stands elsewhere."""
    group: bool = False
    guessed: bool = False
    """An acronym that nobody has entered: a model only beside a verb that compares."""


@lru_cache(maxsize=8)
def _vocabulary_patterns(vocabulary: Vocabulary) -> tuple[tuple[Kind, re.Pattern[str], Mapping[str, str]], ...]:
    """One pattern per kind: all names, longest first; short ones (three letters) as they are written."""
    patterns: list[tuple[Kind, re.Pattern[str], Mapping[str, str]]] = []
    for kind in ("model", "dataset", "task", "metric"):
        names: dict[str, str] = {}
        for entry in vocabulary:
            if type(entry).__name__.lower() == kind:
                for name in (entry.name, *entry.aliases):
                    names.setdefault(name, entry.id)
        alternatives = [
            re.escape(name) if len(name) <= 3 else f"(?i:{re.escape(name)})"
            for name in sorted(names, key=len, reverse=True)
        ]
        if alternatives:
            # A plural s belongs to the name, a hyphen or a letter does not: scGPT is not named by scGPT-v2.
            pattern = re.compile(rf"(?<![\w-])(?P<name>{'|'.join(alternatives)})(?:s\b)?(?!\w|-\w|\.\d)")
            patterns.append((kind, pattern, {name.casefold(): entry_id for name, entry_id in names.items()}))  # type: ignore[arg-type]
    return tuple(patterns)


def find_mentions(text: str, vocabulary: Vocabulary, own: Mapping[str, str] | None = None) -> list[Mention]:
    """Find what a sentence names, in order, without overlaps.

    Parameters
    ----------
    own
        Abbreviations that the paper introduces itself: short form -> long form.
    """
    found = [*_known(text, vocabulary), *_phrases(text), *_own(text, own or {})]
    # The longest mention at a place wins; known names win over phrases of the same length.
    found.sort(key=lambda m: (m.start, -(m.end - m.start), m.id is None))
    distinct: list[Mention] = []
    for mention in sorted(found, key=lambda m: (-(m.end - m.start), m.id is None, m.start)):
        if all(mention.end <= other.start or mention.start >= other.end for other in distinct):
            distinct.append(mention)
    ordered = sorted(distinct, key=lambda m: m.start)
    return [m for place, m in enumerate(ordered) if not (place and _is_apposition(text, ordered[place - 1], m))]


def _is_apposition(text: str, named: Mention, mention: Mention) -> bool:
    """Whether a mention only says what the one before it is: "scPRINT, a large transformer model", "scVI baseline"."""
    return (
        named.kind == mention.kind == "model"
        and mention.group
        and not mention.text.endswith("s")
        and re.fullmatch(r" |(?: \([^)]*\))?,? (?:an?|the|our) (?:[\w-]+ ){0,3}", text[named.end : mention.start]) is not None
    )


def _known(text: str, vocabulary: Vocabulary) -> Iterator[Mention]:
    for kind, pattern, ids in _vocabulary_patterns(vocabulary):
        for match in pattern.finditer(text):
            name = match["name"]
            entry = ids.get(name.casefold())
            yield Mention(kind, name, match.start("name"), match.end("name"), entry, group=_is_group(vocabulary, entry))


def _is_group(vocabulary: Vocabulary, entry_id: str | None) -> bool:
    return getattr(vocabulary.get(entry_id), "role", "") == "group" if entry_id else False


def _phrases(text: str) -> Iterator[Mention]:
    for match in PRONOUN.finditer(text):
        yield Mention("model", match.group(), match.start(), match.end(), pronoun=True)
    for pattern in (FIXED_GROUPS, GROUP):
        for match in pattern.finditer(text):
            words = match.group()
            if pattern is GROUP and BARE_HEAD.fullmatch(words) and not _counted(text, match.start()):
                continue
            if re.fullmatch(r"untrained (?:baselines?|models?|networks?)", words, re.IGNORECASE):
                words = words[: len("untrained")]  # what it is compared with is a state, not a baseline of some kind
            yield Mention("model", words, match.start(), match.start() + len(words), group=True)
    for match in METRICS.finditer(text):
        yield Mention("metric", match.group().strip(), match.start() + len(match.group()) - len(match.group().lstrip()),
                      match.end())  # fmt: skip
    for match in TASKS.finditer(text):
        if GENERIC_TASK.fullmatch(match.group()):
            continue
        yield Mention("task", match.group(), match.start(), match.end())
    for match in DATASETS.finditer(text):
        name = text[match.start("name") : match.end("atlas")] if match["atlas"] else match["name"].strip()
        yield Mention("dataset", name, match.start("name"), match.start("name") + len(name))
    for match in SETS.finditer(text):
        yield Mention("dataset", match.group(), match.start(), match.end())
    for words, regime in REGIMES:
        for match in re.finditer(words, text, re.IGNORECASE):
            yield Mention("regime", regime, match.start(), match.end())
    for match in NAMELIKE.finditer(text):
        name = match.group().rstrip(".-")
        if name not in NOT_MODELS and not name.isdigit():
            yield Mention("model", name, match.start(), match.start() + len(name))
    for match in ACRONYM.finditer(text):
        if match.group() not in NOT_MODELS and not HANGS_ON.search(text[: match.start()]):
            yield Mention("model", match.group(), match.start(), match.end(), guessed=True)


def _counted(text: str, start: int) -> bool:
    """Whether a bare head ("models") stands for a group: after "all", "all but one", a number of them."""
    return bool(re.search(r"\b(?:all|most|many|some|several|other|no) $|\b(?:all|no) \w+ $", text[:start], re.IGNORECASE))


def _own(text: str, own: Mapping[str, str]) -> Iterator[Mention]:
    for short, long in own.items():
        for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text):
            yield replace(Mention("model", short, match.start(), match.end()), group=True, text=long)


JOINT = re.compile(r"(?:\s|,|;|/|&|\(|\)|and|or|nor|as well as|the|both|either|neither|in|on|for|a|an|also|to a lesser extent)*", re.I)


def coordinate(text: str, mentions: list[Mention]) -> list[list[Mention]]:
    """Group neighbouring mentions of one kind that only commas and "and" stand between."""
    groups: list[list[Mention]] = []
    for mention in mentions:
        last = groups[-1][-1] if groups else None
        if last is not None and last.kind == mention.kind and JOINT.fullmatch(text[last.end : mention.start]):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups
