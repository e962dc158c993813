"""The settings as a whole: what they refuse, what they take for granted, and that the README tells of all of them."""

import email
import re
import runpy
from email.policy import default
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

ROOT = Path(__file__).resolve().parent.parent.parent
READ = re.compile(r'(?:env|self)\.\w+\(\s*"([A-Z_]+)"')


def variables_read() -> set[str]:
    sources = [(ROOT / "cinema" / name).read_text() for name in ("settings.py", "environment.py")]
    return {name for source in sources for name in READ.findall(source)}


@pytest.fixture
def settings_with(monkeypatch, tmp_path):
    for name in variables_read():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))

    def load(**variables: str) -> dict:
        for name, value in {"SECRET_KEY": "k" * 50, **variables}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "cinema" / "settings.py"))

    return load


def test_without_a_key_nothing_starts_and_the_way_out_is_named(settings_with):
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY is not set\. .*python3 run\.py.*token_urlsafe"):
        settings_with(SECRET_KEY="")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("DEMO", "2"),
        ("HTTPS", "https"),
        ("BEHIND_PROXY", "nginx"),
        ("RATE_LIMITS", "some"),
        ("HOLD_MINUTES", "0"),
        ("MAX_SEATS_PER_ORDER", "none"),
        ("MAX_PENDING_ORDERS", "-1"),
        ("SALES_CLOSE_MINUTES", "1.5"),
        ("REFUND_CLOSE_MINUTES", "soon"),
        ("CHAT_GUESTS", "shout"),
        ("TIME_ZONE", "Nowhere"),
        ("DATABASE_URL", "mysql://localhost/cinema"),
        ("DATABASE_POOL", "0"),
        ("REDIS_URL", "localhost:6379"),
        ("EMAIL_PORT", "smtp"),
        ("SITE_URL", "cinema.example"),
        ("SITE_URL", "https://cinema.example/here"),
        ("EMAIL_TLS", "starttls"),
        ("EMAIL_VERIFICATION", "sometimes"),
        ("LOGIN_ATTEMPTS", "0"),
        ("LOGIN_LOCK_MINUTES", "x"),
        ("TOKEN_MINUTES", "0"),
        ("REFRESH_DAYS", "never"),
        ("LOG_LEVEL", "LOUD"),
        ("FILM_WEEK_STARTS", "someday"),
        ("TMDB_API_KEY", "secret"),
        ("STRIPE_SECRET_KEY", "pk_live_public"),
        ("STRIPE_WEBHOOK_SECRET", "secret"),
        ("STRIPE_API_BASE", "api.stripe.com"),
        ("ALIPAY_APP_ID", "my-app"),
        ("ALIPAY_SELLER_ID", "seller@example.com"),
        ("ALIPAY_GATEWAY", "openapi.alipay.com"),
        ("WECHAT_PAY_MCH_ID", "shop"),
        ("WECHAT_PAY_APP_ID", "1900000001"),
        ("WECHAT_PAY_SERIAL", "the certificate"),
        ("WECHAT_PAY_PUBLIC_KEY_ID", "5157F09EFDC096DE"),
        ("WECHAT_PAY_H5", "maybe"),
        ("WECHAT_PAY_API_BASE", "api.mch.weixin.qq.com"),
        ("API_RATE_ADDRESS", "0"),
        ("API_RATE_USER", "many"),
        ("API_RATE_LOGIN", "-1"),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_the_variable(settings_with, name, value):
    others = {"DATABASE_URL": "postgres://localhost/cinema"} if name == "DATABASE_POOL" else {}

    with pytest.raises(ImproperlyConfigured) as refused:
        settings_with(**others, **{name: value})

    assert str(refused.value).startswith(name)


def test_nothing_is_loosened_unless_asked_for(settings_with):
    settings = settings_with()

    assert settings["DEBUG"] is False
    assert settings["DEMO"] is False
    assert settings["PAYMENT_PROVIDERS"] == []
    assert settings["RATE_LIMITS"] is True
    assert settings["DATABASES"]["default"].get("ATOMIC_REQUESTS", False) is False


def test_only_the_demo_takes_sandbox_payments_unasked(settings_with):
    assert settings_with(DEMO="on")["PAYMENT_PROVIDERS"] == ["sandbox"]


def test_https_turns_on_everything_that_belongs_to_it(settings_with):
    settings = settings_with(HTTPS="on")

    assert (
        settings["SESSION_COOKIE_SECURE"] is settings["CSRF_COOKIE_SECURE"] is settings["SECURE_SSL_REDIRECT"] is True
    )
    assert settings["SECURE_HSTS_SECONDS"] == 31_536_000
    cookies = [settings[f"{name}_COOKIE_NAME"] for name in ("SESSION", "CSRF", "LANGUAGE")]
    assert [name.startswith("__Host-") for name in [*cookies, settings["COOKIE_PREFIX"]]] == [True] * 4
    assert "http:" not in settings["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["img-src"]


def test_the_house_may_say_where_pictures_come_from(settings_with):
    policy = settings_with(PICTURE_ORIGINS="https://image.tmdb.org")["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]

    assert policy["img-src"] == ["'self'", "data:", "https://image.tmdb.org"]
    with pytest.raises(ImproperlyConfigured, match="PICTURE_ORIGINS"):
        settings_with(PICTURE_ORIGINS="https://x.example; script-src *")


def test_redis_carries_both_the_channel_layer_and_the_cache(settings_with):
    settings = settings_with(REDIS_URL="redis://127.0.0.1:6379/0")

    assert settings["CHANNEL_LAYERS"]["default"]["BACKEND"] == "channels_redis.pubsub.RedisPubSubChannelLayer"
    assert settings["CACHES"]["default"]["BACKEND"] == "cinema.cache.RedisOrHere"


def test_the_readme_tells_of_every_variable():
    readme = (ROOT / "README.md").read_text()

    untold = {name for name in variables_read() | {"HOST", "PORT"} if f"`{name}`" not in readme}

    assert untold == set()


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"ALLOWED_HOSTS": "127.0.0.1,.example,cinema.example,kino.example"}, "http://cinema.example"),
        ({"ALLOWED_HOSTS": "cinema.example", "HTTPS": "on"}, "https://cinema.example"),
        ({"ALLOWED_HOSTS": "*", "SITE_URL": "https://kino.example/"}, "https://kino.example"),
    ],
)
def test_the_site_knows_what_it_is_called_from_outside(settings_with, variables, address):
    assert settings_with(**variables)["SITE_URL"] == address


def test_kept_mail_is_a_file_for_its_owner_and_the_log_tells_no_more_than_who_and_what(settings, tmp_path, caplog):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "cinema.mail.KeptMail", tmp_path / "mail"
    message = EmailMessage("您的电影票", "secret-code", to=["lin@example.com"])

    with caplog.at_level("INFO"):
        sent = message.send()

    (file,) = (tmp_path / "mail").iterdir()
    kept = email.message_from_bytes(file.read_bytes(), policy=default)
    assert (sent, kept["To"], kept.get_content().strip()) == (1, "lin@example.com", "secret-code")
    assert file.stat().st_mode & 0o777 == 0o600
    assert caplog.messages == [f"Mail for lin@example.com: 您的电影票 (kept in {file})"]
