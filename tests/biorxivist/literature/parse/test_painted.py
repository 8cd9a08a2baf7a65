"""What a browser paints of a page is what is read of it: a table of pages, and a browser where there is one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from lxml import html as lxml_html

from biorxivist.literature.parse import parse
from tests.biorxivist.literature.parse.painted_pages import PAGES, html_of
from tests.biorxivist.literature.parse.pdf.printing import chromium

MONOSPACE = "@layer first { html, math { font-family: monospace } mi { text-transform: none } }"
"""Letters of one width: exchanging them moves nothing."""


def read(css: str, body: str) -> str:
    document = parse(html_of(css, body).encode())
    read = (passage.text for passage in document.passages if passage.kind in ("paragraph", "table"))
    return " ".join(" ".join(read).split())


@pytest.mark.parametrize("kind", PAGES)
def test_only_what_is_painted_is_read(kind: str) -> None:
    wrong = [(css, body, read(css, body)) for css, body, painted in PAGES[kind] if read(css, body) != painted]
    assert not wrong


@pytest.mark.parametrize("kind", PAGES)
def test_what_is_not_painted_is_logged_with_its_reason(kind: str) -> None:
    for css, body, painted in PAGES[kind]:
        log = parse(html_of(css, body).encode()).log
        left_out = " ".join(
            drop.text for drop in log if drop.reason.startswith(("hidden", "a drawing", "another form"))
        )
        written = re.findall(r"\bb\b", re.sub(r"<style.*?</style>|<[^>]*>", " ", body))
        assert len(re.findall(r"\bb\b", left_out)) == len(written) - painted.split().count("b"), body


@pytest.mark.long
@pytest.mark.parametrize("kind", PAGES)
def test_a_browser_paints_the_same(kind: str, tmp_path: Path) -> None:
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    for css, body, painted in PAGES[kind]:
        page = html_of(MONOSPACE + css, body)
        before = picture(page, tmp_path)
        seen = [word for place, word in enumerate(words(page)) if picture(exchanged(page, place), tmp_path) != before]
        assert sorted(seen) == sorted(re.findall(r"[a-z]", painted)), (css, body)


def words(page: str) -> list[str]:
    """The single letters that stand for words in the body of a page."""
    return [match[0] for text in texts(lxml_html.fromstring(page)) for match in re.finditer(r"\b[a-z]\b", text)]


def texts(root: lxml_html.HtmlElement) -> list[str]:
    return root.xpath("//body//text()[not(ancestor::style)]")


def exchanged(page: str, place: int) -> str:
    """A page with another letter in the place of one of its words."""
    root, number = lxml_html.fromstring(page), -1
    for text in texts(root):
        pieces = re.split(r"(\b[a-z]\b)", str(text))
        for odd in range(1, len(pieces), 2):
            number += 1
            if number == place:
                pieces[odd] = "w"
        changed = "".join(pieces)
        if text.is_tail:
            text.getparent().tail = changed
        else:
            text.getparent().text = changed
    return "<!doctype html>" + lxml_html.tostring(root, encoding="unicode")


def picture(page: str, folder: Path) -> bytes:
    """What a browser shows of a page on a screen, when nothing moves any more."""
    source, target = folder / "page.html", folder / "page.png"
    source.write_text(page, encoding="utf-8")
    browser = chromium()
    assert browser is not None
    subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,800", "--hide-scrollbars",
         "--virtual-time-budget=500", f"--user-data-dir={folder / 'profile'}", f"--screenshot={target}",
         source.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return target.read_bytes()


def test_the_letters_of_a_page_are_exchanged_one_by_one() -> None:
    page = html_of("", "<p>a <b>b</b> c</p>")
    assert words(page) == ["a", "b", "c"]
    assert [words(exchanged(page, place)) for place in range(3)] == [["w", "b", "c"], ["a", "w", "c"], ["a", "b", "w"]]
