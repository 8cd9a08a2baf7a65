r"""Small formulas in TeX as plain text: ``$10^{5}$`` is ``10^5``, ``$\mathrm{CO}_2$`` is ``CO2``.

Only what is understood to the last character is read so; any other formula stays in TeX.
"""

from __future__ import annotations

import re

from biorxivist.literature.parse.operands import bracket, bracket_fraction, is_single
from biorxivist.literature.parse.raising import last_character, put_lowered, put_raised
from biorxivist.literature.parse.writer import Buffer

__all__ = ["put_small_formula"]

LONGEST = 120
"""Characters of TeX that may be a small formula."""
PART = re.compile(r"\\[a-zA-Z]+\s*|\\.|[{}^_~]|[^\\{}^_~]", re.DOTALL)
FRAME = re.compile(r"\s*(\$\$?|\\\(|\\\[)?(.*?)(\$\$?|\\\)|\\\])?\s*", re.DOTALL)
SYMBOLS = dict(re.findall(r"(\w+) (\S+)", (
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ kappa κ lambda λ mu μ nu ν xi ξ "
    "pi π rho ρ sigma σ tau τ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Sigma Σ Phi Φ "
    "Psi Ψ Omega Ω times × cdot · pm ± mp ∓ le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ sim ∼ propto ∝ infty ∞ "
    "to → rightarrow → leftarrow ← in ∈ degree ° circ ∘ prime ′ ast ∗ ldots … dots … cdots ⋯ partial ∂ ll ≪ "
    "gg ≫ equiv ≡ cap ∩ cup ∪ log log ln ln exp exp max max min min sin sin cos cos lt < gt > AA Å "
    "langle ⟨ rangle ⟩ vert | lvert | rvert | Vert ‖ lVert ‖ rVert ‖ forall ∀ exists ∃ nabla ∇ ell ℓ mid | "
    "lesssim ≲ gtrsim ≳ subset ⊂ subseteq ⊆ notin ∉ setminus ∖ odot ⊙ otimes ⊗ oplus ⊕ top ⊤ perp ⊥ parallel ∥"
)))  # fmt: skip
"""Commands that stand for a character or a name."""
STYLES = frozenset(
    ("mathrm", "text", "textrm", "mathbf", "mathit", "mathsf", "mathcal", "mathbb", "operatorname", "rm", "it", "bf",
     "left", "right", "boldsymbol", "textit", "textbf", "mbox", "displaystyle")
)  # fmt: skip
FRACTIONS = frozenset(("frac", "dfrac", "tfrac"))
ACCENTS = {"hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
           "overline": "\u0304", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308", "check": "\u030c",
           "breve": "\u0306"}  # fmt: skip
"""Commands for an accent -> the character that joins the letter before it."""
LITERALS = frozenset("%&_#${}")
SPACES = frozenset(",;:!\\")


class _Unread(Exception):
    """Something that has no plain form here."""


def put_small_formula(source: str, buf: Buffer, *, before: str = "") -> str | None:
    """Put the plain form of a small formula into a buffer.

    Parameters
    ----------
    source
        The formula.
    buf
        Takes it.
    before
        The character that it stands behind, where the buffer is empty: ``10$^5$`` is a power of what is no formula.

    Returns
    -------
    The markup that is not part of that form; None if the formula is not small, and nothing was put.
    """
    if len(source) > LONGEST or not (framed := FRAME.fullmatch(source)):
        return None
    reader = _Reader(framed[2], last_character(buf) or before)
    try:
        reader.read_to_end()
    except _Unread:
        return None
    buf.extend(reader.buf)
    return "".join((framed[1] or "", *reader.markup, framed[3] or ""))


class _Reader:
    """Reads tokens into a buffer; what is only markup is kept apart."""

    def __init__(self, source: str, before: str) -> None:
        self.before = before
        self.tokens = PART.findall(source)
        self.place = 0
        self.buf = Buffer()
        self.markup: list[str] = []

    def read_to_end(self) -> None:
        while self.place < len(self.tokens):
            self._read()

    def _read(self) -> None:
        part = self.tokens[self.place]
        self.place += 1
        if part == "{":
            self.markup.append(part)
            while self.place < len(self.tokens) and self.tokens[self.place] != "}":
                self._read()
            if self.place == len(self.tokens):
                raise _Unread
            self.markup.append("}")
            self.place += 1
        elif part in ("^", "_"):
            self.markup.append(part)
            self._read_script(is_raised=part == "^")
        elif part == "~":
            self.markup.append(part)
            self.buf.pieces.append(" ")
        elif part in ("}", "$"):
            raise _Unread
        elif part[0] == "\\":
            self._read_command(part)
        else:
            self.buf.pieces.append(part)

    def _read_script(self, *, is_raised: bool) -> None:
        before, first = (last_character(self.buf) or self.before).strip(), len(self.buf.pieces)
        if self.place == len(self.tokens):
            raise _Unread
        self._read()
        after = self.tokens[self.place] if self.place < len(self.tokens) else ""
        if is_raised:
            put_raised(self.buf, first, before, after, is_mark=False)
        else:
            put_lowered(self.buf, first, before, after, is_behind_raised=False)

    def _read_command(self, part: str) -> None:
        name = part[1:].strip()
        if name in LITERALS:
            self.markup.append("\\")
            self.buf.pieces.append(name)
        elif name in SYMBOLS:
            self.markup.append(part)
            self.buf.add(SYMBOLS[name])
            if part[-1].isspace():
                self.buf.pieces.append(" ")
        elif name in STYLES:
            self.markup.append(part)
        elif name in SPACES or part == "\\ ":
            self.markup.append(part)
            self.buf.pieces.append(" ")
        elif name in FRACTIONS:
            self.markup.append(part)
            before, first = last_character(self.buf) or self.before, len(self.buf.pieces)
            self._read_enclosed()
            self.buf.add("/")
            self._read_enclosed()
            bracket_fraction(self.buf, first, before, self._next_character())
        elif name == "sqrt":
            self.markup.append(part)
            self.buf.add("√")
            self._read_enclosed(is_bracketed=True)
        elif name in ACCENTS:
            self.markup.append(part)
            first = len(self.buf.pieces)
            self._read_argument()
            if not is_single("".join(self.buf.pieces[first:])):
                raise _Unread
            self.buf.add(ACCENTS[name])
        elif name == "|":
            self.markup.append(part)
            self.buf.add("‖")
        else:
            raise _Unread

    def _next_character(self) -> str:
        """The character that is printed next in the same group, as far as it shows."""
        part = next((part for part in self.tokens[self.place :] if part != "{"), "}")
        if part == "}":
            return ""
        name = part[1:].strip() if part[:1] == "\\" else ""
        return str(SYMBOLS.get(name, "(" if name in FRACTIONS else "√" if name == "sqrt" else part))[:1]

    def _read_argument(self) -> None:
        if self.place == len(self.tokens) or self.tokens[self.place] == "[":
            raise _Unread
        self._read()

    def _read_enclosed(self, *, is_bracketed: bool = False) -> None:
        first = len(self.buf.pieces)
        self._read_argument()
        if is_bracketed or not is_single("".join(self.buf.pieces[first:])):
            bracket(self.buf, first)
