from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from graph.records import (
    Author,
    Claim,
    Dataset,
    Evidence,
    Gate,
    Metric,
    Model,
    Paper,
    Passage,
    Record,
    Reference,
    Relation,
    Result,
    Run,
    SaturationPoint,
    Task,
    Version,
)
from graph.stores.base import Login, Store
from graph.stores.ladybug.store import LadybugStore
from graph.stores.open import open_store
from tests.neo4j_server.shared import Address, wipe


def small_field() -> list[Record]:
    """A field of two papers that disagree, one run of ours and a verdict: every kind of node and edge occurs."""
    author = Author(id="author:ada", name="Ada Ångström")
    one = Paper(
        id="doi:10.1/one", title="More data helps", year=2024, posted=date(2024, 12, 13), author_ids=(author.id,),
        dois=("10.1/one", "10.1/journal"), verified=True,
    )  # fmt: skip
    two = Paper(
        id="doi:10.1/two", title="Scaling saturates early", year=2025, author_ids=(author.id,), kind="commentary",
        discusses_ids=(one.id,),
    )  # fmt: skip
    version = Version(paper_id=one.id, label="1", posted=date(2024, 12, 13))
    text = "Performance rises with the size of the pre-training corpus."
    passage = Passage(paper_id=one.id, version_id=version.id, section="Results", text=text, end=len(text))
    rises = Claim(
        paper_id=one.id, version_id=version.id, statement="Masked models gain from more cells.", kind="scaling",
        subject_ids=("model:masked",), comparator_ids=("model:pca",), task_id="task:annotation",
        dataset_id="dataset:blood", metric_id="metric:macro_f1", corpus_id="dataset:corpus", direction="+", quote=text,
        passage_id=passage.id, start=0, end=len(text), extractor="rules@1",
    )  # fmt: skip
    stops = Claim(
        paper_id=two.id, version_id=f"{two.id}v1", statement="Masked models saturate at one percent.",
        kind="saturation", subject_ids=("model:masked",), task_id="task:annotation", direction="plateau",
        fraction=0.01, source_url="https://example.org/two", location="Figure 2",
    )  # fmt: skip
    flat = stops.model_copy(update={"id": "claim:flat", "statement": "Contrastive models saturate.", "fraction": 0.1})
    first, second = sorted((rises.id, stops.id))
    third, fourth = sorted((rises.id, flat.id))
    run = Run(
        study="tiny", model_id="model:masked", corpus_id="dataset:corpus", corpus_digest="ab", corpus_cells=1000,
        genes=50, sampling="random", cells=100, fraction=0.1, family="masked", config='{"lr":0.001}', protocol="p@1",
        seed_data=0, seed_init=0, seed_split=0, steps=250,
    )  # fmt: skip
    score = Result(
        run_id=run.id, study="tiny", evaluation="knn5_within_study", model_id="model:masked",
        dataset_id="dataset:blood", task_id="task:annotation", metric_id="metric:macro_f1", value=0.5,
        sampling="random", cells=100, fraction=0.1, steps=250, seed_data=0, source="reproduced",
    )  # fmt: skip
    points = [
        SaturationPoint(
            paper_id=two.id, evaluation=evaluation, model_id="model:masked", dataset_id="dataset:blood",
            task_id="task:annotation", metric_id="metric:macro_f1", sampling="random", fraction=fraction,
            rule="paper_any_run@1", threshold=0.95, source="published", status=status, location=str(number),
        )
        for number, (evaluation, fraction, status) in enumerate(
            [("zero_shot", 0.01, "as_printed"), ("zero_shot", 0.01, "as_printed"), ("zero_shot", 0.1, "as_printed"),
             ("zero_shot", 0.5, "corrected"), ("zero_shot_spikein", 0.25, "as_printed")]
        )
    ]  # fmt: skip
    points += [
        SaturationPoint(
            study="tiny",
            evaluation="knn5_within_study",
            model_id="model:masked",
            dataset_id="dataset:blood",
            task_id="task:annotation",
            metric_id="metric:macro_f1",
            sampling="random",
            fraction=fraction,
            steps=steps,
            rule="equivalence@1",
            threshold=0.02,
            source="reproduced",
            outcome=outcome,
            p_at_most={"0.1": 0.75},
        )
        for steps, fraction, outcome in ((250, 0.1, "saturated"), (4000, None, "rising"))
    ]
    evidence = Evidence(
        claim_id=rises.id, basis="experiment", verdict="rising_at_scale", scale_ratio=0.001, effect=0.04, ci_low=0.01,
        ci_high=0.07, n=4, gates={"corpus": Gate(passed=True, value=1000.0, need=">= 500 cells")},
        reasons=("gain .04",), rule="scaling@1", inputs=(score.id, points[-1].id),
    )  # fmt: skip
    return [
        author, one, two, version, passage,
        Reference(paper_id=two.id, cited_id=one.id, key="1", text="One et al."),
        Reference(paper_id=two.id, key="2", text="Lost, A. A forgotten paper.", title="A forgotten paper", year=1999),
        Model(id="model:masked", name="Masked", objective="masked", supervision="self_supervised", role="ours",
              corpus_id="dataset:corpus", aliases=("MAE",)),
        Model(id="model:pca", name="PCA", role="baseline"),
        Dataset(id="dataset:corpus", name="Corpus", cells=1000), Dataset(id="dataset:blood", name="Blood"),
        Task(id="task:annotation", name="Annotation"), Metric(id="metric:macro_f1", name="F1"),
        rises, stops, flat,
        Relation(claim_id=first, other_id=second, relation="contradicts", reasons=("rises, stops",), rule="scope@1"),
        Relation(claim_id=third, other_id=fourth, relation="differs_in_scope", fields=("objective",), rule="scope@1"),
        run, score, *points, evidence,
    ]  # fmt: skip


