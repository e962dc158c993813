"""`python3 run.py serve` for real: nginx, WSGI and ASGI workers on PostgreSQL and Redis; and what it refuses."""

import json
import re
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from runner import production, servers
from runner.machine import Stop
from tests.fixtures.production import NEEDED, REHEARSAL, Production
from tests.fixtures.servers import ROOT
from tests.machine import need


@pytest.mark.parametrize("name", list(NEEDED))
def test_it_does_not_start_without_what_production_needs(name):
    with pytest.raises(Stop, match=rf"^Production needs these variables, which are not set:\n  {name}: [^\n]+$"):
        production.production_environment({**NEEDED, name: " "})


def test_several_processes_do_not_share_a_file():
    with pytest.raises(Stop, match=r"^Several processes need PostgreSQL"):
        production.production_environment({**NEEDED, "DATABASE_URL": "sqlite:////tmp/cinema.sqlite3"})


def test_production_is_no_demo_and_believes_its_own_proxy():
    made = production.production_environment(NEEDED)

    assert (made["DEMO"], made["BEHIND_PROXY"], made["CLAIM_FIRST"]) == ("off", "on", "on")


@pytest.mark.parametrize("word", ["0", "65", "many"])
def test_a_senseless_number_of_processes_is_refused(word):
    with pytest.raises(Stop, match=f"^WEB_WORKERS='{word}' is no number of processes"):
        production.workers({"WEB_WORKERS": word}, "WEB_WORKERS", 2)


def test_https_needs_a_certificate():
    with pytest.raises(Stop, match=r"^HTTPS=on needs a certificate here"):
        production.tls_lines({"HTTPS": "on"})


def test_without_nginx_the_line_that_installs_it_is_printed(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)

    with pytest.raises(Stop, match=r"sudo apt install nginx$"):
        production.nginx_program()


def test_the_compose_file_starts_all_kinds_of_workers_after_the_migration():
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]

    for name in ("web", "sockets", "work"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["environment"]["DATABASE_URL"].endswith("@database:5432/cinema")


def test_the_units_start_what_is_there():
    executables = {
        line.split("=", 1)[1].split()[0]
        for unit in (ROOT / "deploy").glob("*.service")
        for line in unit.read_text().splitlines()
        if line.startswith("ExecStart")
    }

    assert {Path(path).name for path in executables} == {"python", "granian"}


def a_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate and its key, good for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "cinema.example")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(hours=1))
    files = folder / "fullchain.pem", folder / "privkey.pem"
    files[0].write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def nginx_accepts(folder: Path, config: str) -> None:
    for port in (" 80", "]:80", " 443", "]:443"):  # which only root may listen on
        config = re.sub(rf"(listen.*{re.escape(port)})\b", lambda found: f"listen {servers.free_port()}", config)
    (folder / "nginx.conf").write_text(config)
    command = [need("nginx"), "-t", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nginx_accepts_the_site_with_tls(tmp_path):
    certificate, _ = a_certificate(tmp_path)
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    site = site.replace("/etc/letsencrypt/live/cinema.example", str(certificate.parent))
    site = site.replace("/srv/cinema", str(ROOT))

    nginx_accepts(tmp_path, f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{site}\n}}\n")


def test_nginx_accepts_the_site_of_the_containers(tmp_path):
    site = (ROOT / "deploy" / "nginx-compose.conf").read_text()
    site = site.replace("/etc/nginx/cinema-rules.conf", str(ROOT / "deploy" / "nginx-rules.conf"))
    site = site.replace("web:8000", "127.0.0.1:8001").replace("sockets:8000", "127.0.0.1:8002")

    nginx_accepts(tmp_path, f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{site}\n}}\n")


def test_nginx_accepts_one_machine_with_tls(tmp_path):
    certificate, key = a_certificate(tmp_path)
    tls = production.tls_lines({"HTTPS": "on", "TLS_CERTIFICATE": str(certificate), "TLS_KEY": str(key)})

    nginx_accepts(tmp_path, production.nginx_config(tmp_path, "127.0.0.1", servers.free_port(), 8001, 8002, tls))


