"""One reader of DOIs: what people type, what papers print, what addresses hold."""

from __future__ import annotations

import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biorxivist.literature.doi import PLAIN, Doi, bare_doi, doi_address, find_doi, parse_doi

WORK = "10.1101/2023.04.30.538439"
SICI = [
    "10.1175/1520-0493(1987)115<1606:GARSPP>2.0.CO;2",
    "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
    "10.1002/1521-3951(200101)223:1<1::AID-PSSB1>3.0.CO;2-#",
    "10.1002/(SICI)1097-4628(19960103)59:1<>1.0.CO;2-V",
    "10.1663/0006-8101(2004)070[0003:TFOTGV]2.0.CO;2",
    "10.1641/0006-3568(2001)051[0933:TEOTWA]2.0.CO;2",
]
OTHERS = [
    "10.1016/0092-8674(92)90316-h",
    "10.1016/s0140-6736(05)66541-x",
    "10.1061/(asce)0733-9399(1998)124:4(455)",
    "10.1038/s41586-023-06139-9",
    "10.1000.10/123",
    "10.1016/j.x.2020v2",
    "10.21203/rs.3.rs-123456/v1",
    "10.26434/chemrxiv-2021-abcd-v2",
    "10.31234/osf.io/abcde_v1",
    "10.1007/978-3-030-00889-5_1",
]


def html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    "text",
    [
        "{0}v2",
        "{0}V2",
        "{0} v2",
        "{0} (version 2)",
        "{0}.v2",
        "{0}v2.full",
        "{0}v2.full.pdf",
        "{0}v2.full.pdf+html",
        "{0}v2.full-text",
        "doi:{0}v2",
        "doi: {0}v2.abstract",
        "https://doi.org/{0}v2",
        "http://dx.doi.org/{0}v2",
        "doi.org/{0}v2.full",
        "https://www.biorxiv.org/content/{0}v2",
        "https://www.biorxiv.org/content/{0}v2.full?rss=1#sec-3",
        "http://biorxiv.org/content/biorxiv/{0}v2.supplementary-material",
        "biorxiv.org/content/{0}v2.article-info",
        "https://www.medrxiv.org/content/medrxiv/{0}v2.full.pdf",
        "https://doi.org/10.1101%2F2023.04.30.538439v2",
        "https://api.biorxiv.org/details/biorxiv/{0}v2/na/json",
    ],
)
def test_a_version_of_a_preprint_is_its_work_and_the_number(text: str) -> None:
    for written in (text.format(WORK), f"  {text.format(WORK)}. ", f"<{text.format(WORK)}>"):
        assert parse_doi(written) == Doi(WORK, "2"), written
    assert find_doi(f"Cui H. bioRxiv 2023; {text.format(WORK)}. Another sentence.") == Doi(WORK, "2")


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.64898/2026.07.31.741992v3.full", Doi("10.64898/2026.07.31.741992", "3")),
        ("10.1101/574103v1", Doi("10.1101/574103", "1")),
        ("https://doi.org/10.48550/arXiv.2306.00015v2", Doi("10.48550/arxiv.2306.00015", "2")),
        ("https://www.biorxiv.org/content/early/2018/03/30/292037", Doi("10.1101/292037", None)),
        ("https://www.biorxiv.org/content/biorxiv/early/2017/12/13/233452.full.pdf", Doi("10.1101/233452", None)),
        ("http://www.medrxiv.org/cgi/content/short/2020.03.03.20030593v1", Doi("10.1101/2020.03.03.20030593", "1")),
        ("10.1101/gr.123456.110", Doi("10.1101/gr.123456.110", None)),
        ("10.1101/087969245.35.1", Doi("10.1101/087969245.35.1", None)),
    ],
)
def test_both_prefixes_old_addresses_and_what_is_no_preprint_are_told_apart(text: str, doi: Doi) -> None:
    assert parse_doi(text) == doi
    assert find_doi(f"see {text}, and others") == doi


