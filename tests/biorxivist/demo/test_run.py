from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

import scaling
from biorxivist.demo.report import render
from biorxivist.demo.run import Demo, choose, run_demo
from biorxivist.demo.terminal import print_demo
from biorxivist.workspace.home import Home, open_graph
from graph.records import Evidence, Result, Run

CANARY = "canary-5c21d"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Demo, Home, Path]:
    """The demo on simulated cells, with a study of a few seconds in place of one of a minute."""
    folder = tmp_path_factory.mktemp("demo")
    study = scaling.load_study("demo")
    short = study.model_copy(
        update={
            "budget": study.budget.model_copy(update={"steps": 8, "checkpoints": (1, 2, 8), "warmup": 2}),
            "arms": tuple(
                arm.model_copy(update={"sizes": sizes, "seeds": 2})
                for arm, sizes in zip(study.arms, ((50, 100, "all"), (50, 100)), strict=True)
            ),
        }
    )
    home = Home(folder / "home", f"ladybug:{folder / 'home' / 'graph'}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scaling, "load_study", lambda name: short, raising=False)
        patch.setenv("NEO4J_PASSWORD", CANARY)
        patch.setenv("OPENAI_API_KEY", CANARY)
        demo = run_demo(home, report=folder / "out" / "report.html", workers=1, offline=True)
        again = run_demo(home, report=folder / "out" / "again.html", workers=1, offline=True)
    assert again.digest == demo.digest
    return demo, home, folder / "out" / "report.html"


def printed(demo: Demo) -> str:
    console = Console(width=110, record=True, file=None, force_terminal=False, quiet=False)
    with console.capture() as capture:
        print_demo(demo, console)
    return capture.get()


def test_at_least_twenty_claims_of_ten_papers_are_shown_each_with_a_verdict_or_why_not(
    shown: tuple[Demo, Home, Path],
) -> None:
    rows = shown[0].shown
    assert len(rows) >= 20
    assert len({row.claim.paper_id for row in rows}) >= 10
    assert all(row.evidence and row.why for row in rows)
    text = printed(shown[0])
    assert "not_testable:" in text


def test_verdicts_are_computed_for_several_kinds_of_claims_with_their_gates(shown: tuple[Demo, Home, Path]) -> None:
    tested = [row for row in shown[0].rows if row.verdict != "not_testable"]
    assert len(tested) >= 8
    assert len({row.claim.kind for row in tested}) >= 3
    assert all(row.evidence[0].gates for row in tested)


def test_the_fresh_study_is_shown_and_judges_nothing(shown: tuple[Demo, Home, Path]) -> None:
    demo, home, _ = shown
    runs = {record.id for record in demo.fresh if isinstance(record, Run)}
    fresh = {record.id for record in demo.fresh if isinstance(record, Result)}
    assert runs
    assert all(record.simulated and not record.held_out for record in demo.fresh if isinstance(record, Run))
    evidence = [one for one in home.archive.read("Evidence") if isinstance(one, Evidence)]
    assert evidence
    assert not any(fresh & set(one.inputs) for one in evidence)
    assert "judges nothing" in " ".join(printed(demo).split())


def test_what_is_printed_says_which_cells_and_what_to_do_next(shown: tuple[Demo, Home, Path]) -> None:
    text = " ".join(printed(shown[0]).split())
    assert "simulated cells" in text
    assert "biorxivist graph query" in text
    assert "Where papers disagree" in text


def test_the_graph_is_ready_to_be_asked(shown: tuple[Demo, Home, Path]) -> None:
    with open_graph(shown[1]) as store:
        assert store.query("MATCH (e:Evidence)-[:EVIDENCE_FOR]->(c:Claim) RETURN count(e) AS n")[0]["n"] > 100
        assert store.run("our_results")


def test_a_paper_does_not_crowd_the_others_out(shown: tuple[Demo, Home, Path]) -> None:
    counts = Counter(row.claim.paper_id for row in choose(shown[0].rows))
    assert max(counts.values()) <= 6


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        if tag != "a":
            links = (found.get(name) or "#" for name in ("src", "href", "xlink:href"))
            self.outside += [link for link in links if not link.startswith(("#", "data:image/png;base64,"))]


def test_the_report_needs_nothing_from_outside_and_has_no_script(shown: tuple[Demo, Home, Path]) -> None:
    text = shown[2].read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.outside == []
    assert page.tags["script"] == page.tags["link"] == page.tags["iframe"] == 0
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    assert page.tags["svg"] >= 2
    assert len(page.ids) == len(set(page.ids))


def test_the_pictures_of_the_report_are_well_formed(shown: tuple[Demo, Home, Path]) -> None:
    text = shown[2].read_text(encoding="utf-8")
    for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        assert ET.fromstring(svg) is not None


def test_everything_from_outside_is_escaped_in_the_report(shown: tuple[Demo, Home, Path]) -> None:
    demo = shown[0]
    hostile = "<script>alert(1)</script>\x1b]0;x\x07$lead"
    claim = demo.rows[0].claim.model_copy(
        update={"statement": hostile, "quote": hostile, "location": hostile, "source_url": "javascript:alert(1)"}
    )
    row = replace(demo.rows[0], claim=claim, who=hostile)
    untested = replace(demo.rows[-1], claim=claim, who=hostile)
    text = render(replace(demo, rows=(row, *demo.rows[1:-1], untested)))
    assert "<script" not in text
    assert "javascript:" not in re.sub(r">[^<]*<", "><", text)
    assert "&lt;script&gt;" in text
    assert "\x1b" not in text


def test_no_password_or_key_of_the_settings_is_in_the_report_or_in_what_is_kept(shown: tuple[Demo, Home, Path]) -> None:
    files = [path for path in shown[2].parents[1].rglob("*") if path.is_file()]
    assert shown[2] in files
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]


def test_the_same_demo_gives_the_same_report(shown: tuple[Demo, Home, Path]) -> None:
    assert render(shown[0]) == render(shown[0])


@pytest.mark.long
def test_the_whole_demo_runs_from_the_command_line_on_real_cells(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from biorxivist.cli.main import app

    report = tmp_path / "report.html"
    arguments = ["demo", "--home", str(tmp_path / "home"), "--cells", str(shared / "cells" / "pbmc3k.h5ad")]
    result = CliRunner().invoke(app, [*arguments, "--report", str(report)])
    assert result.exit_code == 0, result.stderr
    assert "your cells" in " ".join(result.stdout.split())
    assert report.stat().st_size > 100_000
