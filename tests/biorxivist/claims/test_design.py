from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.claims.design import choose_claim, design_study, write_study
from biorxivist.claims.index import ClaimIndex
from biorxivist.errors import InvalidInput, NotFound

SATURATION = "claim:373d913d8a90972c"


def nothing(text: str, k: int) -> list[dict[str, str]]:
    return []


def test_a_claim_is_chosen_by_its_id_or_the_beginning_of_it(known: ClaimIndex) -> None:
    for name in (SATURATION, SATURATION[:14], SATURATION.removeprefix("claim:")):
        chosen = choose_claim(name, known, search=nothing)
        assert chosen.claim.id == SATURATION
        assert chosen.who.startswith("DenAdel 2025")


def test_a_sentence_chooses_a_claim_that_says_so_and_names_the_others(known: ClaimIndex) -> None:
    chosen = choose_claim("More pre-training data improves scConcept", known, search=nothing)
    assert "model:scconcept" in chosen.claim.subject_ids
    assert (chosen.claim.kind, chosen.claim.direction) == ("scaling", "+")
    assert any("says the same" in note for note in chosen.notes)


def test_a_sentence_that_nobody_says_is_a_claim_of_nobody(known: ClaimIndex) -> None:
    chosen = choose_claim("Nicheformer outperforms scConcept", known, search=nothing)
    assert chosen.who == ""
    assert (chosen.claim.subject_ids, chosen.claim.comparator_ids) == (("model:nicheformer",), ("model:scconcept",))
    assert "no verdict will name a paper" in chosen.notes[-1]


@pytest.mark.parametrize(("name", "error"), [
    ("claim:ffffffff", NotFound), ("The moon is made of cheese", NotFound), ("  ", InvalidInput),
    ("word " * 500, InvalidInput),
])  # fmt: skip
def test_what_is_no_claim_is_an_error_that_says_where_to_look(
    name: str, error: type[Exception], known: ClaimIndex
) -> None:
    with pytest.raises(error, match=r"biorxivist evidence|give a claim id"):
        choose_claim(name, known, search=nothing)


def test_a_study_file_is_not_written_over_another_one(known: ClaimIndex, tmp_path: Path) -> None:
    claim = known.claims[SATURATION]
    designed = design_study(claim, known, seeds=4, rate=lambda *_: 1_000.0)
    path = tmp_path / "study.toml"
    write_study(designed, path)
    write_study(designed, path)
    path.write_text(path.read_text(encoding="utf-8").replace("seeds = 4", "seeds = 9"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="another study"):
        write_study(designed, path)
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_study(designed, tmp_path / "no" / "such" / "folder.toml")
