"""Whose finding it is, from what the archive holds: the words of a passage and the reference list."""

from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.claims.extract.attribution import ReferenceList, first_author
from biorxivist.claims.extract.extract import extract_claims
from biorxivist.literature.parse import parse
from graph.records import Claim, Passage, Reference
from graph.vocabulary import load_vocabulary

CUI = "doi:10.1038/s41592-024-02201-0"
ENTRIES = (
    ("Theodoris CV, Xiao L, et al. Transfer learning in network biology. 2023", None),
    ("H. Cui , C. Wang , A single-cell foundation model. Nature Methods, 2024", CUI),
    ("Boiarsky, R. et al. A deep dive. 2023", "doi:10.1101/2023.10.19.563100"),
    ("Lopez R, Regier J. Deep generative modelling. 2018", None),
)
REFERENCES = [
    Reference(paper_id="key:p", key=str(number), text=text, cited_id=cited_id)
    for number, (text, cited_id) in enumerate(ENTRIES, start=1)
]


def read(text: str, *, section: str = "Results", keys: str = "{}") -> list[Claim]:
    passage = Passage(paper_id="key:p", version_id="key:pv1", section=section, text=text, end=len(text))
    references = [entry.model_copy(update={"key": keys.format(entry.key)}) for entry in REFERENCES]
    return list(extract_claims([passage], load_vocabulary(), references=references).claims)


@pytest.mark.parametrize(
    "sentence",
    [
        "Cui et al. [2] reported that scGPT outperforms scVI.",
        "Cui et al. (2024) reported that scGPT outperforms scVI.",
        "Cui et al. reported that scGPT outperforms scVI.",
        "Cui and colleagues reported that scGPT outperforms scVI.",
    ],
)
def test_what_authors_are_said_to_report_points_to_their_paper(sentence: str) -> None:
    (claim,) = read(sentence)
    assert (claim.attribution, claim.attributed_to) == ("cited", CUI)
    assert (
        claim.statement
        == f"As {sentence.split(' reported')[0].split(' [')[0].split(' (')[0]} found, scGPT does better than scVI."
    )


@pytest.mark.parametrize(
    ("sentence", "key"),
    [
        ("Previous work showed that scGPT outperforms scVI in accuracy [2].", "{}"),
        ("Previous work showed that scGPT outperforms scVI in accuracy (2).", "c{}"),
        ("Previous work showed that scGPT outperforms scVI in accuracy 2 .", "ref{}"),
        ("Previous work showed that scGPT outperforms scVI in accuracy (Cui et al., 2024).", "{}"),
    ],
)
def test_a_marker_is_read_in_each_of_the_ways_of_printing_it(sentence: str, key: str) -> None:
    (claim,) = read(sentence, keys=key)
    assert claim.attributed_to == CUI


def test_a_work_that_the_archive_does_not_know_stays_in_words() -> None:
    (named,) = read("Theodoris et al. [1] reported that Geneformer outperforms scVI.")
    (numbered,) = read("It has been shown that Geneformer outperforms scVI across all of the tasks [1].")
    assert named.attributed_to == "Theodoris et al."
    assert numbered.attributed_to == "Theodoris et al. 2023"


def test_several_works_are_none_of_them() -> None:
    (claim,) = read("Earlier studies reported that scGPT outperforms scVI in most of the tasks [1-3].")
    assert (claim.attribution, claim.attributed_to) == ("cited", None)


def test_a_marker_behind_a_name_says_where_that_comes_from_and_not_who_found_it() -> None:
    (claim,) = read("scGPT [2] outperforms scVI [4].")
    assert (claim.attribution, claim.attributed_to) == ("own", None)


def test_a_sentence_that_ends_in_a_citation_reports_the_cited_work_unless_it_speaks_of_its_own() -> None:
    (cited,) = read("scGPT outperforms scVI when it is fine-tuned carefully [2].")
    (own,) = read("In our experiments scGPT outperforms scVI when it is fine-tuned carefully [2].")
    (shown,) = read("scGPT outperforms scVI when it is fine-tuned carefully (Fig. 2), as expected [2].")
    assert (cited.attribution, cited.attributed_to) == ("cited", CUI)
    assert own.attribution == shown.attribution == "own"


def test_an_author_of_two_entries_without_a_year_is_not_guessed() -> None:
    twice = [
        *REFERENCES,
        REFERENCES[1].model_copy(update={"key": "5", "text": "Cui H. Another one. 2025", "cited_id": "key:x"}),
    ]
    cited = ReferenceList.of(twice, [])
    assert len(cited.of_author("Cui et al.")) == 2
    assert [entry.cited_id for entry in cited.of_author("Cui et al.", 2024)] == [CUI]


def test_labels_that_are_no_numbers_are_not_numbered() -> None:
    odd = [
        entry.model_copy(update={"key": key}) for entry, key in zip(REFERENCES, ("cui", "b2", "c3", "4"), strict=True)
    ]
    assert ReferenceList.of(odd, ["as shown [2]."]).places("as shown [2].") == []


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("Ache JM, Polsky J. Neural basis. 2019", "Ache"),
        ("W. B. Scoville , B. Milner , Loss of memory. 1957", "Scoville"),
        ("[8] Haotian Cui and Chloe Wang. scGPT. 2024", "Cui"),
        ("Carrier, J. et al. Sleep. 2011", "Carrier"),
        ("Chronic Kidney Disease Prognosis Consortium Working Group (2010) A title.", None),
    ],
)
def test_the_first_author_of_an_entry_is_read_in_the_usual_styles(entry: str, name: str | None) -> None:
    assert first_author(entry) == name


@pytest.mark.parametrize(
    ("name", "style"),
    [("biorxiv_2021.11.17.469032", "round"), ("biorxiv_2022.03.15.484463", "square"), ("plos_pone.0126470", "square"),
     ("biorxiv_2020.04.07.030213", None)],
)  # fmt: skip
def test_what_is_read_in_the_text_is_what_the_file_links(shared: Path, name: str, style: str | None) -> None:
    document = parse(shared / f"samples/jats/{name}.xml")
    cited = ReferenceList.of(document.references, [passage.text for passage in document.passages])
    linked = {(citation.passage_id, key) for citation in document.citations for key in citation.reference_keys}
    read_in_text = {
        (passage.id, entry.key)
        for passage in document.passages
        for place in cited.places(passage.text)
        for entry in place.references
    }
    assert cited.style == style
    assert len(read_in_text - linked) <= 2
    assert len(read_in_text & linked) > 0.75 * len(linked)
