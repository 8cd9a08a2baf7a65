"""What stands around a text is told from numbers that are part of it."""

from __future__ import annotations

from biorxivist.literature.parse.pdf.margins import strip_margins
from biorxivist.literature.parse.pdf.shapes import UNMAPPED, Page, Word

LINES = 40


def page(number: int, numbers: list[str], *, steps: range = range(0)) -> Page:
    """A page of text with numbers in the margin; some of its lines are single steps with a number before them."""
    sheet = Page(number, 595, 842)
    for line, label in enumerate(numbers):
        base = 150.0 + 12 * line
        sheet.words.append(Word(label, 50 - 3 * len(label), 50, base, 5))
        if line in steps:
            sheet.words.append(Word(str(line - steps.start + 1), 72, 77, base, 10))
            sheet.words.append(Word("step", 80, 100, base, 10))
        else:
            sheet.words += [Word("text", 72, 92, base, 10), Word("of the paper", 95, 500, base, 10)]
    return sheet


def texts(sheet: Page) -> list[str]:
    return [word.text for word in sheet.words]


def numbered(number: int) -> list[str]:
    return [str(LINES * (number - 1) + line + 1) for line in range(LINES)]


def test_the_steps_of_an_algorithm_are_no_line_numbers() -> None:
    pages = [page(n, numbered(n), steps=range(10, 19) if n == 2 else range(0)) for n in (1, 2, 3)]
    strip_margins(pages)
    assert texts(pages[1]).count("step") == 9
    assert [text for text in texts(pages[1]) if text.isdigit()] == [str(n) for n in range(1, 10)]
    assert not [text for text in texts(pages[0]) if text.isdigit()]


def test_line_numbers_whose_font_does_not_say_what_it_prints_are_line_numbers() -> None:
    pages = [page(n, [UNMAPPED * len(label) for label in numbered(n)]) for n in (1, 2, 3)]
    strip_margins(pages)
    assert not any(UNMAPPED in text for sheet in pages for text in texts(sheet))
    assert [entry.reason for entry in pages[0].left] == ["line numbers"]


def test_a_sign_that_is_not_known_stays_in_its_line() -> None:
    pages = [page(n, numbered(n)) for n in (1, 2)]
    for sheet in pages:
        for word in sheet.words:
            if word.text == "text" and round(word.base) % 24 == 6:
                word.text = UNMAPPED
    strip_margins(pages)
    assert texts(pages[0]).count(UNMAPPED) == LINES // 2
