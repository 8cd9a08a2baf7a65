"""Papers of the samples, printed to PDF by a headless Chromium: what the long tests read back."""

from __future__ import annotations

import html
import shutil
import subprocess
from pathlib import Path

from biorxivist.literature.document import Document

STYLE = """
@page {{ size: A4; margin: 22mm 18mm 22mm 8mm;
  @top-center {{ content: "{head}"; font: 8pt "Liberation Serif" }}
  @bottom-right {{ content: counter(page) " of " counter(pages); font: 8pt "Liberation Serif" }} }}
body {{ margin: 0 0 0 10mm; font: 10pt/1.25 "Liberation Serif", serif; text-align: justify }}
h1 {{ font-size: 18pt }} h2 {{ font-size: 13pt }} h3 {{ font-size: 11pt }} h4 {{ font-size: 10pt }}
p {{ margin: 0 0 4pt 0; font-variant-ligatures: common-ligatures; overflow-wrap: break-word }}
.caption {{ font-size: 8.5pt }}
.stamp {{ position: fixed; left: 0; top: 0; margin: 0; font-size: 7pt;
  writing-mode: vertical-rl; transform: rotate(180deg) }}
main {{ column-count: {columns}; column-gap: 8mm }}
"""


def chromium() -> str | None:
    """Path of a Chromium on this machine."""
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


def page_of(document: Document, *, columns: int, head: str, stamp: str) -> str:
    """A paper as a page of HTML: headings, paragraphs and captions as they were read, references with numbers."""
    parts = [f'<p class="stamp">{html.escape(stamp)}</p><h1>{html.escape(document.paper.title)}</h1>']
    names = ", ".join(author.name for author in document.authors)
    parts.append(
        f"<p>{html.escape(names)}</p><p>doi: https://doi.org/{document.paper.id.removeprefix('doi:')}</p><main>"
    )
    depths = {section.path: section.depth for section in document.sections}
    for passage in document.passages[1:]:
        if passage.kind == "table" or passage.section == "References":
            continue
        text = html.escape(passage.text)
        if passage.kind == "title":
            level = min(depths.get(passage.section, 1) + 1, 4)
            parts.append(f"<h{level}>{text}</h{level}>")
        else:
            parts.append(f'<p class="{passage.kind}">{text}</p>')
    parts.append("<h2>References</h2>")
    parts += [f"<p>{n}. {html.escape(ref.text)}</p>" for n, ref in enumerate(document.references, start=1)]
    style = STYLE.format(columns=columns, head=head)
    title = html.escape(document.paper.title)
    body = "\n".join(parts)
    start = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{style}</style>'
    return f"{start}{body}</main>"


def print_page(page: str, target: Path) -> bytes:
    """Print a page to PDF.

    Raises
    ------
    subprocess.SubprocessError
        If the browser fails.
    """
    source = target.with_suffix(".html")
    source.write_text(page, encoding="utf-8")
    browser = chromium()
    assert browser is not None
    subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--user-data-dir={target.with_suffix('.profile')}", f"--print-to-pdf={target}", source.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return target.read_bytes()
