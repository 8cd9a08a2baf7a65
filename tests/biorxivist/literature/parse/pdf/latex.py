"""Papers of the samples, set by LuaLaTeX: running heads, line numbers, ligatures, and the stamp of the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from biorxivist.literature.document import Document

PACKAGES = ("fontspec.sty", "lineno.sty", "fancyhdr.sty", "graphicx.sty")
PREAMBLE = r"""\documentclass[10pt,a4paper%(columns)s]{article}
\usepackage{fontspec}\setmainfont{DejaVu Serif}[Ligatures=Common]
\usepackage[margin=22mm]{geometry}\usepackage{graphicx}
\usepackage%(switch)s{lineno}\usepackage{fancyhdr}
\pagestyle{fancy}\fancyhf{}\fancyhead[C]{\small %(head)s}\fancyfoot[C]{\thepage}\renewcommand{\headrulewidth}{0pt}
\fancypagestyle{plain}{\fancyhf{}\fancyhead[C]{\small %(head)s}\fancyfoot[C]{\thepage}}
\setcounter{secnumdepth}{0}\setlength{\parindent}{1em}\emergencystretch=3em\tolerance=9000
\AddToHook{shipout/background}{\put(8mm,-230mm){\rotatebox{90}{\footnotesize %(stamp)s}}}
"""
ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
SECTIONS = ("section", "subsection", "subsubsection")


def why_not() -> str | None:
    """Why LuaLaTeX cannot set a paper on this machine; None if it can."""
    if shutil.which("lualatex") is None:
        return "no LuaLaTeX on this machine (Debian: texlive-luatex, texlive-latex-recommended)"
    found = subprocess.run(["kpsewhich", *PACKAGES], capture_output=True, text=True, check=False).stdout.split()
    missing = [name for name in PACKAGES if not any(path.endswith(name) for path in found)]
    return f"LaTeX lacks {', '.join(missing)}" if missing else None


def escaped(text: str) -> str:
    """A text for LaTeX; long addresses and formulas may be broken at their signs, or they would leave the column."""
    written = "".join(ESCAPES.get(character, character) for character in text)
    return re.sub(r"\S{25,}", lambda match: re.sub(r"([/.=?:,()_∈+-])(?=\w)", r"\1\\allowbreak{}", match[0]), written)


def source_of(document: Document, *, columns: int, head: str, stamp: str, has_line_numbers: bool) -> str:
    """A paper as LaTeX: headings, paragraphs and captions as they were read, references with numbers."""
    preamble = PREAMBLE % {
        "columns": ",twocolumn" if columns == 2 else "",
        "switch": "[switch]" if columns == 2 else "",
        "head": escaped(head),
        "stamp": escaped(stamp),
    }
    names = escaped(", ".join(author.name for author in document.authors))
    parts = [preamble, r"\begin{document}", rf"\title{{{escaped(document.paper.title)}}}\author{{{names}}}\date{{}}"]
    parts += [r"\maketitle", r"\linenumbers" if has_line_numbers else ""]
    depths = {section.path: section.depth for section in document.sections}
    for passage in document.passages[1:]:
        if passage.kind == "table" or passage.section == "References":
            continue
        text = escaped(passage.text)
        if passage.kind == "title":
            parts.append(rf"\{SECTIONS[min(depths.get(passage.section, 1), 3) - 1]}{{{text}}}")
        else:
            boxed = (
                rf"\par\noindent\begin{{minipage}}{{\linewidth}}\small {text}\end{{minipage}}"  # whole, as in a float
            )
            parts.append(boxed if passage.kind == "caption" else rf"\par {text}")
    parts.append(r"\section{References}")
    parts += [rf"\par {n}. {escaped(reference.text)}" for n, reference in enumerate(document.references, start=1)]
    return "\n\n".join((*parts, r"\end{document}", ""))


def typeset(source: str, folder: Path) -> bytes:
    """Set a paper.

    Raises
    ------
    subprocess.SubprocessError
        If LaTeX fails.
    """
    (folder / "paper.tex").write_text(source, encoding="utf-8")
    for _ in range(2):  # line numbers of columns are known in the second run
        subprocess.run(
            ["lualatex", "-interaction=batchmode", "-halt-on-error", "-no-shell-escape", "paper.tex"],
            cwd=folder, check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    return (folder / "paper.pdf").read_bytes()
