from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from biorxivist.literature.errors import BadResponse, NotOffered
from biorxivist.literature.harvest.run import sync
from biorxivist.literature.harvest.state import SyncBusy
from graph.archive import Archive
from graph.records import Paper, Passage

DAYS = {"since": "2026-08-01", "until": "2026-08-31"}
ROOT = Path(__file__).parents[4]


@pytest.fixture
def harvest(tmp_path, sources_of):
    """Runs a harvest against fake services: ``harvest(services, name="a", ...)`` -> report, archive."""

    def run(services, name="a", query="", source="biorxiv", **options):
        folder = tmp_path / name
        given = {**DAYS, **options}
        given.setdefault("sources", sources_of(services, cache=None))
        archive = Archive(folder / "archive")
        report = sync(query, source=source, archive=archive, state=folder / "sync", **given)
        return report, archive

    return run


def papers(archive):
    return [record for record in archive.read("Paper") if isinstance(record, Paper)]


@pytest.mark.parametrize("page_size", [30, 100])
def test_all_rows_come_whatever_the_page_size(fake, harvest, page_size) -> None:
    services = fake(109, page_size=page_size)
    report, archive = harvest(services)
    assert (report.expected, report.got, report.missing) == (109, 109, 0)
    assert len(papers(archive)) == 109
    assert services.count("details") == -(-109 // page_size)
    assert "expected 109, got 109, missing 0" in report.line()


def test_a_total_that_is_too_high_is_said_and_ends(fake, harvest) -> None:
    services = fake(109, extra_total=9)
    report, archive = harvest(services)
    assert (report.expected, report.got, report.missing) == (118, 109, 9)
    assert len(papers(archive)) == 109
    assert services.count("details") <= 6


@pytest.mark.parametrize("change", ["new row in front", "row withdrawn", "rows turned round"])
def test_rows_that_move_while_paging_are_neither_lost_nor_doubled(fake, harvest, change) -> None:
    spare = {}

    def move(services, number):
        if number == 2:
            feed = services.feed
            if change == "new row in front":
                feed[:0] = [{**feed[0], "doi": "10.64898/2026.08.02.999999", "title": "New on top"}]
            elif change == "row withdrawn":
                spare["gone"] = feed.pop(0)
            else:
                feed[:] = feed[40:] + feed[:40]

    services = fake(109, on_page=move)
    report, archive = harvest(services)
    dois = {row["doi"] for row in services.feed}
    assert dois <= {paper.dois[0] for paper in papers(archive)}
    assert len(papers(archive)) == len(dois | ({spare["gone"]["doi"]} if spare else set()))
    assert services.count("details") <= 20
    assert report.missing == 0


def test_versions_are_one_paper_and_all_kept(fake, harvest) -> None:
    services = fake(20, revised=5)
    report, archive = harvest(services)
    assert report.got == 28
    assert report.papers == 20
    assert len(papers(archive)) == 20
    labels = [version.label for version in archive.read("Version") if version.label != "journal"]
    assert len(labels) == 28
    assert all("draft" not in paper.title for paper in papers(archive)), "the newest version names the paper"


def test_both_doi_prefixes_are_bioRxiv(fake, harvest) -> None:  # noqa: N802
    _, archive = harvest(fake(10))
    assert {paper.dois[0].split("/")[0] for paper in papers(archive)} == {"10.1101", "10.64898"}


@pytest.mark.parametrize("first", ["journal", "preprint"])
def test_a_preprint_and_its_journal_copy_are_one_work_whichever_comes_first(fake, harvest, first) -> None:
    services = fake(4)
    preprint = services.corpus.europepmc[3]
    journal = {**preprint, "id": "PPR999", "doi": "10.1016/j.fake.2026.3", "versionNumber": 1}
    linked = {**services.corpus.europepmc[0], "doi": preprint["doi"]}
    del linked
    services.feed[3]["published"] = "10.1016/j.fake.2026.3"
    copy = {**services.feed[3], "doi": journal["doi"], "published": "NA"}
    services.feed[:] = [copy, *services.feed] if first == "journal" else [*services.feed, copy]
    services.page_size = 2
    report, archive = harvest(services)
    ids = {paper.id for paper in papers(archive)}
    assert "doi:10.1016/j.fake.2026.3" not in ids
    assert len(ids) == 4
    work = next(paper for paper in papers(archive) if "10.1016/j.fake.2026.3" in paper.dois)
    assert work.published_doi == "10.1016/j.fake.2026.3"
    assert work.id == f"doi:{preprint['doi']}"
    assert {version.label for version in archive.read("Version") if version.paper_id == work.id} >= {"1", "journal"}
    assert report.papers == 4


def test_the_search_of_europe_pmc_is_harvested_by_its_cursor(fake, harvest) -> None:
    services = fake(109)
    report, archive = harvest(services, query="cells", source="europepmc")
    expected = sum("cells" in row["title"].lower() for row in services.corpus.europepmc)
    assert report.got == report.expected == expected == len(papers(archive))


def test_a_harvest_that_is_complete_asks_nothing_again(fake, harvest) -> None:
    services = fake(40)
    first, archive = harvest(services)
    asked, digest = services.count(), archive.digest()
    second, archive = harvest(services)
    assert services.count() == asked
    assert second.pages == 0
    assert second.written == 0
    assert archive.digest() == digest
    assert second.got == first.got


def test_a_harvest_that_missed_rows_is_tried_again(fake, harvest) -> None:
    services = fake(40, extra_total=5)
    first, _ = harvest(services)
    assert first.missing == 5
    services.feed += [{**services.feed[0], "doi": f"10.1101/2026.08.09.{n}"} for n in range(5)]
    services.extra_total = 0
    second, _ = harvest(services)
    assert (second.got, second.missing) == (45, 0)


def test_an_open_harvest_goes_on_from_where_it_was(fake, harvest) -> None:
    services = fake(40)
    first, _ = harvest(services, until=None)
    services.feed[:0] = [{**services.feed[0], "doi": "10.64898/2026.11.20.1", "date": "2099-01-01"}]
    second, archive = harvest(services, until=None)
    assert first.got == 40
    assert second.since > first.since
    assert len(papers(archive)) == 40


@pytest.mark.parametrize("kind", ["empty_200", "error_in_200", "429_seconds", "503_text", "truncated_gzip", "cut"])
def test_what_fails_once_costs_nothing(fake, harvest, kind) -> None:
    services = fake(109)
    services.fault("details.*/60/json", kind)
    report, archive = harvest(services)
    assert report.got == 109
    assert len(papers(archive)) == 109


def test_after_an_error_the_next_run_goes_on_from_there(fake, harvest) -> None:
    services = fake(109)
    services.fault("details.*/60/json", "empty_200", times=4)
    with pytest.raises(Exception, match="empty body"):
        harvest(services)
    before = services.count("/0/json")
    report, archive = harvest(services)
    assert report.got == 109
    assert services.count("/0/json") == before
    assert [log.outcome for log in archive.read("FetchLog")] == ["EmptyResponse", "ok"]


def test_what_people_wrote_about_a_paper_survives(fake, harvest, tmp_path) -> None:
    services = fake(5)
    doi = services.feed[2]["doi"]
    archive = Archive(tmp_path / "a" / "archive")
    archive.append(
        [Paper(id=f"doi:{doi}", title="By hand", topic="model", model_ids=("model:x",), verified=True)], writer="seeds"
    )
    _, archive = harvest(services)
    paper = next(paper for paper in papers(archive) if paper.id == f"doi:{doi}")
    assert paper.model_ids == ("model:x",)
    assert paper.topic == "model"
    assert paper.verified
    assert paper.title != "By hand"
    assert paper.posted is not None


def test_full_texts_come_where_they_are_open(fake, harvest, sources_of) -> None:
    services = fake(12, open_every=6)
    report, archive = harvest(services, full_text=True, threads=2, sources=sources_of(services))
    passages = [record for record in archive.read("Passage") if isinstance(record, Passage)]
    assert report.texts == 2
    assert {passage.paper_id for passage in passages} == {f"doi:{doi}" for doi in services.corpus.jats}
    assert len(list(archive.read("Reference"))) > 100
    routes = {version.text_route for version in archive.read("Version") if version.text_route}
    assert all(route.startswith("europepmc:PPR") for route in routes)
    assert len(routes) == 2
    assert report.without_text == {"europepmc has no open full text": 10}
    assert report.line().endswith("2 full texts, 10 papers without one: 10 x europepmc has no open full text")


@pytest.mark.parametrize(("papers", "open_every"), [(12, 2), (9, 3), (5, 9)])
def test_the_next_run_asks_for_the_missing_texts_only(papers: int, open_every: int, fake, harvest, sources_of) -> None:
    services = fake(papers, open_every=open_every)
    first, _ = harvest(services, full_text=True, sources=sources_of(services))
    missing = sum(first.without_text.values())
    assert first.texts + missing == papers
    asked = services.count("fullTextXML")
    again, _ = harvest(services, full_text=True, sources=sources_of(services))
    assert services.count("fullTextXML") - asked == missing
    assert (again.texts, again.without_text) == (0, first.without_text)


def test_a_text_that_may_not_be_kept_is_counted_and_not_asked_for_again(fake, harvest, sources_of) -> None:
    services = fake(6, open_every=2)
    for row in services.corpus.details:
        row["license"] = "cc_no"
    first, archive = harvest(services, full_text=True, sources=sources_of(services))
    assert not list(archive.read("Passage"))
    kept_off = [count for reason, count in first.without_text.items() if "licence does not allow" in reason]
    assert kept_off == [3]
    asked = services.count("fullTextXML")
    harvest(services, full_text=True, sources=sources_of(services))
    assert services.count("fullTextXML") - asked == 3


def test_a_text_that_could_not_be_fetched_is_counted_with_its_failure(fake, harvest, sources_of) -> None:
    services = fake(4, open_every=1)
    services.fault("fullTextXML", "503_text", times=4)
    first, _ = harvest(services, full_text=True, sources=sources_of(services), threads=1)
    assert (first.texts, first.without_text) == (3, {"not answered (BadResponse)": 1})
    again, _ = harvest(services, full_text=True, sources=sources_of(services))
    assert again.without_text == {}


def test_a_citation_of_a_paper_that_we_have_leads_to_it_by_any_of_its_dois(fake, harvest, sources_of) -> None:
    services = fake(12, open_every=12)
    citing, cited = services.feed[0]["doi"], services.feed[3]
    deposited = services.corpus.crossref[citing]["reference"]
    for number, doi in enumerate([cited["doi"], cited["published"].upper()]):
        deposited[number] = {"key": str(number), "DOI": doi, "unstructured": f"Entry {number}"}
    services.corpus.crossref[citing]["reference"] = deposited[:62] + deposited[: 62 - len(deposited)]
    _, archive = harvest(services, full_text=True, sources=sources_of(services))
    edges = {record.doi: record.cited_id for record in archive.read("Reference") if record.cited_id}
    assert edges == dict.fromkeys([cited["doi"], cited["published"]], f"doi:{cited['doi']}")


def test_the_feed_needs_days(fake, harvest) -> None:
    with pytest.raises(NotOffered, match="since"):
        harvest(fake(3), since=None)


def test_an_error_that_stays_is_not_an_empty_harvest(fake, harvest) -> None:
    services = fake(3)
    services.fault("details", "error_in_200", times=99)
    with pytest.raises(BadResponse, match="database"):
        harvest(services)


SCRIPT = """
import sys
from pathlib import Path
from biorxivist.literature.http import Limits, Pace
from biorxivist.literature.sources import Endpoint, Sources
from biorxivist.literature.harvest.run import sync
from biorxivist.literature.harvest.state import SyncBusy
folder, url = Path(sys.argv[1]), sys.argv[2]
sources = Sources({"biorxiv_api": Endpoint(url, Pace(400.0, 3))}, limits=Limits(backoff=0.02))
report = sync("", since="2026-08-01", until="2026-08-31", source="biorxiv", archive=folder / "archive",
              state=folder / "sync", sources=sources)
print(report.line())
"""


def killed_harvest(services, folder: Path, kills: list[int]) -> str:
    """Run the harvest in a process of its own, killed each time that so many pages have been asked for."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), str(folder), services.url("biorxiv")]
    for pages in kills:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE)
        while services.count("details") < pages and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL, "it was killed before it was done"
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def ends_as_an_unbroken_one(services, folder: Path, kills: list[int]) -> int:
    line = killed_harvest(services, folder / "broken", kills)
    rows = len(services.feed)
    assert f"expected {rows}, got {rows}, missing 0" in line
    asked = services.count("details")
    broken = list(Archive(folder / "broken" / "archive").export())
    killed_harvest(services, folder / "whole", [])
    assert broken == list(Archive(folder / "whole" / "archive").export())
    whole = services.count("details") - asked
    assert asked <= whole + 2 * len(kills), "each kill costs at most two pages"
    return len(broken)


def test_a_harvest_that_is_killed_twice_ends_byte_for_byte_as_an_unbroken_one(fake, tmp_path) -> None:
    services = fake(600, page_size=30, revised=50)
    assert ends_as_an_unbroken_one(services, tmp_path, [5, 14]) > 1_200


@pytest.mark.long
def test_a_harvest_of_5000_papers_that_is_killed_twice_ends_as_an_unbroken_one(fake, tmp_path) -> None:
    services = fake(5000, page_size=30, revised=50)
    assert ends_as_an_unbroken_one(services, tmp_path, [40, 110]) > 10_000


def test_one_harvest_is_not_run_twice_at_once(fake, harvest, tmp_path) -> None:
    def meddle(services, number):
        if number == 1:
            with pytest.raises(SyncBusy, match="Another process"):
                harvest(services)
            refused.append(number)

    refused = []
    harvest(fake(10, on_page=meddle))
    assert refused == [1]


def test_one_harvest_tells_another_nothing(fake, harvest) -> None:
    services = fake(30)
    first, _ = harvest(services, name="a", query="cells", source="europepmc")
    second, archive = harvest(services, name="a", query="atlas", source="europepmc")
    assert first.got == second.got == 3
    assert len(papers(archive)) == 6
