from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from biorxivist.demo.model import VERDICTS, Demo, JudgedClaim, counts
from biorxivist.demo.report import render
from tests.biorxivist.demo.conftest import CANARY, DemoRun


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.claims: list[dict[str, str | None]] = []
        self.options: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag == "option":
            self.options.append(given["value"] or "")
        if "claim" in (given.get("class") or "").split():
            self.claims.append(given)
        if tag != "a":
            links = (given.get(name) or "#" for name in ("src", "href", "xlink:href"))
            self.outside += [link for link in links if not link.startswith(("#", "data:image/png;base64,"))]


def render_claims_only(demo: Demo, *rows: JudgedClaim) -> str:
    """The page without its pictures, which take most of the time."""
    return render(replace(demo, rows=rows, results=(), points=(), arms=(), small_study=()))


@pytest.fixture(scope="module")
def page(demo_run: DemoRun) -> str:
    return demo_run.report.read_text(encoding="utf-8")


def words(html: str) -> str:
    """The text of a page without its pictures, script and style."""
    bare = re.sub(r"<(svg|script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def test_the_report_needs_nothing_from_outside(page: str) -> None:
    parsed = Page(page)
    assert parsed.outside == []
    assert parsed.tags["link"] == parsed.tags["iframe"] == 0
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)
    assert parsed.tags["svg"] >= 2
    assert len(parsed.ids) == len(set(parsed.ids))


def test_the_policy_of_the_page_allows_its_one_script_and_no_other_source(page: str) -> None:
    assert Page(page).tags["script"] == 1
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)[0]
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[0])
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'sha256-{digest}'"
    assert "http" not in policy
    assert not re.search(r"fetch|XMLHttpRequest|import|innerHTML|eval", script)


def test_without_a_script_every_claim_is_visible_and_the_filter_is_not(page: str, demo: Demo) -> None:
    assert len(Page(page).claims) == len(demo.rows)
    assert len(re.findall(r'<details class="group"[^>]* open>', page)) == page.count('<details class="group"')
    assert re.search(r'<form[^>]* id="filter" hidden>', page)


def test_each_claim_can_be_filtered_by_verdict_kind_and_paper(page: str, demo: Demo) -> None:
    parsed = Page(page)
    shown = sorted((c["data-verdict"], c["data-kind"], c["data-paper"]) for c in parsed.claims)
    assert shown == sorted((row.verdict, row.claim.kind, row.claim.paper_id) for row in demo.rows)
    assert {value for claim in shown for value in claim} == set(parsed.options) - {""}
    assert re.search(r'role="status"[^>]*>\d+ of \d+ claims shown', page)


def test_the_bar_covers_every_claim(page: str, demo: Demo) -> None:
    bar = re.findall(r'<div class="bar".*?</div>', page)[0]
    assert sum(map(float, re.findall(r"width:([\d.]+)%", bar))) == pytest.approx(100, abs=0.1)
    for verdict, count in counts(demo.rows).items():
        assert f"v-{verdict}" in bar
        assert f"{count} {verdict.replace('_', ' ')}" in words(page)


def test_every_verdict_has_a_colour(page: str) -> None:
    assert all(re.search(rf"\.v-{verdict}\b[^}}]*--v:", page) for verdict in VERDICTS)


def test_the_text_has_names_for_ids_and_words_for_what_is_not_stated(page: str, demo: Demo) -> None:
    text = words(page)
    ids = {entry.id for entry in demo.index.vocabulary}
    assert not ids & set(re.findall(r"\b(?:model|dataset|task|metric):\w+", text))
    assert "They differ in" in text
    assert "not stated" in text
    assert not re.search(r"\bnan\b|\binf\b|: None\b", text)


def test_counts_are_whole_numbers_and_their_interval_is_said_in_words(page: str) -> None:
    text = words(page)
    assert not re.search(r"\+0\.000\b", text)
    assert not re.search(r"\d{5,}\.\d", text)
    assert re.search(r"same count by rounding -[\d,]+ to \+[\d,]+", text)


def test_an_interval_without_an_end_is_said_in_words(demo: Demo) -> None:
    row = next(row for row in demo.rows if row.evidence and row.evidence[0].effect)
    evidence = row.evidence[0].model_copy(update={"ci_high": None, "ci_low": 0.25})
    text = words(render_claims_only(demo, row._replace(evidence=(evidence,))))
    assert "95 % interval at least +0.250" in text


def test_the_pictures_of_the_report_are_well_formed(demo_run: DemoRun) -> None:
    text = demo_run.report.read_text(encoding="utf-8")
    for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        assert ET.fromstring(svg) is not None


def test_everything_from_outside_is_escaped_in_the_report(demo_run: DemoRun) -> None:
    demo = demo_run.demo
    hostile = "<script>alert(1)</script>\x1b]0;x\x07$lead"
    claim = demo.rows[0].claim.model_copy(
        update={"statement": hostile, "quote": hostile, "location": hostile, "source_url": "javascript:alert(1)"}
    )
    row = demo.rows[0]._replace(claim=claim, who=hostile)
    untested = demo.rows[-1]._replace(claim=claim, who=hostile)
    text = render_claims_only(demo, row, *demo.rows[1:-1], untested)
    assert Page(text).tags["script"] == 1
    assert "<script>alert" not in text
    assert "javascript:" not in re.sub(r">[^<]*<", "><", text)
    assert "&lt;script&gt;" in text
    assert "\x1b" not in text


def test_no_password_or_key_of_the_settings_is_in_the_report_or_in_what_is_kept(demo_run: DemoRun) -> None:
    files = [path for path in demo_run.report.parents[1].rglob("*") if path.is_file()]
    assert demo_run.report in files
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]


def test_the_same_demo_gives_the_same_report(demo_run: DemoRun) -> None:
    assert render(demo_run.demo) == demo_run.report.read_text(encoding="utf-8")
