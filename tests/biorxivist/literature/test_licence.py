"""One policy: what is open, judged on the version that was read, and what goes into the archive."""

from __future__ import annotations

import pytest

from biorxivist.literature.licence import choose_licence, is_open, printed_licence, records_to_keep, settle_licence
from graph.records import Author, Paper, Passage, Record, Reference, Version

CC_BY = "http://creativecommons.org/licenses/by/4.0/"
PLOS = (
    "This is an open-access article distributed under the terms of the Creative Commons Attribution License, which "
    "permits unrestricted use, distribution, and reproduction in any medium, provided the original author and source "
    "are properly credited."
)
WAIVER = (
    "The Creative Commons Public Domain Dedication waiver (http://creativecommons.org/publicdomain/zero/1.0/) applies "
    "to the data made available in this article, unless otherwise stated."
)
RESERVED = "The copyright holder is the author/funder. All rights reserved. No reuse allowed without permission."


@pytest.mark.parametrize(
    "licence",
    [
        CC_BY,
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "creativecommons.org/licenses/by-nc-nd/4.0",
        "cc_by",
        "cc_by_nc_nd",
        "cc by-nc-nd",
        "CC-BY 4.0",
        "It is made available under aCC-BY-NC-ND 4.0 International license.",
        "distributed under the terms of the Creative Commons Attribution License, which permits unrestricted use",
        "Open access under the Creative Commons Attribution-NonCommercial-NoDerivs License",
        "CC0",
        PLOS,
        "It is made available under a CC-BY-NC-ND 4.0 International license.",
        "This article is a US Government work. It is not subject to copyright under 17 USC 105 and is also made "
        "available for use under a CC0 license.",
        "Distributed under a Creative Commons Attribution License 4.0 (CC BY). No claim to original works.",
        "Creative Commons CC-BY licence",
        "Public domain",
        "//creativecommons.org/licenses/by/4.0",
        "http://creativecommons.org/share-your-work/public-domain/cc0/",
        f"See https://www.publisher.org/terms. {PLOS}",
        f"{PLOS} {WAIVER}",
        "The article and all data are available under CC BY 4.0.",
        "Este artigo é publicado sob uma licença Creative Commons Atribuição.",
        "Artículo bajo una licencia Creative Commons Atribución 4.0.",
    ],
)
def test_creative_commons_and_the_public_domain_are_open_by_address_or_by_wording(licence: str) -> None:
    assert is_open(licence)


@pytest.mark.parametrize(
    "licence",
    [
        None,
        "",
        "cc_no",
        RESERVED,
        "The Authors",
        "accbyte",
        "https://arxiv.org/licenses/nonexclusive-distrib/1.0/",
        "http://www.elsevier.com/open-access/userlicense/1.0/",
        "https://www.nature.com/creativecommons-policy",
        "This article is not available under a Creative Commons Attribution licence.",
        "Free to read; no Creative Commons Attribution licence applies.",
        WAIVER,
        "The abstract is available under CC BY; the full text may not be reused.",
        "All rights reserved. Source code is released under CC0.",
    ],
)
def test_what_is_unknown_or_denied_is_not_open(licence: str | None) -> None:
    assert not is_open(licence)


def test_an_address_settles_a_licence_before_the_wording() -> None:
    assert choose_licence([CC_BY], "All rights reserved.") == CC_BY
    assert choose_licence(["https://publisher.org/terms", CC_BY], "") == CC_BY
    assert choose_licence([], f"Under a licence (see {CC_BY}).") == CC_BY
    assert choose_licence(["https://publisher.org/terms"], PLOS) == PLOS
    assert choose_licence(["https://publisher.org/terms"], RESERVED) == "https://publisher.org/terms"
    assert choose_licence([], " ") is None
    assert printed_licence("NA") is None
    assert printed_licence(" CC\n BY ") == "CC BY"


def test_of_two_statements_about_one_version_the_one_that_forbids_counts() -> None:
    assert settle_licence([CC_BY, "cc_no"]) == "cc_no"
    assert settle_licence([RESERVED, "cc_by"]) == RESERVED
    assert settle_licence(["© 2026 Cold Spring Harbor Laboratory", "cc_by"]) == "cc_by"
    assert settle_licence([None, "The Authors", CC_BY, "cc_by"]) == CC_BY
    assert settle_licence([None]) is None


def paper(first: str | None, second: str | None, *, read: str, route: str = "europepmc:PPR1") -> list[Record]:
    """Records of a paper with two versions, of which one was read."""
    work = "doi:10.1101/2026.01.01.1"
    versions = [
        Version(paper_id=work, label=label, license=licence, text_route=route if label == read else None)
        for label, licence in (("1", first), ("2", second))
    ]
    author = Author(id="author:a_author", name="A. Author")
    return [
        author,
        Paper(id=work, title="T", abstract="What it says.", license=second or first, author_ids=(author.id,)),
        *versions,
        Passage(paper_id=work, version_id=f"{work}v{read}", text="A sentence."),
        Reference(paper_id=work, key="1", text="An entry."),
    ]


def kinds(records: list[Record]) -> list[str]:
    return [type(record).__name__ for record in records]


@pytest.mark.parametrize(
    ("first", "second", "read", "is_kept"),
    [
        ("cc_by", "cc_no", "2", False),
        ("cc_by", "cc_no", "1", True),
        ("cc_no", "cc_by", "2", True),
        ("cc_no", "cc_by", "1", False),
        ("cc_by", None, "2", False),
        (None, None, "1", False),
    ],
)
def test_a_text_is_judged_by_the_licence_of_the_version_that_was_read(
    first: str | None, second: str | None, read: str, is_kept: bool
) -> None:
    kept = kinds(records_to_keep(paper(first, second, read=read), {}))
    assert kept[:4] == ["Author", "Paper", "Version", "Version"]
    assert kept[4:] == (["Passage", "Reference"] if is_kept else [])


def test_the_licence_of_the_paper_counts_where_no_version_has_one() -> None:
    records = paper(None, None, read="1")
    records[1] = records[1].model_copy(update={"license": "cc_by"})
    assert "Passage" in kinds(records_to_keep(records, {}))


def test_an_own_file_is_kept_whole_whatever_its_licence() -> None:
    records = paper("cc_no", "cc_no", read="1", route="local:a.xml")
    assert records_to_keep(records, {}) == records


def test_an_abstract_is_kept_where_the_paper_is_open_and_what_people_wrote_stays() -> None:
    by_hand = Paper(id="doi:10.1101/2026.01.01.1", title="By hand", topic="model", verified=True)
    records = records_to_keep(paper(None, "cc_no", read="2"), {by_hand.id: by_hand})
    closed = next(record for record in records if record.id == by_hand.id)
    assert isinstance(closed, Paper)
    assert (closed.abstract, closed.topic, closed.verified, closed.title) == (None, "model", True, "T")
    opened = next(r for r in records_to_keep(paper(None, "cc_by", read="2"), {}) if isinstance(r, Paper))
    assert opened.abstract == "What it says."
