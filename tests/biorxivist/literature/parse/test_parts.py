"""Parts of an article beside its running text: abstracts of several kinds, files with captions, readings of words."""

from __future__ import annotations

import pytest

from biorxivist.literature.parse import parse


def passages(body: str, front: str = "") -> list[tuple[str, str]]:
    data = (
        '<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>'
        f"{front}</article-meta></front><body>{body}</body></article>"
    )
    return [(passage.kind, passage.text) for passage in parse(data.encode()).passages]


def abstract(front: str) -> str:
    data = f"<article><front><article-meta>{front}</article-meta></front><body><p>a</p></body></article>"
    return parse(data.encode()).abstract


MAIN = "<abstract><p>Main.</p></abstract>"


@pytest.mark.parametrize(
    ("front", "text"),
    [
        (MAIN, "Main."),
        (f'<abstract abstract-type="teaser"><p>Look.</p></abstract>{MAIN}', "Main."),
        (f'<abstract abstract-type="summary"><p>Short.</p></abstract>{MAIN}', "Main."),
        ('<abstract abstract-type="summary"><p>Short.</p></abstract>', "Short."),
        ('<abstract abstract-type="short"/><abstract abstract-type="Abstract"><p>a</p></abstract>', "a"),
        ('<abstract abstract-type="graphical"><p>Look.</p></abstract>', ""),
        ('<trans-abstract xml:lang="es"><p>Otro.</p></trans-abstract>', ""),
    ],
)  # fmt: skip
def test_the_main_abstract_is_the_one_that_tells_the_article(front: str, text: str) -> None:
    assert abstract(front) == text


CAPTION = "<caption><p>All scores.</p></caption>"


@pytest.mark.parametrize(
    "material",
    [
        f'<supplement><label>File S1</label><media xlink:href="s1.csv">{CAPTION}</media></supplement>',
        f'<supplement><media xlink:href="s1.csv"><label>File S1</label>{CAPTION}</media></supplement>',
        f'<sec><media xlink:href="s1.mp4"><label>File S1</label>{CAPTION}</media></sec>',
        f'<supplement><media xlink:href="s1.csv"/><label>File S1</label>{CAPTION}</supplement>',
        f'<supplement><label>File S1</label><media xlink:href="s1.csv"/>{CAPTION}</supplement>',
    ],
)  # fmt: skip
def test_what_is_printed_with_a_file_is_its_caption(material: str) -> None:
    material = material.replace("supplement>", "supplementary-material>")
    assert passages(material) == [("caption", "File S1 All scores.")]


def test_a_file_inside_a_sentence_does_not_cut_it() -> None:
    assert passages('<p>See <media xlink:href="a.csv"><caption><p>here</p></caption></media> for more.</p>') == [
        ("paragraph", "See here for more.")
    ]


@pytest.mark.parametrize(
    ("ruby", "text"),
    [
        ("<ruby><rb>漢</rb><rt>kan</rt></ruby>", "漢 kan"),
        ("<ruby><rb>ACE2</rb><rt>2</rt></ruby>", "ACE2 2"),
        ("(<ruby><rb>漢</rb><rt>kan</rt></ruby><ruby><rb>字</rb><rt>ji</rt></ruby>)", "(漢 kan 字 ji )"),
    ],
)
def test_the_reading_of_a_word_does_not_run_into_it(ruby: str, text: str) -> None:
    assert passages(f"<p>{ruby}</p>") == [("paragraph", text)]
