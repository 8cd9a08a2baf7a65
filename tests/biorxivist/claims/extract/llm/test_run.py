"""The papers of an archive, asked about by a server that fails: complete or listed, paid once, idempotent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from biorxivist.claims.extract.archived import extract_archived
from biorxivist.claims.extract.extract import RULES
from biorxivist.claims.extract.llm.ledger import alone
from biorxivist.claims.extract.llm.run import FILE, Proposed, extract_with_model, plan_extraction
from biorxivist.claims.review import review
from biorxivist.llm.budget import Budget
from biorxivist.llm.errors import AlreadyAsking
from biorxivist.llm.openai_server import OpenAIServer
from biorxivist.llm.prices import Price
from biorxivist.llm.retry import Patience
from graph.archive import Archive
from graph.records import Claim
from tests.fake_llm import FAULTS, FakeLLM, every_third
from tests.fake_llm.papers import papers, passage, read_faithfully

ROOT = Path(__file__).parents[5]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "archive")
    made.append(papers(6), writer="test")
    return made


def run(archive: Archive, fake: FakeLLM, name: str = "fake", **more: Any) -> Proposed:
    patience = Patience(sleep=lambda seconds: None, timeout=2.0)
    return extract_with_model(
        archive, archive.folder.parent, OpenAIServer(name, base_url=fake.url), patience=patience, **more
    )


def claims(archive: Archive) -> dict[str, Claim]:
    return {claim.id: claim for claim in archive.read("Claim") if isinstance(claim, Claim)}


def size(archive: Archive) -> int:
    return sum(path.stat().st_size for path in archive.folder.rglob("*.jsonl"))


def test_every_section_is_asked_about_once_and_a_second_run_asks_and_writes_nothing(archive: Archive) -> None:
    with FakeLLM(read_faithfully) as fake:
        done = run(archive, fake)
        assert (done.papers, done.sections, done.asked, done.new, done.open) == (6, 18, 18, 36, [])
        assert set(fake.paid().values()) == {1}
        before = size(archive)
        again = run(archive, fake)
        assert (again.asked, again.new, again.used.calls, len(again.claims)) == (0, 0, 0, 36)
        assert len(fake.calls) == 18
        assert size(archive) == before
    assert {claim.extractor.partition("@")[0] for claim in claims(archive).values()} == {"llm:fake"}


def test_where_one_call_in_three_fails_every_paper_ends_complete_or_listed_and_none_is_paid_twice(
    tmp_path: Path,
) -> None:
    archive = Archive(tmp_path / "archive")
    archive.append(papers(12), writer="test")
    with FakeLLM(read_faithfully, every_third(*FAULTS), slowness=3.0) as fake:
        first = run(archive, fake)
        assert {call.fault for call in fake.calls} == {None, *FAULTS}
        listed = {(each.part.version_id, each.part.section) for each in first.open}
        assert listed, "else the faults of this test do nothing"
        assert len(first.open) + first.asked == 36
        assert max(fake.paid().values()) == 1
        assert all(each.why and each.detail for each in first.open)
        fake.faults = lambda number: None
        second = run(archive, fake)
        assert (second.open, second.asked) == ([], len(listed))
        assert fake.usable() == Counter({call.content: 1 for call in fake.calls})
        assert run(archive, fake).used.calls == 0
    assert len(claims(archive)) == 72


@pytest.mark.parametrize("fault", FAULTS)
def test_a_section_that_fails_hurts_no_other_and_is_asked_about_again(tmp_path: Path, fault: str) -> None:
    archive = Archive(tmp_path / "archive")
    archive.append(papers(2), writer="test")
    with FakeLLM(read_faithfully, slowness=3.0) as fake:
        fake.fault_of = lambda section, passages: fault if section == "Discussion" else None
        done = run(archive, fake)
        assert [each.part.section for each in done.open] == ["Discussion", "Discussion"]
        assert len(done.claims) == 8
        fake.fault_of = lambda section, passages: None
        assert run(archive, fake).open == []
        assert max(fake.usable().values()) == 1
    assert len(claims(archive)) == 12


@pytest.mark.parametrize("fault", ["quota", "wrong_key", "no_model"])
def test_what_would_fail_for_all_ends_the_run_and_lists_the_rest(archive: Archive, fault: str) -> None:
    with FakeLLM(read_faithfully, lambda number: fault if number >= 4 else None) as fake:
        done = run(archive, fake, at_once=1)
        assert len(fake.calls) == 5
        assert (done.asked, len(done.open)) == (4, 14)
        assert done.stopped is not None
        assert Counter(each.why for each in done.open)["stopped"] == 13
        fake.faults = lambda number: None
        assert run(archive, fake).open == []
        assert max(fake.usable().values()) == 1


def test_a_server_that_is_away_is_not_tried_for_every_section(archive: Archive) -> None:
    with FakeLLM(read_faithfully, lambda number: "500") as fake:
        done = run(archive, fake, at_once=1)
        assert len(fake.calls) == 5 * 4
    assert (done.asked, len(done.open)) == (0, 18)
    assert done.stopped is not None


def test_the_cap_on_calls_holds_and_the_next_run_goes_on(archive: Archive) -> None:
    with FakeLLM(read_faithfully) as fake:
        done = run(archive, fake, budget=Budget(calls=5))
        assert len(fake.calls) == 5
        assert (done.asked, Counter(each.why for each in done.open)) == (5, Counter(calls=13))
        assert run(archive, fake).asked == 13
        assert max(fake.paid().values()) == 1


def test_caps_on_tokens_and_money_hold_while_calls_run_side_by_side(archive: Archive) -> None:
    with FakeLLM(read_faithfully) as fake:
        budget = Budget(tokens=14_000)
        done = run(archive, fake, budget=budget, at_once=4)
        # a call may take 9,300 tokens and takes 1,100, so calls wait for each other and five fit
        assert (done.asked, budget.used.tokens) == (5, 5 * 1100)
        budget = Budget(usd=0.05, price=Price(input=1.0, output=4.0))
        run(archive, fake, budget=budget)
        assert budget.used.usd is not None
        assert 0 < budget.used.usd <= 0.05


def test_calls_run_side_by_side_and_never_more_than_allowed(archive: Archive) -> None:
    with FakeLLM(read_faithfully, lambda number: "slow", slowness=0.2) as fake:
        run(archive, fake, at_once=3)
        assert fake.busiest == 3


def test_a_plan_counts_the_calls_that_a_run_then_makes_and_sends_nothing(archive: Archive) -> None:
    with FakeLLM(read_faithfully) as fake:
        model = OpenAIServer("fake", base_url=fake.url)
        price = Price(input=2.0, output=10.0)
        before = size(archive)
        plan = plan_extraction(archive, archive.folder.parent, model, price=price)
        assert (plan.sections, plan.calls, fake.calls, size(archive)) == (18, 18, [], before)
        assert plan.usd_at_most == pytest.approx((plan.tokens_in * 2 + plan.tokens_out_at_most * 10) / 1e6)
        sent = sum(len(str(call.body)) for call in (run(archive, fake), fake.calls)[1])
        assert plan.tokens_in == pytest.approx(sent / 4, rel=0.1)
        assert plan_extraction(archive, archive.folder.parent, model).calls == 0


def test_a_claim_that_the_rules_read_too_stays_theirs(archive: Archive) -> None:
    by_rule = {claim.id for claim in extract_archived(archive).claims}
    with FakeLLM(read_faithfully) as fake:
        done = run(archive, fake)
    assert {claim.id for claim in done.claims} == by_rule
    assert (done.new, done.confirmed) == (0, 36)
    assert {claim.extractor for claim in claims(archive).values()} == {RULES}


def test_what_a_model_no_longer_says_is_removed_unless_a_person_has_reviewed_it(archive: Archive) -> None:
    with FakeLLM(read_faithfully) as fake:
        kept, dropped, *_ = (claim.id for claim in run(archive, fake).claims)
        review(archive, kept, "accepted", who="Ada", why="It says so.")
        (archive.folder.parent / FILE).unlink()
        fake.claims_of = lambda section, passages: []
        done = run(archive, fake)
    assert (done.removed, done.claims) == (35, [])
    assert dropped not in claims(archive)
    assert list(claims(archive)) == [kept]
    assert claims(archive)[kept].review == "accepted"


def test_claims_of_a_section_that_could_not_be_asked_again_stay(archive: Archive) -> None:
    with FakeLLM(read_faithfully) as fake:
        run(archive, fake)
        (archive.folder.parent / FILE).unlink()
        fake.faults = lambda number: "refusal"
        done = run(archive, fake)
    assert (len(done.open), done.removed, len(claims(archive))) == (18, 0, 36)


def test_another_model_asks_for_itself_and_leaves_the_claims_of_the_first(archive: Archive) -> None:
    with FakeLLM(read_faithfully) as fake:
        run(archive, fake)
        other = run(archive, fake, name="other")
        assert len(fake.calls) == 36
    assert (other.confirmed, other.new, len(claims(archive))) == (36, 0, 36)


def test_sections_that_name_no_model_or_report_nothing_are_not_sent(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.append(
        [
            passage("key:p", "Results", "The weather was nice."),
            passage("key:p", "References", "scGPT outperformed scVI."),
            passage("key:p", "Acknowledgements", "We thank the authors of scGPT."),
            passage("key:p", "Discussion", "scGPT outperformed scVI. " * 2000),
        ],
        writer="test",
    )
    with FakeLLM(read_faithfully) as fake:
        done = run(archive, fake)
        assert (done.sections, fake.calls) == (0, [])


def test_two_processes_do_not_ask_for_one_home(archive: Archive) -> None:
    with FakeLLM(read_faithfully) as fake, alone(archive.folder.parent / FILE):
        with pytest.raises(AlreadyAsking, match="Another process"):
            run(archive, fake)
        assert fake.calls == []


KILLED = """
import sys
from pathlib import Path
from biorxivist.claims.extract.llm.run import extract_with_model
from biorxivist.llm.openai_server import OpenAIServer
from graph.archive import Archive
archive = Archive(Path(sys.argv[1]) / "archive")
extract_with_model(archive, Path(sys.argv[1]), OpenAIServer("fake", base_url=sys.argv[2]), at_once=1)
"""


def test_what_was_answered_before_a_kill_is_not_paid_again(archive: Archive) -> None:
    folder = archive.folder.parent
    with FakeLLM(read_faithfully, lambda number: "slow" if number >= 7 else None, slowness=60.0) as fake:
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(folder), fake.url], env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        try:
            assert fake.wait_for(8, seconds=60)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        fake.faults = lambda number: None
        done = run(archive, fake)
        assert (done.asked, done.open) == (18 - 7, [])
        assert max(fake.usable().values()) == 1
    assert len(claims(archive)) == 36