@pytest.mark.parametrize("doi", SICI)
@pytest.mark.parametrize(
    "write",
    [
        str,
        lambda doi: f"doi:{html(doi)}",
        lambda doi: html(html(doi)),
        lambda doi: f"https://doi.org/{quote(doi, safe='/')}",
        lambda doi: f"https://doi.org/{quote(quote(doi, safe=''), safe='')}",
        lambda doi: f"https://onlinelibrary.wiley.com/doi/abs/{quote(doi)}",
        lambda doi: f"https://onlinelibrary.wiley.com/doi/{quote(doi)}/full",
    ],
    ids=["plain", "entities", "entities twice", "address", "encoded twice", "publisher", "page of the publisher"],
)
def test_a_sici_is_read_to_its_end(doi: str, write) -> None:
    assert parse_doi(write(doi)) == Doi(doi.lower(), None)
    assert find_doi(f"Mon Weather Rev 115 ({write(doi)}).") == Doi(doi.lower(), None)


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("(doi: 10.1016/S0140-6736(05)66541-X).", "10.1016/s0140-6736(05)66541-x"),
        ("[see 10.1000/abc];", "10.1000/abc"),
        ("10.1000/abc</a> and more", "10.1000/abc"),
        ("10.1000/x<sup>2</sup>", "10.1000/x"),
        ("&lt;a href=https://doi.org/10.1000/abc&gt;here&lt;/a&gt;", "10.1000/abc"),
        ('"https://doi.org/10.1000/abc"', "10.1000/abc"),
        ("10.1000/abc;10.1000/def", "10.1000/abc"),
        ("see [10.1000/abc](https://doi.org/10.1000/abc)", "10.1000/abc"),
        ("https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0058242&type=printable",
         "10.1371/journal.pone.0058242"),
        ("https://www.frontiersin.org/articles/10.3389/fimmu.2020.00123/full", "10.3389/fimmu.2020.00123"),
        ("https://doi.org/10.1000/abc?via=x", "10.1000/abc"),
        ("https://link.springer.com/article/10.1007/s00401-020-02134-9/tables/1", "10.1007/s00401-020-02134-9"),
        ("https://pubs.acs.org/doi/suppl/10.1021/acs.jcim.0c00001/suppl_file/ci_001.pdf", "10.1021/acs.jcim.0c00001"),
        ("https://doi.org/10.1000/abc/tables/1", "10.1000/abc/tables/1"),
        ("10.1101/\u200b2023.04.30.538439", WORK),
        ("10.1038/s41586\u2013023\u201106139\u22129", "10.1038/s41586-023-06139-9"),
        ("no DOI, then 10.1/x, 110.1101/x, then 10.1000/abc", "10.1000/abc"),
    ],
)  # fmt: skip
def test_a_doi_in_a_text_ends_where_the_sentence_or_the_markup_begins(text: str, doi: str) -> None:
    found = find_doi(text)
    assert found is not None
    assert found.name == doi


@pytest.mark.parametrize(
    "text",
    [
        "10.1101/../../etc/passwd",
        "10.1101/..",
        "10.1101/./x",
        "10.1101/%2e%2e/x",
        "https://doi.org/10.1101/a/%2E%2E/b",
        "10.1101/x\x00y",
        "10.1101/x%00y",
        "10.1101/2026.08.01.1\nHost: evil",
        "10.1101/2026.08.01.1%0d%0aHost:%20evil",
        "10.1101/2026.08.01.1'}) DETACH DELETE n //",
        "10.1101/" + "9" * 100_000,
        "10.1101/",
        "10.1101",
        "11.1101/x",
        "a sentence about 10.1101/574103",
        "10.1101/574103 and 10.1101/574104",
        "",
        None,
        7,
    ],
)
def test_what_is_no_single_doi_or_leads_elsewhere_is_refused(text: object) -> None:
    assert parse_doi(text) is None
    assert bare_doi(text) is None


@pytest.mark.parametrize("doi", [WORK, *OTHERS, *(doi.lower() for doi in SICI)])
def test_a_doi_is_itself_with_and_without_its_address(doi: str) -> None:
    assert bare_doi(doi) == doi
    assert bare_doi(doi.upper()) == doi
    assert bare_doi(doi_address(doi)) == doi
    assert find_doi(f"In words ({doi_address(doi)}), said.") == Doi(doi, None)


PREFIXES = st.integers(1000, 999_999_999).map("10.{}".format)
CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-._;()/:[]<>%&#?+~$!,'é"


@given(
    prefix=PREFIXES,
    suffix=st.text(CHARACTERS, min_size=1, max_size=40),
)
def test_whatever_is_read_as_a_doi_reads_as_itself_from_then_on(prefix: str, suffix: str) -> None:
    doi = bare_doi(f"{prefix}/{suffix}")
    if doi is None:
        return
    assert bare_doi(doi) == doi
    assert parse_doi(doi_address(doi)) == Doi(doi, None)
    assert bare_doi(f"doi: {doi}.") == doi


@given(
    prefix=PREFIXES,
    pieces=st.lists(
        st.sampled_from([*string.ascii_lowercase, *string.digits, ".", "_", "-", "(05)", "(a)"]), max_size=30
    ),
)
def test_every_doi_of_usual_characters_is_accepted_and_stays_as_it_is(prefix: str, pieces: list[str]) -> None:
    doi = f"{prefix}/s{''.join(pieces)}1"
    if prefix not in {"10.1101", "10.64898", "10.48550"}:  # there the end can be the version of a preprint
        assert bare_doi(doi) == doi
        assert bare_doi(doi_address(doi)) == doi


@given(st.text(max_size=200))
def test_any_text_is_searched_without_a_crash(text: str) -> None:
    for sought in (text, f"10.1101/{text}", f"https://doi.org/10.1000/{text}"):
        find_doi(sought)
        parse_doi(sought)


@given(prefix=PREFIXES, suffix=st.text("abcz019-._:/vV", min_size=1, max_size=30))
def test_a_plain_doi_is_read_the_same_by_the_short_way_and_in_a_sentence(prefix: str, suffix: str) -> None:
    for written in (f"{prefix}/{suffix}", f"https://doi.org/10.1101/{suffix}", f"10.1101/2026.01.01.1234{suffix}"):
        if PLAIN.fullmatch(written):
            assert find_doi(written) == find_doi(f" {written}") == parse_doi(written)
