"""Reading the environment strictly: a wrong value stops the start and says how to mend it."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured

from cinema.currencies import DECIMALS

ON = {"on", "true", "yes", "1"}
OFF = {"off", "false", "no", "0"}
HERE = {"127.0.0.1", "localhost", "[::1]", "0.0.0.0"}  # noqa: S104 - names, nothing listens on them


class Environment:
    """Typed access to environment variables; every refusal names the variable and a value that works."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def text(self, name: str, default: str = "") -> str:
        """The variable as it stands, without surrounding space; empty counts as unset."""
        return self.values.get(name, "").strip() or default

    def matching(self, name: str, pattern: str, what: str) -> str:
        """A text of a certain form, or nothing. Raises ImproperlyConfigured for another form."""
        word = self.text(name)
        if word and not re.fullmatch(pattern, word):
            raise ImproperlyConfigured(f"{name} does not look right. Write {what}, or leave it out.")
        return word

    def secret(self, name: str) -> str:
        """A key of several lines as it stands in the variable, or in the file that ``name_FILE`` names.

        Raises ImproperlyConfigured where both are set, or the file can't be read.
        """
        word, path = self.text(name), self.text(f"{name}_FILE")
        if word and path:
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set. Leave one of them out.")
        if not path:
            return word
        try:
            return Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise ImproperlyConfigured(f"{name}_FILE={path!r} can't be read: {type(fault).__name__}.") from None

    def file(self, name: str) -> str:
        """The path of a file that is there, or nothing. Raises ImproperlyConfigured for one that can't be read."""
        path = self.text(name)
        try:
            if path:
                Path(path).open("rb").close()
        except OSError as fault:
            raise ImproperlyConfigured(f"{name}={path!r} can't be read: {type(fault).__name__}.") from None
        return path

    def flag(self, name: str, default: bool) -> bool:
        """``on`` or ``off``. Raises ImproperlyConfigured for anything else."""
        word = self.text(name, "on" if default else "off").lower()
        if word not in ON | OFF:
            raise ImproperlyConfigured(f"{name}={word!r} is neither on nor off. Write {name}=on or {name}=off.")
        return word in ON

    def number(self, name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
        """A whole number from ``least`` to ``most``. Raises ImproperlyConfigured otherwise."""
        word = self.text(name, str(default))
        if not re.fullmatch(r"-?[0-9]{1,18}", word) or not least <= int(word) <= most:
            raise ImproperlyConfigured(
                f"{name}={word!r} is not a whole number from {least} to {most}. The default is {default}."
            )
        return int(word)

    def choice(self, name: str, default: str, allowed: set[str]) -> str:
        """One of a few words. Raises ImproperlyConfigured for any other."""
        word = self.text(name, default)
        if word not in allowed:
            raise ImproperlyConfigured(f"{name}={word!r} is unknown. It may be: {', '.join(sorted(allowed))}.")
        return word

    def words(self, name: str, default: str = "", *, allowed: set[str] | None = None) -> list[str]:
        """A comma list. Raises ImproperlyConfigured if a word is not among those allowed."""
        found = [word.strip() for word in self.text(name, default).split(",") if word.strip()]
        for word in found:
            if allowed is not None and word not in allowed:
                raise ImproperlyConfigured(f"{name} names {word!r}. It may name: {', '.join(sorted(allowed))}.")
        return found

    def contacts(self, name: str) -> list[str]:
        """A comma list of ``mailto:`` and ``https:`` addresses. Raises ImproperlyConfigured for anything else."""
        found = self.words(name)
        for word in found:
            if not re.fullmatch(r"mailto:[^\s@]+@[^\s@]+|https://[^\s]+", word):
                raise ImproperlyConfigured(f"{name} names {word!r}. Write mailto:security@cinema.example.")
        return found

    def origins(self, name: str) -> list[str]:
        """A comma list of origins, ``https://images.example``. Raises ImproperlyConfigured for anything else."""
        found = self.words(name)
        for word in found:
            if not re.fullmatch(r"https?://[\w.*-]+(:[0-9]{1,5})?", word, re.ASCII):
                raise ImproperlyConfigured(f"{name} names {word!r}. Write origins like https://images.example.")
        return found

    def site(self, name: str, hosts: list[str], *, https: bool, port: int) -> str:
        """The site's own address, ``https://cinema.example``; else made of the first public one of its host names.

        Where there is none the site is this machine's, on its port. Raises ImproperlyConfigured for what is no address.
        """
        word = self.text(name).rstrip("/")
        if word and not re.fullmatch(r"https?://[^\s/?#@]+", word):
            raise ImproperlyConfigured(
                f"{name}={word!r} is no address of a site. Write one like https://cinema.example."
            )
        scheme = "https" if https else "http"
        public = [host for host in hosts if host not in HERE and not host.startswith((".", "*"))]
        return word or (f"{scheme}://{public[0]}" if public else f"{scheme}://127.0.0.1:{port}")

    def time_zone(self, name: str, default: str) -> str:
        """The name of a time zone that exists. Raises ImproperlyConfigured otherwise."""
        word = self.text(name, default)
        try:
            ZoneInfo(word)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ImproperlyConfigured(
                f"{name}={word!r} is no time zone. Write one like Asia/Shanghai or Europe/Berlin."
            ) from None
        return word

    def currency(self, name: str, default: str) -> str:
        """The code of a currency in use. Raises ImproperlyConfigured otherwise."""
        word = self.text(name, default)
        if word not in DECIMALS:
            raise ImproperlyConfigured(f"{name}={word!r} is no currency of ISO 4217. Write one like CNY, EUR or JPY.")
        return word

    def database(self, name: str, default_file: Path) -> dict:
        """Django's database settings from a URL: PostgreSQL with psycopg's pool, or SQLite set for many writers.

        Raises ImproperlyConfigured for any other kind of database.
        """
        url = self.text(name, f"sqlite:///{default_file}")
        scheme = urlsplit(url).scheme
        if scheme in {"postgres", "postgresql"}:
            return self._postgres(url)
        if scheme == "sqlite":
            return self._sqlite(url)
        raise ImproperlyConfigured(
            f"{name} begins with {scheme or 'nothing'}://. Write postgres://user:password@host:5432/name "
            "or sqlite:////path/to/file.sqlite3."
        )

    def _postgres(self, url: str) -> dict:
        try:
            config = environ.Env.db_url_config(url)
        except ValueError:
            config = {}
        if not config.get("NAME"):
            raise ImproperlyConfigured(
                "DATABASE_URL can't be read. Write postgres://user:password@host:5432/name, with what is special "
                "in user or password percent-encoded."
            )
        config["CONN_HEALTH_CHECKS"] = True
        config.setdefault("OPTIONS", {})["pool"] = {
            "min_size": 1,
            "max_size": self.number("DATABASE_POOL", 10, least=1, most=200),
            "timeout": 20,
        }
        return config

    def _sqlite(self, url: str) -> dict:
        # Measured: DEFERRED fails most bookings with "database is locked" under load, IMMEDIATE none.
        config = environ.Env.db_url_config(url)
        Path(config["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        }
        return config
