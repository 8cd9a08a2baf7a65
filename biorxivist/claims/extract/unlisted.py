"""Names that look like that of a model and that nobody has entered yet: CellFoo, scBar-2, MIRA.

A name is known by its shape ("CellFoo"), or by what the sentence says of it: "we introduce Lumos", "Lumos, a
transformer". A bare acronym, and a plain word before a verb that only a method can have, are guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from biorxivist.claims.extract.lexicon import holds_any, listed, phrases, plain
from biorxivist.claims.extract.mention import Mention

__all__ = ["NAMELIKE", "NOT_MODELS", "find_unlisted", "presented_names"]

NOT_MODELS = frozenset(listed("not_models"))
SUFFIXES = r"(?:-[\w.]+)*"
"""Further parts of a name: "-V2", "-12L-33M"."""
SHAPES = (
    rf"sc[A-Z][\w]*(?: [2-9]\.0\b)?{SUFFIXES}",  # scFoo, scFoo-2, scFoo 2.0
    rf"[A-Z][a-z]+[A-Z][\w]*{SUFFIXES}",  # CellFoo
    rf"[A-Z]{{2,}}[a-z]+[\w]*{SUFFIXES}",  # GEARSx
    r"[a-z]{1,2}[A-Z][a-z]+[A-Z]\w*",  # xTrimoGene
    r"[A-Z][A-Za-z]{2,}\+",  # SCENIC+
    r"[a-z]{2,12}VI(?:-\w+)*",  # sysVI
    r"(?!lnc|circ)[a-z]{3,8}[A-Z]{2,5}(?<!RNA)(?<!DNA)(?![\w-])",  # chemCPA
    r"[A-Z][\w]*former(?:-?V?\d[\w.]*)?",  # Fooformer-V2
    r"[A-Z]{2,}-?\d[\w.-]*",  # ESM2, ESM-2
    r"[A-Z]{2,}-[A-Z]{2,}\d+",  # SC-MAMBA2
    r"[a-z]{1,2}[A-Z]{2,}-[A-Z]{2,}s?",  # pLM-FOOs
    r"[A-Z][a-z]+\d[A-Z]\w*",  # Cell2Sentence
    r"[A-Z][a-z]{2,}-(?:XS|S|M|L|XL|XXL|Base|Large|Small|Tiny|\d+(?:\.\d+)?[BM])\b",  # Lumos-L, Lumos-1B
    r"[A-Za-z]+GPT\w*",
    r"[A-Za-z]*BERT\w*",
)
NAMELIKE = re.compile(rf"(?<![\w.@/}}-])(?:{'|'.join(SHAPES)})(?![\w+])")
SHAPED = re.compile(r"[a-z\d][A-Z]|[A-Z]{2}|\+|former|[A-Z][a-z]{2,}-[a-zA-Z\d]")
"""What a text holds that holds such a shape or an acronym: a quick look before slow patterns."""
ACRONYM = re.compile(
    r"(?<![\w.@/}-])(?:[A-Z]{3,9}(?:-[A-Z\d]+)*|[A-Z]{2}-[A-Z]{2,6}|"
    # FL-Sailer
    r"[A-Z]{2,9}-(?!Seq)[A-Z][a-z]{2,}\w*|"
    # CLM-access; but "ATAC-seq", "LLM-based"
    r"[A-Z]{2,9}-(?!seq|\w+(?:ed|ing|ic|al|ive|ous|ary)\b|" + phrases(
        "like", "aware", "free", "specific", "level", "wide", "type", "style", "scale", "independent", "agnostic", "to",
        "and", "only", "positive", "negative", "high", "low", "cell", "cells", "data", "model", "models",
    ) + r"\b)[a-z]{3,}|[A-Z][a-z]{2,}-[a-z]?\d[\w.]*|"
    # Virchow2
    r"[A-Z][a-z]{3,}\d)(?![\w+-]|\.\d)"
)  # fmt: skip
# "on the benchmarks Kvasir and GastroVision", "three data sets (HECKTOR, H&N1)", "experiments on CheXpert"
AMONG_SETS = re.compile(
    r"(?:\b(?:data ?sets?|benchmarks?|cohorts?|corpora|databases?)(?: of|:)? \(?|"
    r"\b(?:experiment|evaluat|validat|test|result)\w* (?:\w+ )?on (?:the )?)"
    r"(?:(?:[A-Z][\w&-]*|and),? )*$"
)
# "MAGIC and SAVER were found to outperform"
JOINED = re.compile(r"(?:^|\bthat )(?:both )?(?:[A-Z][\w-]*[A-Z\d][\w-]*, )*[A-Z][\w-]*[A-Z\d][\w-]*,? and $")
# "achieves 40.5% on CIFAR-10", "by fine-tuning on ClinVar": what something is scored or tuned on
SCORED_ON = re.compile(
    r"(?:\d ?\\?%?|\b(?:fine-?tun|train)(?:ed|ing)) on (?:the )?(?:(?-i:[A-Z][\w-]*),? (?:and )?)*$", re.IGNORECASE
)
HANGS_ON = re.compile(r"\b(?:in|on|of|for|at|from|to|within|by|the|an?|and|or)\s+$", re.IGNORECASE)
"""Words that an acronym of something other than a model mostly follows: "in AML", "the GRN"."""
WHAT = phrases(
    "models?", "transformers?", "frameworks?", "methods?", "architectures?", "auto-?encoders?", "networks?", "approach",
    "encoders?", "tools?", "algorithms?", "pipelines?", "VAE", "LLM", "baselines?", "simulator", "embeddings?",
)  # fmt: skip
PLAIN_NAME = r"(?P<name>[A-Z][\w-]*[a-z\d][\w-]*)"
# "we introduce Lumos, ...", "a model called Lumos (...)"
INTRODUCED = re.compile(
    r"\b(?:introduc|present|propos|develop|describ|releas|call|nam|term|dubb|pre-?train)(?:e|es|ed|ing|s)?\s+"
    rf"{PLAIN_NAME}(?=\s*(?:[,(:.;]|$|as\b|which\b))"
)
# "Lumos, a 1.5-billion-parameter transformer"
APPOSED = re.compile(
    rf"(?<![\w.@/-]){PLAIN_NAME}(?: \([^()]*\))?,? "
    rf"(?:(?:is )?an?|is (?:the|our) (?:first|largest|only)) (?:[\w.,-]+ ){{0,7}}?{WHAT}\b"
)
# "Pretrained on 32 million cells of 18 tissues, Lumos learns"
LED_TO = re.compile(
    r"^(?:pre-?trained|trained|built|spanning|covering|comprising|leveraging|despite|with (?:only|just))\b"
    r"[^;:]{5,160}?, "
    r"(?P<name>(?-i:[A-Z])[\w-]*[A-Za-z\d][\w-]*)(?= (?:\w+ly )?(?!is\b|was\b|has\b)[a-z]+s\b)",
    re.IGNORECASE,
)
# "Lumos attains an ARI of 0.8"
SCORING = re.compile(
    rf"(?:(?<=[a-z,] )|^){PLAIN_NAME}(?<![^u]s) (?:attain|achieve|reach|obtain)(?:e?s|e?d) "
    r"(?:an? |the )?(?:[\w-]+ ){1,4}of (?:about |over )?[01]?\.\d"
)
# "HEIST is pre-trained on 22 million cells"
TRAINED = re.compile(
    r"(?<![\w.@/-])(?P<name>[A-Z][\w-]{2,})(?: \([^()]*\))?,? (?:is |was |were )?(?:a \w+ )?"
    r"(?:pre-?trained|trained) (?:from scratch |exclusively |only )?(?:on|with|using|over)\b"
)
# "... that Lumos consistently outperforms"
ACTING = re.compile(
    rf"(?:(?<=[a-z,] )|^){PLAIN_NAME}(?: \[[\d, ]+\])? (?:\w+ly |also |even )*"
    + phrases(
        "outperforms", "surpasses", "achieves", "exceeds", "beats", "underperforms", "outperformed", "surpassed",
        "achieved", "underperformed", "rivals",
        # "Lumos shows better generalization than"
        r"(?:show|deliver|exhibit|demonstrate|provide|yield|offer|attain)(?:s|e?d) "
        r"(?=(?:\w+ ){0,2}(?:better|superior|higher|stronger|improved|greater|competitive|comparable))",
    )
    + r"(?<=[\w ])"
)  # fmt: skip
# "..., surpassing Lumos at low coverage"
ACTED_ON = re.compile(
    r"\b(?:outperform|surpass|exceed|beat)(?:s|ed|es|ing)? (?:both )?"
    r"(?P<name>[A-Z][\w-]*[a-z\d][\w-]*)(?=[,;]|\.(?!\d)| (?:on|in|by|at|across|for|with|while|under|and|when)\b)"
)
# "outperforms scVI, Scanorama, and Scrublet", "baselines such as Seurat and Scanorama"
NAME = r"(?:sc)?[A-Z][\w.+-]*(?<![.])(?: ?[\[(][\d, –-]+[\])])?"
ENUMERATED = re.compile(
    r"(?:\b(?:outperform|surpass|exceed|beat)(?:s|ed|es|ing)? (?:both )?|"
    r"\b(?i:methods|models|baselines|approaches|tools|algorithms)(?: \(|,? )(?:such as|including|like|e\.g\.,?) )"
    rf"(?P<names>{NAME}(?:, {NAME})*,? (?:and|or) {NAME})(?![\w-]|'s)"
)
ITEM = re.compile(r"(?<![\w-])[A-Z][\w-]*[a-z\d][\w-]*")
NOUNS = (
    "model", "transformer", "framework", "method", "architectur", "encoder", "network", "approach", "tool", "algorithm",
    "pipeline", "vae", "llm", "baseline", "simulator", "embedding",
)  # fmt: skip
BETTER = ("perform", "surpass", "exceed", "beat")
TELLING: tuple[tuple[re.Pattern[str], bool, tuple[str, ...]], ...] = (
    (
        INTRODUCED, False,
        ("introduc", "present", "propos", "develop", "describ", "releas", "call", "nam", "term", "dub", "train"),
    ),
    (APPOSED, False, NOUNS),
    (TRAINED, False, ("train",)),
    (LED_TO, False, ("train", "built", "spanning", "covering", "comprising", "leveraging", "despite", "with ")),
    (SCORING, False, ("attain", "achiev", "reach", "obtain")),
    (
        ACTING, True,
        (*BETTER, "achiev", "rival", "better", "superior", "higher", "strong", "improv", "greater", "compe", "compar"),
    ),
    (ACTED_ON, True, BETTER),
)  # fmt: skip
"""Ways of saying that something is a model, whether they are guesses, and parts of words of which they have one."""
# "the foundation model Kidney Cell+"
FIRST_HALF = re.compile(r"(?<=[a-z,] )(?P<first>[A-Z][a-z]+) $")
# What is made with a model, accession numbers, plurals of acronyms, headings glued to the first word of their section
NO_MODEL = re.compile(
    r"\d+|.*-?seq|.*-(?:based|like|style|driven|derived|guided|generated|enabled|powered|inspired|specific|free|level)|"
    r"m(?:IoU|Dice|AP|ASE|AE)\w*|(?:GSE|GSM|SRR|SRP|PRJ|ENS|TENX|ENC)\w*\d.*|[A-Z]{2,}s|CRISPR\w+|"
    r"(?:Results?|Methods?|Background|Conclusions?|Motivation|Summary|Objectives?|Introduction)[A-Z].*"
)
# "SCP datasets", "the HEK293 cells"
OF_SOMETHING = re.compile(
    r",?(?: and [\w-]+)?[ -](?:data ?sets?|data|benchmarks?|cells?|cell lines?|lines?|atlas(?:es)?|assays?|genes?|"
    r"proteins?|slides?|screens?|platforms?|cohorts?|patients|samples?|tissues?|corpus|mutations?|expression|challenge|"
    r"metrics?)(?![\w-])",
    re.IGNORECASE,
)
# "a CosLogFC of 0.58": what has a value
IN_NUMBERS = re.compile(r" ?(?:of|=|:) ?[-−]?\d*\.\d")
# Words that stand there and name nothing: "This is a model", "Pretraining outperforms", "Performance exceeds"
NO_NAME = re.compile(
    rf"(?:{plain(listed('no_name'))}|(?:\w+(?:ing|ly|tion|sion|ance|ence|ment|ness|ity|ture|ers|els|ods|ches|ies|ics))(?:-\w+)?)",
    re.IGNORECASE,
)


def find_unlisted(text: str) -> Iterator[Mention]:
    """Yield names that look like that of a model; a bare acronym is a guess."""
    shaped = SHAPED.search(text) is not None
    for match in NAMELIKE.finditer(text) if shaped else ():
        name = match.group().rstrip(".-")
        before = text[: match.start()]
        if _may_be_model(name, text, match.end()) and not AMONG_SETS.search(before) and not SCORED_ON.search(before):
            yield _in_full(name, text, match.start())
    folded = text.casefold()
    for pattern, guessed, parts in TELLING:
        for match in pattern.finditer(text) if holds_any(folded, parts) else ():
            name = match["name"].rstrip(".-")
            if _may_be_model(name, text, match.end("name")) and not NO_NAME.fullmatch(name):
                yield Mention("model", name, match.start("name"), match.start("name") + len(name), guessed=guessed)
    for match in ENUMERATED.finditer(text) if holds_any(folded, (*BETTER, *NOUNS)) else ():
        for item in ITEM.finditer(text, match.start("names"), match.end("names")):
            if _may_be_model(item.group(), text, item.end()) and not NO_NAME.fullmatch(item.group()):
                yield Mention("model", item.group(), item.start(), item.end(), guessed=True)
    for match in ACRONYM.finditer(text) if shaped else ():
        before = text[: match.start()]
        hangs_on = (HANGS_ON.search(before) and not JOINED.search(before)) or AMONG_SETS.search(before)
        if not hangs_on and _may_be_model(match.group(), text, match.end()):
            yield Mention("model", match.group(), match.start(), match.end(), guessed=True)


def presented_names(text: str) -> Iterator[str]:
    """Yield the names, plain words among them, that a verb of presenting stands right before."""
    for match in INTRODUCED.finditer(text):
        name = match["name"].rstrip(".-")
        if name not in NOT_MODELS and not NO_NAME.fullmatch(name):
            yield name


def _in_full(name: str, text: str, start: int) -> Mention:
    """A name with the word before it that it is the second half of: "the foundation model Nephrobase Cell+"."""
    first = FIRST_HALF.search(text, 0, start) if name.endswith("+") else None
    begin = first.start("first") if first else start
    return Mention("model", text[begin : start + len(name)], begin, start + len(name))


def _may_be_model(name: str, text: str, end: int) -> bool:
    """Whether neither the name nor what stands behind it makes something else of it: "scATAC-seq", "SCP datasets"."""
    return (
        name not in NOT_MODELS
        and not NO_MODEL.fullmatch(name)
        and OF_SOMETHING.match(text, end) is None
        and IN_NUMBERS.match(text, end) is None
    )
