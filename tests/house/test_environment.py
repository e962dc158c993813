"""Reading the environment: every wrong value is refused with a sentence that names it and one that works."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cinema.environment import Environment


def test_empty_counts_as_unset():
    env = Environment({"CINEMA_NAME": "   "})

    assert env.text("CINEMA_NAME", "光影院") == "光影院"


@pytest.mark.parametrize(("word", "meant"), [("on", True), ("TRUE", True), ("1", True), ("Off", False), ("no", False)])
def test_a_flag_is_on_or_off_in_the_usual_words(word, meant):
    assert Environment({"DEBUG": word}).flag("DEBUG", not meant) is meant


def test_a_flag_that_is_neither_is_refused():
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({"DEBUG": "maybe"}).flag("DEBUG", False)

    assert str(refused.value) == "DEBUG='maybe' is neither on nor off. Write DEBUG=on or DEBUG=off."


@pytest.mark.parametrize("word", ["ten", "0", "1441", "1.5", "-3", "--5", "²", "1_0"])
def test_a_number_out_of_bounds_or_no_number_is_refused(word):
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({"HOLD_MINUTES": word}).number("HOLD_MINUTES", 10, least=1, most=1440)

    assert str(refused.value) == f"HOLD_MINUTES={word!r} is not a whole number from 1 to 1440. The default is 10."


def test_a_number_within_bounds_is_read():
    assert Environment({"HOLD_MINUTES": "15"}).number("HOLD_MINUTES", 10, least=1, most=1440) == 15


def test_a_choice_outside_the_list_is_refused_with_the_list():
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({"CHAT_GUESTS": "shout"}).choice("CHAT_GUESTS", "write", {"write", "read", "off"})

    assert str(refused.value) == "CHAT_GUESTS='shout' is unknown. It may be: off, read, write."


def test_words_are_split_at_commas_and_trimmed():
    assert Environment({"ALLOWED_HOSTS": "a.example, b.example,"}).words("ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_a_word_outside_the_list_is_refused_with_the_list():
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({"PAYMENT_PROVIDERS": "sandbox,gold"}).words("PAYMENT_PROVIDERS", allowed={"sandbox"})

    assert str(refused.value) == "PAYMENT_PROVIDERS names 'gold'. It may name: sandbox."


@pytest.mark.parametrize("word", ["Mars/Olympus", "../etc/passwd", "Asia"])
def test_a_time_zone_that_does_not_exist_is_refused(word):
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment({"TIME_ZONE": word}).time_zone("TIME_ZONE", "Asia/Shanghai")

    assert str(refused.value) == f"TIME_ZONE={word!r} is no time zone. Write one like Asia/Shanghai or Europe/Berlin."


@pytest.mark.parametrize("url", ["mysql://root@localhost/cinema", "cinema.sqlite3"])
def test_another_kind_of_database_is_refused(url, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL begins with .*Write postgres://"):
        Environment({"DATABASE_URL": url}).database("DATABASE_URL", tmp_path / "cinema.sqlite3")


@pytest.mark.parametrize("url", ["postgres://db.example", "postgres://db.example:port/cinema"])
def test_an_address_of_postgresql_that_cannot_be_read_is_refused(url, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL can't be read"):
        Environment({"DATABASE_URL": url}).database("DATABASE_URL", tmp_path / "unused")


def test_without_an_address_the_database_is_a_file_set_for_many_writers(tmp_path):
    config = Environment({}).database("DATABASE_URL", tmp_path / "var" / "cinema.sqlite3")

    assert config["ENGINE"] == "django.db.backends.sqlite3"
    assert config["NAME"] == str(tmp_path / "var" / "cinema.sqlite3")
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert Path(config["NAME"]).parent.is_dir()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_comes_with_its_pool(scheme, tmp_path):
    url = f"{scheme}://ada:p%40ss@db.example:5433/cinema?sslmode=require"

    config = Environment({"DATABASE_URL": url, "DATABASE_POOL": "4"}).database("DATABASE_URL", tmp_path / "unused")

    assert config["ENGINE"] == "django.db.backends.postgresql"
    assert (config["USER"], config["PASSWORD"], config["HOST"], config["PORT"]) == ("ada", "p@ss", "db.example", 5433)
    assert config["OPTIONS"]["sslmode"] == "require"
    assert config["OPTIONS"]["pool"]["max_size"] == 4
