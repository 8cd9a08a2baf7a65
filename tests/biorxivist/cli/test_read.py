from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

pytest.importorskip("biorxivist.cli.output")

from biorxivist.cli.main import app
from graph.archive import Archive
from tests.conftest import copy_home

SERVICES = {
    "EUROPEPMC": "europepmc",
    "BIORXIV_API": "biorxiv",
    "BIORXIV_WEB": "web",
    "MEDRXIV_WEB": "web",
    "CROSSREF": "crossref",
    "OPENALEX": "openalex",
}


@pytest.fixture
def run(fake, monkeypatch, tmp_path):
    services = fake(12, open_every=6, revised=4)
    for name, service in SERVICES.items():
        monkeypatch.setenv(f"BIORXIVIST_{name}_URL", services.url(service))
        monkeypatch.setenv(f"BIORXIVIST_{name}_RATE", "300")
    monkeypatch.setenv("BIORXIVIST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        return CliRunner().invoke(app, list(arguments))

    invoke.services = services
    return invoke


@pytest.fixture
def run_at_home(run, light_home, tmp_path):
    """Commands on a home that has shipped facts, which are judged only once."""
    copy_home(light_home, tmp_path / "home")
    return run


def test_search_prints_data_on_stdout_and_exits_1_without_hits(run) -> None:
    found = run("search", "cells", "--json", "--limit", "2")
    assert found.exit_code == 0
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert all("cells" in row["title"].lower() for row in rows)
    nothing = run("search", "nosuchword")
    assert nothing.exit_code == 1
    assert nothing.stdout == ""
    assert "Try fewer words" in nothing.stderr
    assert run("search", "cells", "--since", "soon").exit_code == 2


def test_search_writes_a_table(run, tmp_path) -> None:
    assert run("search", "of", "--out", str(tmp_path / "papers.csv")).exit_code == 0
    assert len((tmp_path / "papers.csv").read_text(encoding="utf-8").splitlines()) == 13
    assert run("search", "of", "--out", str(tmp_path / "papers.txt")).exit_code == 2


def test_get_prints_the_text_and_says_the_route(run) -> None:
    doi = next(iter(run.services.corpus.jats))
    found = run("get", doi)
    assert found.exit_code == 0
    assert f"doi:{doi}" in found.stdout
    assert "full text by europepmc" in found.stderr
    records = [json.loads(line)["record"] for line in run("get", doi, "--json").stdout.splitlines()]
    assert {"Paper", "Author", "Version", "Passage", "Reference"} == set(records)
    closed = next(row["doi"] for row in run.services.feed if row["doi"] not in run.services.corpus.jats)
    refused = run("get", closed)
    assert refused.exit_code == 1
    assert refused.stderr.splitlines()[0].startswith("NotOpenAccess: ")


def test_sync_prints_its_audit_and_fills_the_archive(run_at_home, tmp_path) -> None:
    done = run_at_home("sync", "--since", "2026-08-01", "--until", "2026-08-31", "--full-text", "--json")
    assert done.exit_code == 0, done.exception
    report = json.loads(done.stdout)
    assert (report["expected"], report["got"], report["missing"]) == (18, 18, 0)
    assert report["texts"] == len(report["text_ids"]) == 2
    assert report["new_claims"] == report["claims"]
    cited = run_at_home("cite", run_at_home.services.feed[0]["doi"], "--offline")
    assert cited.exit_code == 0
    assert cited.stdout.startswith("@misc{")
    assert run_at_home("cite", run_at_home.services.feed[0]["doi"], "--style", "csl-json").stdout.startswith("[")


def test_sync_takes_a_topic_in_place_of_a_query(run, own_home) -> None:
    days = ("--since", "2026-08-01", "--until", "2026-08-31")
    shipped = run("sync", "--topic", "scfm", *days, "--json")
    assert shipped.exit_code == 0, shipped.exception
    assert json.loads(shipped.stdout)["papers"] == 0  # the made-up papers are about other things
    word = run.services.feed[0]["title"].split()[0].lower()
    (own_home.folder / "topics.toml").write_text(f'[own]\nphrases = ["{word}"]\n', encoding="utf-8")
    own = run("sync", "--topic", "own", *days, "--json")
    assert own.exit_code == 0, own.exception
    assert 0 < json.loads(own.stdout)["papers"] < 12
    unknown = run("sync", "--topic", "nothing")
    assert unknown.exit_code == 2
    assert "there are scfm, own" in " ".join(unknown.stderr.split())
    assert run("sync", "cells", "--topic", "scfm", "--source", "europepmc").exit_code == 2


def test_load_reads_files(run, shared) -> None:
    done = run("load", str(shared / "samples/jats/biorxiv_2022.03.15.484463.xml"), "--json")
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout)["papers"] == 1
    assert run("load", "/nowhere").exit_code == 2


