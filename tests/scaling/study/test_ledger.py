from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scaling.errors import LedgerError
from scaling.study.ledger import Ledger
from scaling.study.run import status


def test_a_run_is_claimed_once_in_plan_order_and_entered_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.add({"b": None, "a": None})
    ledger.add({"b": None, "a": None})
    assert [ledger.claim(), ledger.claim(), ledger.claim()] == ["b", "a", None]
    ledger.finish("b")
    assert ledger.counts() == {"done": 1, "running": 1}
    ledger.close()


def test_a_silent_worker_loses_its_run_and_a_beating_one_keeps_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.add({"a": None})
    assert ledger.claim() == "a"
    assert ledger.claim(lease=60.0) is None
    time.sleep(0.05)
    assert ledger.claim(lease=0.01) == "a"
    time.sleep(0.05)
    ledger.renew("a")
    assert ledger.claim(lease=0.04) is None
    ledger.close()


def test_runs_of_a_process_that_is_gone_are_given_back(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    code = (
        "import os, sys; from pathlib import Path; from scaling.study.ledger import Ledger;"
        "ledger = Ledger(Path(sys.argv[1])); ledger.add({'a': None}); ledger.claim(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False, cwd=Path(__file__).parents[3])
    ledger = Ledger(path)
    assert ledger.claim() is None
    assert ledger.release_dead() == 1
    assert ledger.claim() == "a"
    ledger.close()


def test_a_run_of_a_process_that_is_gone_is_not_shown_as_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.add({"a": None})
    with monkeypatch.context() as patch:
        patch.setattr("scaling.study.ledger.os.getpid", lambda: gone.pid)
        assert ledger.claim() == "a"
    assert ledger.counts() == {"running": 1}
    assert status(tmp_path) == {"waiting": 1}
    ledger.close()


def test_a_run_waits_until_the_one_that_it_hangs_on_is_done_also_in_a_ledger_of_before(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with sqlite3.connect(path) as db:  # as it was before runs could wait for each other
        db.execute(
            "CREATE TABLE runs (run_id TEXT PRIMARY KEY, position INTEGER NOT NULL, state TEXT NOT NULL "
            "DEFAULT 'waiting', host TEXT, pid INTEGER, heartbeat REAL, error TEXT) WITHOUT ROWID"
        )
        db.execute("INSERT INTO runs (run_id, position) VALUES ('b', 0)")
    db.close()
    ledger = Ledger(path)
    ledger.add({"b": "a", "a": None})
    assert [ledger.claim(), ledger.claim()] == ["a", None]
    ledger.finish("a")
    assert ledger.claim() == "b"
    ledger.close()


def test_a_failed_run_waits_again_when_the_study_starts_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.add({"a": None})
    ledger.claim()
    ledger.fail("a", "ValueError: no")
    assert ledger.failed() == [("a", "ValueError: no")]
    ledger.add({"a": None})
    assert ledger.claim() == "a"
    ledger.close()


def test_a_ledger_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(LedgerError, match="another folder"):
        Ledger(tmp_path / "file" / "ledger.sqlite")
    (tmp_path / "ledger.sqlite").write_text("not a database " * 100, encoding="utf-8")
    with pytest.raises(LedgerError, match="not a database"):
        Ledger(tmp_path / "ledger.sqlite")
