from __future__ import annotations

import pytest

from biorxivist.literature.http import Pace
from biorxivist.literature.http.pace import Pacer
from biorxivist.literature.sources import Endpoint, Sources


def test_services_of_one_host_have_queues_of_their_own() -> None:
    pacer = Pacer({"h:1/a": Pace(1), "h:1/a/deeper": Pace(2), "h:1/b": Pace(3)}, default=Pace(9))
    assert pacer.scope("http://h:1/a/x?y=1") == "h:1/a"
    assert pacer.scope("http://h:1/a/deeper/x") == "h:1/a/deeper"
    assert pacer.scope("http://h:1/ab") == "h:1"
    assert [pacer.pace(f"http://h:1/{path}").rate for path in ("a", "b/c", "z")] == [1, 3, 9]


def test_two_services_at_one_address_share_the_slower_pace() -> None:
    at = "http://127.0.0.1:9"
    sources = Sources({"biorxiv_api": Endpoint(at, Pace(50)), "biorxiv_web": Endpoint(at, Pace(2))})
    assert sources.session.pacer.pace(f"{at}/details").rate == 2


@pytest.mark.parametrize("rate", [0, -1, 1001])
def test_a_rate_that_is_none_is_refused(rate) -> None:
    with pytest.raises(ValueError, match="is not a pace"):
        Pace(rate)


def test_settings_name_addresses_rates_and_folders(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("BIORXIVIST_CROSSREF_RATE", "2.5")
    monkeypatch.setenv("BIORXIVIST_OPENALEX_URL", "http://127.0.0.1:9/openalex")
    sources = Sources.configured({"openalex_url": None, "europepmc_rate": 7.0, "home": tmp_path})
    assert sources.endpoints["crossref"].pace.rate == 2.5
    assert sources.endpoints["openalex"].url == "http://127.0.0.1:9/openalex"
    assert sources.endpoints["europepmc"].pace.rate == 7.0
    assert sources.endpoints["biorxiv_web"].pace.rate == pytest.approx(1 / 3)
    assert sources.cache == tmp_path / "cache" / "http"
    monkeypatch.setenv("BIORXIVIST_CROSSREF_RATE", "fast")
    with pytest.raises(ValueError, match="rate of crossref is 'fast'"):
        Sources.configured(home=tmp_path)


def test_a_queue_that_somebody_wrote_nonsense_into_starts_anew(tmp_path) -> None:
    pacer = Pacer(default=Pace(500), folder=tmp_path)
    for text in ("nonsense", "99999999999999"):
        (tmp_path / "h").write_text(text, encoding="ascii")
        with pacer.turn("http://h/x"):
            pass


def test_a_folder_that_cannot_be_written_costs_the_sharing_only(tmp_path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    pacer = Pacer(default=Pace(500), folder=tmp_path / "file" / "queues")
    with pacer.turn("http://h/x"):
        pass