@pytest.fixture(scope="module")
def machine():
    """The machine's PostgreSQL and Redis."""
    need("nginx")
    redis_binary, postgres_binaries = need("Redis"), Path(need("PostgreSQL"))
    with servers.postgres(postgres_binaries) as database, servers.redis(redis_binary) as redis:
        yield database, redis


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the house keeps of one start for the next: collected files, heads of the journal."""
    return tmp_path_factory.mktemp("production")


@pytest.fixture(scope="module")
def running(machine, folder):
    whole = Production(folder, *machine, **REHEARSAL)
    try:
        whole.wait()
        yield whole
    finally:
        whole.end()


@pytest.mark.sqlite  # they bring a PostgreSQL of their own; once is enough
class TestTheFirstStart:
    """These come before the demo is laid: nobody owns the house yet."""

    def test_it_refuses_what_lets_strangers_in_and_says_how_to_mend_it(self, machine, tmp_path):
        whole = Production(tmp_path, *machine, SECRET_KEY="k", PAYMENT_PROVIDERS="sandbox")

        code, told = whole.process.wait(120), whole.log.read_text()

        assert code == 1
        assert "cinema.E001: SECRET_KEY is so short or plain that it can be guessed.\n      Set it to " in told
        assert "cinema.E003: The sandbox is a way to pay" in told
        assert "Traceback" not in told
        assert "Setting up the database" not in told

    def test_nothing_is_served_until_the_consoles_code_has_claimed_it(self, machine, folder):
        whole = Production(folder, *machine)
        try:
            whole.wait()
            code = re.search(r"^ {6}([0-9A-Z-]{24})$", whole.log.read_text(), re.MULTILINE)[1]
            before = [whole.get(path)[0] for path in ("/", "/api/v1/movies", "/admin/", "/healthz", "/account/setup/")]
            style = whole.get("/")[1].split('rel="stylesheet" href="')[1].split('"')[0]
            styled = whole.get(style)[0]
            with pytest.raises(InvalidStatus), connect(f"ws://127.0.0.1:{whole.port}/ws/seats"):
                pass
            stranger, owner = whole.claim("AAAA-AAAA-AAAA-AAAA-AAAA"), whole.claim(code)
            after = {whole.get(path)[0] for path in ("/", "/api/v1/movies", "/account/login/") * 8}
            sockets = []
            for _each in range(4):
                with connect(f"ws://127.0.0.1:{whole.port}/ws/seats") as socket:
                    sockets.append(socket.response.status_code)
            again = whole.claim(code)
        finally:
            whole.end()

        assert (before, styled) == ([503, 503, 503, 200, 200], 200)
        assert (stranger, owner, again) == (403, 200, 403)
        assert (after, sockets) == ({200}, [101] * 4)


@pytest.mark.sqlite  # it brings a PostgreSQL of its own; once is enough
class TestTheWholeOfIt:
    """One start serves all of these."""

    def test_pages_come_through_the_proxy(self, running):
        status, page = running.get("/films/")

        assert status == 200
        assert "沙丘2" in page

    def test_static_files_come_compressed_and_may_be_kept(self, running):
        _, page = running.get("/")
        style = page.split('rel="stylesheet" href="')[1].split('"')[0]

        with urllib.request.urlopen(f"{running.url}{style}", timeout=60) as answer:
            kept = answer.headers["Cache-Control"]

        assert "max-age=315360000" in kept
        assert "immutable" in kept

    def test_uploads_come_from_the_disk_in_parts_by_the_right_name(self, running):
        place = running.log.parent / "media" / "streams" / "a"
        place.mkdir(parents=True)
        (place / "film.m4s").write_bytes(bytes(range(256)))
        (place / "film.m3u8").write_text("#EXTM3U\n")
        request = urllib.request.Request(f"{running.url}/media/streams/a/film.m4s", headers={"Range": "bytes=16-31"})

        with urllib.request.urlopen(request, timeout=60) as part:
            body, status, kind = part.read(), part.status, part.headers["Content-Type"]
        with urllib.request.urlopen(f"{running.url}/media/streams/a/film.m3u8", timeout=60) as playlist:
            headers = playlist.headers

        assert (status, kind, body) == (206, "video/iso.segment", bytes(range(16, 32)))
        assert headers["Content-Type"] == "application/vnd.apple.mpegurl"
        assert (headers["X-Content-Type-Options"], "immutable" in headers["Cache-Control"]) == ("nosniff", True)
        assert running.get("/media/streams/a/other.m3u8")[0] == 404
        assert running.get("/media/../uploads/x")[0] in {400, 404}

    def test_a_socket_goes_to_the_asgi_workers(self, running):
        with connect(f"ws://127.0.0.1:{running.port}/ws/seats") as socket:
            socket.send(json.dumps({"type": "watch", "showtime_id": 1}))
            answer = json.loads(socket.recv(timeout=60))

        assert answer["type"] in {"seats", "error"}

    def test_a_name_of_somebody_else_is_refused(self, running):
        assert running.get("/", Host="evil.example")[0] == 400

    def test_a_forwarded_host_made_up_by_the_client_is_not_believed(self, running):
        status, _ = running.get("/", **{"X-Forwarded-Host": "evil.example"})

        assert status == 200

    def test_what_no_provider_would_say_is_refused_at_the_door(self, running):
        address = f"{running.url}/payments/sandbox/notify/"
        statuses = [httpx.post(address, content=b"x" * size, timeout=60).status_code for size in (200_000, 11_000_000)]

        assert statuses == [403, 413]

    def test_it_ends_without_leaving_anything_behind(self, running):
        pid = running.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

        running.process.send_signal(signal.SIGTERM)
        code = running.process.wait(60)

        assert code == 0
        assert len(children) == 4
        assert [pid for pid in children if Path("/proc", pid).exists()] == []
        assert "Traceback" not in running.log.read_text()
