from __future__ import annotations

import random

import pytest

from tests.biorxivist.literature.parse.pdf.typeset import Typesetter

VOCABULARY = (
    "efficient flow definition of single-cell models in fine-grained office workflows and scientific reflection which "
    "the classification of differentially expressed transcripts confirms while representations generalise across "
    "donors tissues protocols laboratories with significant improvements over baselines such as logistic regression "
    "on specific fluorescence profiles from zero-shot evaluation at large scale"
)
STEMS = VOCABULARY.split()
HEAD = "Doe et al., flow of cells"
STAMP = "arXiv:2301.00001v2 [q-bio.GN] 1 Jan 2023"
BANNER = (
    "bioRxiv preprint doi: https://doi.org/10.1101/2021.11.17.469032; this version posted November 21, 2021. The "
    "copyright\nholder for this preprint (which was not certified by peer review) is the author/funder, who has "
    "granted bioRxiv a license.\nIt is made available under aCC-BY-NC-ND 4.0 International license."
)
TITLE = "Efficient flow of single-cell models from the first office to the final reflection"


class Plan:
    """A made-up paper: what is set, in the order of reading."""

    def __init__(self, seed: int = 0, paragraphs: int = 5) -> None:
        draw = random.Random(seed)
        self.title = TITLE
        self.sections: list[tuple[str, list[str]]] = []
        for name in ("Abstract", "Introduction", "Results", "Training on subsets of cells", "Methods", "Discussion"):
            texts = [self.paragraph(draw) for _ in range(1 if name == "Abstract" else paragraphs)]
            self.sections.append((name, texts))
        self.sections[1][1][0] += " This is known [1, 3–5]."
        self.references = [
            f"{n}. Doe J, Roe R. {self.sentence(draw, 9)} Nat Methods. {2000 + n};12:{n}. doi:10.1000/x.{n}"
            for n in range(1, 13)
        ]

    @staticmethod
    def sentence(draw: random.Random, count: int) -> str:
        return " ".join(draw.choices(STEMS, k=count)).capitalize() + "."

    def paragraph(self, draw: random.Random) -> str:
        return " ".join(self.sentence(draw, draw.randint(8, 22)) for _ in range(draw.randint(4, 9)))

    @property
    def texts(self) -> list[str]:
        """Every text in the order of reading."""
        body = [text for name, texts in self.sections for text in (name, *texts)]
        return [self.title, *body, "References", *self.references]

    def set(self, **options: object) -> bytes:
        """The paper as a PDF."""
        return self.setter(**options).data()

    def setter(self, **options: object) -> Typesetter:
        """The paper, set."""
        setter = Typesetter(**options)  # type: ignore[arg-type]
        setter.across(self.title)
        for name, texts in self.sections:
            setter.block(name, font="F2", size=12, before=8, after=4)
            for text in texts:
                setter.block(text, first=12)
        setter.block("References", font="F2", size=12, before=8, after=4)
        for reference in self.references:
            setter.block(reference, size=9, hang=14)
        return setter


@pytest.fixture(scope="session")
def plan() -> Plan:
    return Plan()