@pytest.fixture
def field() -> list[Record]:
    return small_field()


@pytest.fixture
def store_at(tmp_path: Path) -> Iterator[Callable[..., LadybugStore]]:
    """Opens stores in the test's folder and closes them at its end."""
    opened: list[LadybugStore] = []

    def make(name: str = "store", **options: bool) -> LadybugStore:
        opened.append(LadybugStore(tmp_path / name, **options))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@dataclass
class Opener:
    """Opens one and the same store as often as it is called."""

    url: str
    login: Login | None = None
    opened: list[Store] = dataclasses.field(default_factory=list)

    def __call__(self, **options: bool) -> Store:
        self.opened.append(open_store(self.url, login=self.login, **options))
        return self.opened[-1]

    def forget(self) -> None:
        """Leave a place where nothing was ever built."""
        if self.login is not None:
            wipe(Address(self.url, self.login), schema=True)


@pytest.fixture(params=["ladybug", pytest.param("neo4j", marks=pytest.mark.server)])
def open_any(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens the store of a test, on either engine."""
    if request.param == "ladybug":
        opener = Opener(f"ladybug:{tmp_path / 'store'}")
    else:
        found: Address = request.getfixturevalue("empty")
        opener = Opener(found.url, found.login)
    yield opener
    for store in opener.opened:
        store.close()


@pytest.fixture(scope="module", params=["ladybug", pytest.param("neo4j", marks=pytest.mark.server)])
def small_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with the small field, which no test changes."""
    if request.param == "ladybug":
        url, login = f"ladybug:{tmp_path_factory.mktemp('small_store') / 'store'}", None
    else:
        address = request.getfixturevalue("address")
        wipe(address)
        url, login = address.url, address.login
    with open_store(url, login=login) as store:
        store.write(small_field())
        yield store


@pytest.fixture(autouse=True)
def no_deprecated_cypher() -> Iterator[None]:
    """Fail a test whose Cypher the server calls deprecated."""
    heard: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "DEPRECATION" in (said := record.getMessage()):
                heard.append(said)

    listener, log = Listener(), logging.getLogger("neo4j.notifications")
    level = log.level
    log.addHandler(listener)
    log.setLevel(logging.DEBUG)
    yield
    log.removeHandler(listener)
    log.setLevel(level)
    assert heard == []