@pytest.mark.parametrize(("first", "newest", "is_kept"), [("cc_by", "cc_no", False), ("cc_no", "cc_by", True)])
def test_get_and_sync_keep_a_text_by_the_licence_of_the_version_that_was_read(
    run_at_home, tmp_path, first, newest, is_kept
) -> None:
    doi = next(iter(run_at_home.services.corpus.jats))
    rows = [row for row in run_at_home.services.feed if row["doi"] == doi]
    assert [row["version"] for row in rows] == ["1", "2", "3"]
    for row in rows:
        row["license"] = newest if row["version"] == "3" else first
    archive = Archive(tmp_path / "home" / "archive")

    def stored() -> set[str]:
        records = (*archive.read("Passage"), *archive.read("Reference"))
        return {type(record).__name__ for record in records if record.paper_id == f"doi:{doi}"}

    fetched = run_at_home("get", doi, "--save")
    assert fetched.exit_code == 0, fetched.exception
    assert ("does not allow the text to be stored" in fetched.stderr) is not is_kept
    assert stored() == ({"Passage", "Reference"} if is_kept else set())
    assert ("No claim was read" in fetched.stderr) is is_kept, "the text is about no model"
    assert "No claim was read" not in run_at_home("get", doi, "--save", "--no-claims").stderr
    done = run_at_home("sync", "--since", "2026-08-01", "--until", "2026-08-31", "--full-text", "--json")
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout)["texts"] == 1 + is_kept, "the other open paper has one version"
    assert stored() == ({"Passage", "Reference"} if is_kept else set())
    abstract = next(record.abstract for record in archive.read("Paper") if record.id == f"doi:{doi}")
    assert (abstract is not None) is is_kept


def test_load_and_get_read_a_pdf(run_at_home, tmp_path) -> None:
    from tests.biorxivist.literature.parse.pdf import hostile

    path = tmp_path / "paper.pdf"
    path.write_bytes(hostile.paper())
    broken = tmp_path / "scan.pdf"
    broken.write_bytes(hostile.scan())
    done = run_at_home("load", str(path), str(broken))
    assert done.exit_code == 0
    assert done.stdout.startswith("1 paper read, 0 unchanged, ")
    assert "1 file skipped" in done.stdout
    assert "ocrmypdf" in done.stderr
    assert run_at_home("load", str(path)).stdout == "0 papers read, 1 unchanged, 0 records written, 0 files skipped\n"
    assert run_at_home("load", str(broken)).exit_code == 1
    text = run_at_home("get", str(path), "--offline").stdout
    assert "A small paper that reads well and has a long title" in text
    assert "The cells of the atlas were annotated" in text
    rows = [json.loads(line) for line in run_at_home("get", str(path), "--offline", "--json").stdout.splitlines()]
    assert {row["page"] for row in rows if row["record"] == "Passage"} == {1}
    assert run_at_home("get", str(broken), "--offline").exit_code == 2


def test_get_of_a_pdf_takes_authors_from_the_services(run, tmp_path) -> None:
    from tests.biorxivist.literature.parse.pdf.typeset import Typesetter

    doi = next(iter(run.services.corpus.jats))
    setter = Typesetter()
    setter.across("A paper that prints its own identifier on page one")
    setter.block(f"doi: {doi}")
    setter.block("The cells were annotated by experts and the models were trained on all of them. " * 20)
    path = tmp_path / "paper.pdf"
    path.write_bytes(setter.data())
    rows = [json.loads(line) for line in run("get", str(path), "--json").stdout.splitlines()]
    kinds = {row["record"] for row in rows}
    assert {"Author", "Paper", "Version", "Passage"} <= kinds
    assert {row["paper_id"] for row in rows if row["record"] == "Passage"} == {f"doi:{doi}"}
    assert "pdf:local:paper.pdf" in {row["text_route"] for row in rows if row["record"] == "Version"}


def test_cite_prints_the_known_paper_and_says_one_sentence_of_the_unknown(run) -> None:
    known = run.services.feed[0]["doi"]
    assert run("sync", "--since", "2026-08-01", "--until", "2026-08-31").exit_code == 0
    cited = run("cite", known, "10.1101/1999.01.01.000001", "no-doi", "--offline")
    assert cited.exit_code == 1
    assert cited.stdout.startswith("@misc{")
    assert cited.stdout.count("@") == 1
    unknown, typo = cited.stderr.splitlines()
    assert unknown.startswith("10.1101/1999.01.01.000001 is not in the archive and cannot be looked up. ")
    assert "'no-doi' is not a DOI" in typo
    nothing = run("cite", "no-doi")
    assert (nothing.exit_code, nothing.stdout) == (1, "")


def test_citations_are_listed_from_the_command_line(run, own_home) -> None:
    doi = run.services.feed[0]["doi"]
    citing = run("citations", doi, "--in", "--json")
    assert citing.exit_code == 0, citing.exception
    rows = [json.loads(line) for line in citing.stdout.splitlines()]
    assert len(rows) == 12
    assert {row["direction"] for row in rows} == {"in"}
    cited = run("citations", doi, "--out", "--json", "--limit", "3")
    assert [json.loads(line)["direction"] for line in cited.stdout.splitlines()] == ["out"] * 3
    assert "The first 3 of" in cited.stderr
    assert run("citations", "no-doi").exit_code == 1


def test_an_entry_of_one_version_is_printed_on_demand(run) -> None:
    published = next(row for row in run.services.feed if row["published"] != "NA")
    journal = run("cite", published["doi"], "--version", "journal")
    assert journal.exit_code == 0, journal.exception
    assert f"doi = {{{published['published']}}}" in journal.stdout
    assert "bioRxiv" not in journal.stdout.split("note =")[0]
    preprint = run("cite", published["doi"], "--version", "preprint")
    assert f"doi = {{{published['doi']}}}" in preprint.stdout
    assert "howpublished = {bioRxiv}" in preprint.stdout
    none = run("cite", run.services.feed[0]["doi"], "--version", "journal")
    assert (none.exit_code, none.stdout) == (1, "")
    assert "--version preprint" in none.stderr
