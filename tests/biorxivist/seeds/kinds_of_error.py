"""Kinds of error that an audit of the seeds found, as checks over the files themselves: papers, claims and models.

A check yields a text for every entry that has the error. It reads the files and not the records, so that the seeds of
any commit can be checked; `read_seeds` takes the root of a checkout.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """A claim of a file, with the source that it names."""

    file: str
    claim: Table
    source: Table

    def __str__(self) -> str:
        return f"{self.file}: {self.claim['statement']}"

    def get(self, name: str) -> Any:
        """A field of the claim, else of its source."""
        return self.claim.get(name, self.source.get(name))


@dataclass(frozen=True)
class Seeds:
    """The files."""

    papers: Mapping[str, Table]
    claims: tuple[Entry, ...]
    sources: Mapping[str, Table]
    models: Mapping[str, Table]
    metrics: Mapping[str, Table]


def read_seeds(root: Path) -> Seeds:
    """The seeds of a checkout."""

    def table(path: str) -> dict[str, Any]:
        return tomllib.loads((root / path).read_text(encoding="utf-8"))

    claims, sources = [], {}
    for file in sorted((root / "biorxivist/seeds/claims").glob("*.toml")):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        claims += [Entry(file.name, claim, data["source"][claim["source"]]) for claim in data["claim"]]
        sources |= {f"{file.name}, source {name}": source for name, source in data["source"].items()}
    vocabulary = "graph/vocabulary"
    return Seeds(
        table("biorxivist/seeds/papers.toml"), tuple(claims), sources,
        table(f"{vocabulary}/models.toml"), table(f"{vocabulary}/metrics.toml"),
    )  # fmt: skip


VERSIONED = re.compile(r"(?:biorxiv\.org/content|doi\.org)/10\.\d{4,}/[\d.]+v(\d+)|arxiv\.org/\w+/[\d.]+v(\d+)")


def version_and_address_fit(seeds: Seeds) -> Iterator[str]:
    """An address of a version is given for that version, a DOI for the copy that has it and for its own words only."""
    for name, source in seeds.sources.items():
        paper, label, url = seeds.papers[source["paper"]], source["version"], source["url"].lower()
        if not re.match(r"https?://\S+$", url):
            yield f"{name}: {url} is no address"
        if (match := VERSIONED.search(url)) and label != (number := match[1] or match[2]):
            yield f"{name}: version {label}, address of version {number} ({url})"
        preprint, journal = (paper.get(key, "").lower() for key in ("preprint_doi", "doi"))
        if journal and url.endswith(f"doi.org/{journal}") and label != "journal":
            yield f"{name}: version {label}, DOI of the journal ({url})"
        if preprint and url.endswith(f"doi.org/{preprint}") and label == "journal":
            yield f"{name}: version journal, DOI of the preprint ({url})"
        works = [paper, *(seeds.papers[key] for key in paper.get("discusses", ()))]
        dois = {work[key].lower() for work in works for key in ("preprint_doi", "doi") if work.get(key)}
        retold = source.get("evidence_type") in ("summary", "commentary") and "doi" not in _own(paper)
        if retold and any(url.endswith(f"doi.org/{doi}") for doi in dois):
            yield f"{name}: told by others, at the address of the work itself ({url})"


def _own(paper: Table) -> set[str]:
    """Kinds of DOI of a work that is no article: it may be told at its own."""
    return (
        {key for key in ("doi", "preprint_doi") if key in paper} if paper.get("kind", "article") != "article" else set()
    )


def value_lies_in_its_interval(seeds: Seeds) -> Iterator[str]:
    """A value lies between the ends that are given for it."""
    for entry in seeds.claims:
        value, low, high = (_number(entry.claim.get(name)) for name in ("value", "low", "high"))
        value = _number(entry.claim.get("printed")) if value is None else value
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            yield f"{entry}: {value} is not between {low} and {high}"


def a_printed_interval_says_what_it_is(seeds: Seeds) -> Iterator[str]:
    """Whoever prints ± means something by it; of a single score the number of runs belongs to it."""
    for entry in seeds.claims:
        if "±" in entry.claim.get("printed", "") and not (entry.get("spread") and entry.get("runs")):
            yield f"{entry}: {entry.claim['printed']} without spread or runs"


def a_score_of_several_runs_keeps_their_interval(seeds: Seeds) -> Iterator[str]:
    """A score that a notebook prints as the mean of runs does not stand with the interval of its last digit alone."""
    for entry in seeds.claims:
        claim = entry.claim
        of_runs = claim["kind"] == "score" and claim.get("dataset") and claim.get("metric") in ("accuracy", "macro_f1")
        kept = entry.get("spread") or entry.get("runs") or entry.get("condition")
        if entry.get("evidence_type") == "code" and of_runs and not kept:
            yield f"{entry}: neither spread nor runs"


NO_FACT = {"name", "aliases", "parent", "variant_of", "role", "sources", "source_url", "read"}
OF_THE_NAME = {"objective", "supervision", "architecture"}
"""What makes it the thing that its name says, such as a variational autoencoder."""


def facts_of_models_have_a_source(seeds: Seeds) -> Iterator[str]:
    """Every fact of a model has an address and the day on which it was read."""
    for slug, model in seeds.models.items():
        facts = model.keys() - NO_FACT - OF_THE_NAME
        if model.get("role") in ("group", "ours") or not facts:
            continue
        bare = facts - set(model.get("sources", ())) if not model.get("source_url") else set()
        if bare:
            yield f"models.toml, [{slug}]: no source of {', '.join(sorted(bare))}"
        elif not model.get("read"):
            yield f"models.toml, [{slug}]: no day of reading"


def it_is_said_how_a_source_was_read(seeds: Seeds) -> Iterator[str]:
    """Full text, abstract, code, page, third party or title; "abstract" as a place is that of an abstract."""
    yield from (f"{name}: read is not given" for name, source in seeds.sources.items() if not source.get("read"))
    yield from (
        f"papers.toml, [{key}]: read is not given" for key, paper in seeds.papers.items() if not paper.get("read")
    )


def shares_of_labels_are_given_where_they_differ(seeds: Seeds) -> Iterator[str]:
    """Where a paper trains on several shares of the labels of a set, each score says on which."""
    of_labels = ("few_shot", "fine_tuned", "from_scratch", "supervised")
    several: dict[tuple[str, str], set[float]] = {}
    for entry in seeds.claims:
        if entry.get("train_fraction") is not None and entry.claim.get("dataset"):
            shares = several.setdefault((entry.source["paper"], entry.claim["dataset"]), set())
            shares.add(entry.claim["train_fraction"])
    for entry in seeds.claims:
        kind, regime = entry.claim["kind"], entry.get("regime")
        place = (entry.source["paper"], entry.claim.get("dataset", ""))
        if (
            kind not in ("score", "effect")
            or entry.get("train_fraction") is not None
            or entry.get("factor") == "labels"
        ):
            continue
        if regime in of_labels and len(several.get(place, ())) > 1:
            yield f"{entry}: no train_fraction"


def nobody_speaks_in_the_place_of_a_critic(seeds: Seeds) -> Iterator[str]:
    """Commentaries and summaries are works of their own; an article speaks for itself, or others quote it."""
    for entry in seeds.claims:
        speaker = seeds.papers[entry.source["paper"]]
        if speaker.get("kind", "article") not in ("article", "code"):
            if not speaker.get("discusses"):
                yield f"{entry}: {entry.source['paper']} discusses nothing"
        elif entry.get("evidence_type") in ("commentary", "summary"):
            yield f"{entry}: a {entry.get('evidence_type')}, made by the article {entry.source['paper']}"
        elif entry.get("read") == "third_party" and entry.get("evidence_type") != "author":
            yield f"{entry}: read at a third party that is not said to quote {entry.source['paper']}"


OF_LABELS = {"accuracy", "micro_f1", "macro_f1", "balanced_accuracy"}
OF_BATCHES = {"batch_integration"}
OF_BIOLOGY = {"avg_bio"}


def the_metric_fits_the_task(seeds: Seeds) -> Iterator[str]:
    """Labels are not what integration is scored by, nor a loss in bits what a squared error is."""
    for entry in seeds.claims:
        task, metric = entry.claim.get("task"), entry.claim.get("metric")
        inferred = "metric_id" in entry.claim.get("inferred", ())
        if task in OF_BATCHES and metric in OF_LABELS:
            yield f"{entry}: {metric} of {task}"
        if task in OF_BATCHES and metric in OF_BIOLOGY and not inferred:
            yield f"{entry}: {metric} speaks of biology, and {task} of batches"
        if entry.claim.get("unit") == "bits" and metric and "mse" in metric:
            yield f"{entry}: {metric} in bits"


def the_regime_fits_the_model(seeds: Seeds) -> Iterator[str]:
    """What is not pre-trained is trained from scratch, and a baseline is not fine-tuned."""
    for entry in seeds.claims:
        regime = entry.get("regime")
        roles = {seeds.models.get(slug, {}).get("role") for slug in entry.claim["subjects"]}
        if entry.claim.get("ablation", "").startswith("no pre-training") and regime != "from_scratch":
            yield f"{entry}: without pre-training, but {regime}"
        if roles == {"baseline"} and regime == "fine_tuned" and not entry.claim.get("comparators"):
            yield f"{entry}: a baseline that is fine-tuned"


HEDGES = re.compile(
    r"\b(may|might|perhaps|possibly|probably|likely|tends?|generally|typically|seems?|appears?|apparently|roughly|"
    r"approximately|about \d|about (?:one|two|a)|some \d|not necessarily|in some cases|mostly)\b",
    re.IGNORECASE,
)


def a_hedge_in_words_is_one_in_the_field(seeds: Seeds) -> Iterator[str]:
    """A statement that says "may", "tends to" or "about 50 million" is hedged."""
    for entry in seeds.claims:
        if (match := HEDGES.search(entry.claim["statement"])) and entry.get("hedging") in (None, "none"):
            yield f"{entry}: “{match[0]}”, but no hedging"


LIMITS = re.compile(r"\b(about|over|more than|at least|up to|nearly|almost|at most|roughly|some) \d", re.IGNORECASE)


def a_round_number_says_that_it_is_one(seeds: Seeds) -> Iterator[str]:
    """A count that is "about", "over" or "up to" a number is no interval of its last digit."""
    for entry in seeds.claims:
        claim = entry.claim
        counted = claim["kind"] == "scale_fact" and "printed" in claim
        if counted and (match := LIMITS.search(claim["statement"])) and not claim.get("bound"):
            yield f"{entry}: “{match[0]}”, but printed {claim['printed']} without bound"


def _number(text: object) -> float | None:
    if isinstance(text, str):
        text = text.partition("±")[0]
    return None if text is None else float(str(text))


CHECKS = (
    version_and_address_fit, value_lies_in_its_interval, a_printed_interval_says_what_it_is,
    a_score_of_several_runs_keeps_their_interval, facts_of_models_have_a_source, it_is_said_how_a_source_was_read,
    shares_of_labels_are_given_where_they_differ, nobody_speaks_in_the_place_of_a_critic, the_metric_fits_the_task,
    the_regime_fits_the_model, a_hedge_in_words_is_one_in_the_field, a_round_number_says_that_it_is_one,
)  # fmt: skip
