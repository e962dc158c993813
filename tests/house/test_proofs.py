"""`run.py prove`: what it runs, what it keeps, and what it says when something does not hold."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from proofs import __main__ as proving
from proofs import clock, record
from proofs.record import Result
from proofs.trial import CouldNotLook, NotProved, Trial
from tests.fixtures.servers import ROOT


def a_proof(prove, **more):
    """A proof with a docstring, as a file of ``proofs/`` is one."""
    return SimpleNamespace(__doc__="Water is wet,\nalso at night.\n\nMore.", prove=prove, **more)


def a_result(name="races", sentence="8 rounds, 0 wrong", **more):
    """What came of a proof."""
    return Result(
        **{"name": name, "sentence": sentence, "share": 1.0, "seed": 7, "seconds": 30.0, "date": "2026-01-02", **more}
    )


@pytest.fixture
def kept(monkeypatch):
    """What has been kept, in place of a change to docs/proofs.md."""
    results = []
    monkeypatch.setattr(proving, "keep", results.append)
    return results


@pytest.fixture
def only(monkeypatch):
    """``only(name=proof)`` are all the proofs there are."""
    return lambda **modules: monkeypatch.setattr(proving, "known", lambda: modules)


def test_every_proof_says_what_it_shows_and_its_samples_are_there():
    known = proving.known()

    assert {"races", "kills", "fuzz", "soak", "clock", "lighthouse"} <= set(known)
    for name, module in known.items():
        assert proving.shows(module).endswith("."), name
        assert [path for path in getattr(module, "SAMPLE", []) if not (ROOT / path).is_file()] == []


def test_a_result_is_kept_with_its_seed_and_its_share(only, kept, capsys):
    only(water=a_proof(lambda trial: f"{trial.size(1000)} drops"))

    assert proving.main(["water", "--seed", "5", "--share", "0.1"]) == 0

    assert [(one.name, one.sentence, one.seed, one.share) for one in kept] == [("water", "100 drops", 5, 0.1)]
    assert "=== water (seed 5, share 0.1): Water is wet, also at night." in capsys.readouterr().out


def test_what_does_not_hold_fails_is_said_and_kept_and_the_others_go_on(only, kept, capsys):
    def dry(trial):
        trial.fail_if(["dry", "dusty"])

    only(water=a_proof(dry), fire=a_proof(lambda trial: "hot"))

    assert proving.main([]) == 1

    assert [(one.name, one.sentence) for one in kept] == [("water", "FAILED: dry"), ("fire", "hot")]
    assert "1 proved, 1 not: water" in capsys.readouterr().out


def test_a_sample_leaves_out_what_the_tests_sample_and_keeps_nothing(only, kept, capsys):
    only(water=a_proof(lambda trial: "wet"), races=a_proof(lambda trial: "won", SAMPLE=["tests/house/test_proofs.py"]))

    assert proving.main(["--sample"]) == 0

    assert kept == []
    assert "races" not in capsys.readouterr().out


def test_an_unknown_proof_is_refused(only, capsys):
    only(water=a_proof(lambda trial: "wet"))

    with pytest.raises(SystemExit):
        proving.main(["wine"])

    assert "there is no proof wine; there are water" in capsys.readouterr().err


def test_the_table_keeps_one_line_a_proof_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "commit", lambda: "0123456789")
    file = tmp_path / "proofs.md"
    for result in (
        a_result(),
        a_result("clock", "5 runs\nall well | really"),
        a_result(sentence="FAILED: A1", share=0.004),
    ):
        record.keep(result, file)

    rows = [line for line in file.read_text().splitlines() if "0123456789" in line]

    assert rows == [
        "| clock | 5 runs all well / really | 100% | 7 | 30 s | 2026-01-02 | 0123456789 |",
        "| races | FAILED: A1 | 0.4% | 7 | 30 s | 2026-01-02 | 0123456789 |",
    ]


def test_a_tool_that_cannot_be_had_fails_a_proof_but_no_sample(only, kept, capsys):
    def prove(trial):
        raise CouldNotLook("npm could not install it")

    only(water=a_proof(prove))

    assert (proving.main(["water", "--sample"]), kept) == (0, [])
    assert "=== water: COULD NOT LOOK: npm could not install it" in capsys.readouterr().out
    assert proving.main(["water"]) == 1


def test_a_module_that_fails_is_said_with_its_last_words():
    with pytest.raises(NotProved, match=r"^no_such_module ended with 1: nothing was printed$"):
        Trial(seed=1).run("no_such_module")


def test_what_a_module_prints_comes_back(capsys):
    said = Trial(seed=1).run("calendar", "2031", "1")

    assert "January 2031" in said
    assert "January 2031" in capsys.readouterr().out


def test_a_process_that_asks_late_for_the_time_is_not_behind():
    ask = "import time; from time_machine import escape_hatch; time.sleep(2)"
    ask = f"{ask}; print(time.time() - escape_hatch.time.time())"
    moved = {"CINEMA_TEST_CLOCK": "-49333", "PYTHONPATH": str(ROOT / "tests" / "house_clock")}

    said = subprocess.run([sys.executable, "-c", ask], env={**os.environ, **moved}, capture_output=True, check=True)

    assert float(said.stdout) == pytest.approx(-49333, abs=1)


def test_the_clock_is_put_to_the_hour_of_the_zone(time_machine):
    time_machine.move_to("2026-03-01T04:00:00+00:00", tick=False)  # noon in Shanghai

    assert clock.seconds_until("21:40", "Asia/Shanghai") == (9 * 60 + 40) * 60
    assert clock.seconds_until("00:05", "Asia/Shanghai") == -(11 * 60 + 55) * 60
    assert clock.seconds_until("", "America/New_York") == 0
