"""Every word of the lexicon does what its group says, and a word is in it once."""

from __future__ import annotations

import re

import pytest

from biorxivist.claims.extract.lexicon import listed, phrases, plain, whole_names, whole_words
from biorxivist.claims.extract.names import find_mentions
from biorxivist.claims.extract.sentences import split_sentences
from biorxivist.claims.extract.unlisted import find_unlisted
from graph.vocabulary import load_vocabulary


def models(text: str) -> list[str]:
    return [m.text for m in find_mentions(text, load_vocabulary()) if m.kind == "model"]


@pytest.mark.parametrize("adjective", listed("adjectives"))
def test_an_adjective_makes_a_group_of_a_head(adjective: str) -> None:
    assert models(f"In this test {adjective} methods did badly.") == [f"{adjective} methods"]


@pytest.mark.parametrize("head", listed("heads", "with_adjective"))
def test_a_head_needs_an_adjective_or_a_count_to_name_a_group(head: str) -> None:
    assert models(f"With {head} came rain.") == []
    assert models(f"With simpler {head} came rain.") == [f"simpler {head}"]
    assert models(f"With all {head} came rain.") == [head]


@pytest.mark.parametrize("head", listed("heads", "alone"))
def test_other_heads_name_a_group_alone(head: str) -> None:
    assert [name.casefold() for name in models(f"With {head} came rain.")] == [head.casefold()]


@pytest.mark.parametrize("name", listed("not_models"))
def test_what_only_looks_like_a_model_is_none(name: str) -> None:
    assert list(find_unlisted(f"Then {name} came.")) == []


@pytest.mark.parametrize("abbreviation", listed("abbreviations"))
def test_the_full_stop_of_an_abbreviation_ends_no_sentence(abbreviation: str) -> None:
    text = f"We saw {abbreviation}. 5 of them."
    assert [sentence.text for sentence in split_sentences(text)] == [text]


@pytest.mark.parametrize(
    "path", ["adjectives", "heads", "not_models", "abbreviations", "task.outside", "task.generic", "dataset.outside"]
)
def test_no_word_stands_twice_in_a_list(path: str) -> None:
    words = listed(*path.split("."))
    assert len(words) == len(set(words))


def test_the_choice_from_plain_words_is_the_longest_and_final() -> None:
    words = plain(["large", "large language", "language"])
    assert re.match(words, "large-language model")[0] == "large-language"  # type: ignore[index]
    assert re.fullmatch(f"(?:{words} )*", "large language large ")
    assert not re.match(f"{words} language", "large language")


def test_whole_words_end_where_words_end_and_whole_names_where_hyphens_do() -> None:
    assert phrases("a", "b") == "(?:a|b)"
    assert whole_words("gains?", "rose").findall("Gains rose, regains and roses; a gain-loss.") == [
        "Gains",
        "rose",
        "gain",
    ]
    assert whole_names("gains?").findall("Gains; a gain-loss") == ["Gains"]
