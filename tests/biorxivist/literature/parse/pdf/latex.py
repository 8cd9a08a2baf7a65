"""Papers of the samples, set by pdfLaTeX: running heads, line numbers, ligatures, and the stamp of the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from biorxivist.literature.document import Document

FONTS = {
    "Latin Modern": r"\usepackage[T1]{fontenc}\usepackage{lmodern}",
    "Times": r"\usepackage[T1]{fontenc}\usepackage{mathptmx}",
    "Computer Modern": "",
}
"""Typefaces -> how LaTeX is told; the last is what it takes by itself, whose accents are characters of their own."""
BITMAPS = r"\usepackage[T1]{fontenc}\renewcommand{\rmdefault}{cmr}\pdfmapfile{}"
"""A typeface as pictures of its letters, which no program can read."""
PACKAGES = ("lineno.sty", "fancyhdr.sty", "graphicx.sty", "amssymb.sty", "lmodern.sty", "mathptmx.sty")
PREAMBLE = r"""\documentclass[10pt,a4paper%(columns)s]{article}
%(font)s\usepackage{textcomp,amssymb}
\usepackage[margin=22mm]{geometry}\usepackage{graphicx}
\usepackage%(switch)s{lineno}\usepackage{fancyhdr}
\pagestyle{fancy}\fancyhf{}\fancyhead[C]{\small %(head)s}\fancyfoot[C]{\thepage}\renewcommand{\headrulewidth}{0pt}
\fancypagestyle{plain}{\fancyhf{}\fancyhead[C]{\small %(head)s}\fancyfoot[C]{\thepage}}
\setcounter{secnumdepth}{0}\setlength{\parindent}{1em}\emergencystretch=3em\tolerance=9000
\AddToHook{shipout/background}{\put(8mm,-230mm){\rotatebox{90}{\footnotesize %(stamp)s}}}
"""
ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\ensuremath{<}", ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}", '"': r"\symbol{34}", "µ": r"\ensuremath{\mu}", "−": r"\ensuremath{-}",
    "–": "--", "—": "---", "’": "'", "‘": "`", "“": "``", "”": "''", "…": r"\dots{}",
}  # fmt: skip
SYMBOLS = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "π": "pi", "σ": "sigma", "φ": "varphi", "χ": "chi", "Δ": "Delta", "Ψ": "Psi",
    "→": "rightarrow", "←": "leftarrow", "≥": "geq", "≤": "leq", "≈": "approx", "∈": "in", "∼": "sim", "∞": "infty",
    "×": "times", "±": "pm", "∧": "wedge", "∨": "vee", "∀": "forall",
}  # fmt: skip
ENCODED = frozenset("áâçèéëíñöüß†‡°¶©·")
SECTIONS = ("section", "subsection", "subsubsection")


def why_not() -> str | None:
    """Why pdfLaTeX cannot set a paper on this machine; None if it can."""
    if shutil.which("pdflatex") is None:
        return "no pdfLaTeX on this machine (Debian: texlive-latex-recommended texlive-latex-extra lmodern)"
    found = subprocess.run(["kpsewhich", *PACKAGES], capture_output=True, text=True, check=False).stdout.split()
    missing = [name for name in PACKAGES if not any(path.endswith(name) for path in found)]
    return f"LaTeX lacks {', '.join(missing)}" if missing else None


def settable(text: str) -> str:
    """A text with a question mark in the place of what the typefaces lack."""
    known = ESCAPES.keys() | SYMBOLS.keys() | ENCODED
    return "".join(character if character.isascii() or character in known else "?" for character in text)


def escaped(text: str) -> str:
    """A text for LaTeX; long addresses and formulas may be broken at their signs, or they would leave the column."""
    parts = re.split(r"(\S{25,})", settable(text))
    return "".join(_escaped(part, may_break=place % 2 == 1) for place, part in enumerate(parts))


def _escaped(text: str, *, may_break: bool) -> str:
    written = []
    for place, character in enumerate(text):
        symbol = SYMBOLS.get(character)
        written.append(rf"\ensuremath{{\{symbol}}}" if symbol else ESCAPES.get(character, character))
        if may_break and character in "/.=?:,()_∈+-" and text[place + 1 : place + 2].isalnum():
            written.append(r"\allowbreak{}")
    return "".join(written).replace("--\\allowbreak{}-", "---")


def source_of(
    document: Document,
    *,
    columns: int,
    head: str,
    stamp: str,
    has_line_numbers: bool,
    font: str = FONTS["Latin Modern"],
) -> str:
    """A paper as LaTeX: headings, paragraphs and captions as they were read, references with numbers."""
    preamble = PREAMBLE % {
        "columns": ",twocolumn" if columns == 2 else "",
        "switch": "[switch]" if columns == 2 else "",
        "font": font,
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
            ["pdflatex", "-interaction=batchmode", "-halt-on-error", "-no-shell-escape", "paper.tex"],
            cwd=folder, check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    return (folder / "paper.pdf").read_bytes()
