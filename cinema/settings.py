"""The settings, all read from the environment. What each variable means stands in the README."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from cinema.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(os.environ)

# --- What it is --------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG", False)
DEMO = env.flag("DEMO", False)
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. For a first look run `python3 run.py`, which makes one and keeps it; elsewhere set "
        'it to a long random text: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
    )
# Keys that were: what they have signed stays good, nothing is signed with them any more.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
JOURNAL_KEY = env.text("JOURNAL_KEY")
JOURNAL_KEY_FALLBACKS = env.words("JOURNAL_KEY_FALLBACKS")
HTTPS = env.flag("HTTPS", False)
BEHIND_PROXY = env.flag("BEHIND_PROXY", False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
CINEMA_NAME = env.text("CINEMA_NAME", "光影院")
CINEMA_NAME_EN = env.text("CINEMA_NAME_EN", "Lumen Cinema")
SECURITY_CONTACT = env.contacts("SECURITY_CONTACT")
CURRENCY = env.currency("CURRENCY", "CNY")
SITE_URL = env.site("SITE_URL", ALLOWED_HOSTS, https=HTTPS, port=env.number("PORT", 8000, least=1, most=65535))

# --- The cinema's rules (each has its default in the contract) ----------------------------------------------
HOLD_MINUTES = env.number("HOLD_MINUTES", 10, least=1, most=24 * 60)
MAX_SEATS_PER_ORDER = env.number("MAX_SEATS_PER_ORDER", 8, least=1, most=100)
MAX_PENDING_ORDERS = env.number("MAX_PENDING_ORDERS", 3, least=1, most=100)
SALES_CLOSE_MINUTES = env.number("SALES_CLOSE_MINUTES", 0, least=0, most=24 * 60)
ADMISSION_OPENS_MINUTES = env.number("ADMISSION_OPENS_MINUTES", 60, least=0, most=7 * 24 * 60)
REFUND_CLOSE_MINUTES = env.number("REFUND_CLOSE_MINUTES", 30, least=0, most=30 * 24 * 60)
MAX_GIFT_CARD = env.number("MAX_GIFT_CARD", 2000, least=1)  # in major units
GIFT_CARD_DAYS = env.number("GIFT_CARD_DAYS", 1095, least=1, most=100 * 366)
REFUND_ALERT_COUNT = env.number("REFUND_ALERT_COUNT", 10, least=1)
REFUND_ALERT_SUM = env.number("REFUND_ALERT_SUM", 1000, least=1)  # in major units
DRAWER_DIFFERENCE_LIMIT = env.number("DRAWER_DIFFERENCE_LIMIT", 10, least=0)  # in major units
KEEP_EVENTS_DAYS = env.number("KEEP_EVENTS_DAYS", 400, least=1, most=10 * 366)
KEEP_SECURITY_DAYS = env.number("KEEP_SECURITY_DAYS", 400, least=90, most=10 * 366)
PAYMENT_PROVIDERS = env.words("PAYMENT_PROVIDERS", "sandbox" if DEMO else "")
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
FILM_WEEK_STARTS = WEEKDAYS.index(env.choice("FILM_WEEK_STARTS", "monday", set(WEEKDAYS)))
STRIPE_SECRET_KEY = env.matching("STRIPE_SECRET_KEY", r"(sk|rk)_(test|live)_\w+", "a key like sk_live_… of Stripe")
STRIPE_WEBHOOK_SECRET = env.matching("STRIPE_WEBHOOK_SECRET", r"whsec_\S+", "the endpoint's secret, whsec_…")
STRIPE_API_BASE = env.matching("STRIPE_API_BASE", r"https?://[^\s/?#@]+", "an address") or "https://api.stripe.com"
ALIPAY_APP_ID = env.matching("ALIPAY_APP_ID", r"\d{10,32}", "the number of the app at Alipay")
ALIPAY_SELLER_ID = env.matching("ALIPAY_SELLER_ID", r"2088\d{12}", "the 16 digits of your account (PID), 2088…")
ALIPAY_PRIVATE_KEY = env.secret("ALIPAY_PRIVATE_KEY")
ALIPAY_PUBLIC_KEY = env.secret("ALIPAY_PUBLIC_KEY")
ALIPAY_GATEWAY = (
    env.matching("ALIPAY_GATEWAY", r"https?://[^\s?#@]+", "an address") or "https://openapi.alipay.com/gateway.do"
)
WECHAT_PAY_MCH_ID = env.matching("WECHAT_PAY_MCH_ID", r"\d{8,32}", "the number of the shop at WeChat Pay")
WECHAT_PAY_APP_ID = env.matching("WECHAT_PAY_APP_ID", r"wx\w{8,30}", "the id of the account or app, wx…")
WECHAT_PAY_SERIAL = env.matching("WECHAT_PAY_SERIAL", r"[0-9A-Fa-f]{8,64}", "the number of the shop's certificate")
WECHAT_PAY_PRIVATE_KEY = env.secret("WECHAT_PAY_PRIVATE_KEY")
WECHAT_PAY_API_V3_KEY = env.secret("WECHAT_PAY_API_V3_KEY")
WECHAT_PAY_PUBLIC_KEY_ID = env.matching("WECHAT_PAY_PUBLIC_KEY_ID", r"PUB_KEY_ID_\w+", "the key's id, PUB_KEY_ID_…")
WECHAT_PAY_PUBLIC_KEY = env.secret("WECHAT_PAY_PUBLIC_KEY")
WECHAT_PAY_CERTIFICATES = env.secret("WECHAT_PAY_CERTIFICATES")
WECHAT_PAY_H5 = env.flag("WECHAT_PAY_H5", True)
WECHAT_PAY_API_BASE = (
    env.matching("WECHAT_PAY_API_BASE", r"https?://[^\s/?#@]+", "an address") or "https://api.mch.weixin.qq.com"
)
TMDB_API_KEY = env.matching(
    "TMDB_API_KEY", r"[0-9a-f]{32}|eyJ[\w.-]+", "the key or the read token of your TMDb account"
)
CHAT_GUESTS = env.choice("CHAT_GUESTS", "write", {"write", "read", "off"})

# --- Parts ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "cinema",
    "backoffice",
    "social",
    "ticketing",
    "catalog",
    "accounts",
    "backoffice.apps.OfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "channels",
    "csp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "phonenumber_field",
    "rest_framework",
    "simple_history",
]
MIDDLEWARE = [
    "cinema.proxy.BelieveTheProxy",
    "cinema.origin.RememberOrigin",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "cinema.headers.CarefulHeaders",
    "cinema.storage.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.NoteSessionUse",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "cinema.devices.DeviceCookie",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.views.setup.ServeOnceClaimed",
    "cinema.pages.RefusalPages",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "cinema.urls"
WSGI_APPLICATION = "cinema.wsgi.application"
ASGI_APPLICATION = "cinema.asgi.application"
APPEND_SLASH = True
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "cinema.pages.house",
            ],
            "builtins": ["cinema.templatetags.money"],
        },
    }
]

# --- Databases and the channel layer -----------------------------------------------------------------
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
DATABASES = {"default": env.database("DATABASE_URL", VAR_DIR / "cinema.sqlite3")}
JOURNAL_HEADS = Path(env.text("JOURNAL_HEADS", str(VAR_DIR / "journal")))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", 30, least=2, most=600)
REDIS_URL = env.text("REDIS_URL")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured(f"REDIS_URL={REDIS_URL!r} is no Redis address. Write redis://127.0.0.1:6379/0.")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    }
    CACHES: dict = {
        "default": {"BACKEND": "cinema.cache.RedisOrHere", "LOCATION": REDIS_URL},
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # allauth counts here: with Django's 300 a crowd would make the house forget whom it has counted.
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        }
    }

# --- Languages and time -----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "cinema" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE", "Asia/Shanghai")

# --- Files -----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))
UPLOAD_ROOT = Path(env.text("UPLOAD_ROOT", str(VAR_DIR / "uploads")))
UPLOAD_VIDEO_MB = env.number("UPLOAD_VIDEO_MB", 4096, least=1, most=100_000)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "cinema.storage.HashedStaticFiles"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# --- People ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.attempts.SprayGuard",
    "accounts.backends.OpenAccounts",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
if BREACHED_PASSWORDS := env.file("BREACHED_PASSWORDS"):
    AUTH_PASSWORD_VALIDATORS.append(
        {"NAME": "accounts.breached_passwords.NotBreachedValidator", "OPTIONS": {"path": BREACHED_PASSWORDS}}
    )
LOGIN_REDIRECT_URL = "site:home"  # by name: it stays in the reader's language
LOGIN_URL = "account_login"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_ADAPTER = "accounts.adapter.HouseAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = env.choice("EMAIL_VERIFICATION", "optional", {"none", "optional", "mandatory"})
ACCOUNT_LOGOUT_REDIRECT_URL = "site:home"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS: dict | bool = False
if env.flag("RATE_LIMITS", True):
    # Failed log-ins are counted in accounts.attempts; what is left here are one-time codes, by account. A class of
    # pupils behind one address logs in at the same minute.
    ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key", "login": "120/m/ip"}
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.reset_links.ResetLinks"  # noqa: S105  a class
STEP_UP_MINUTES = env.number("STEP_UP_MINUTES", 10, least=1, most=24 * 60)
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = STEP_UP_MINUTES * 60
SESSION_DAYS = env.number("SESSION_DAYS", 90, least=1, most=3650)
SESSION_ENGINE = "accounts.session_store"
STAFF_MFA = env.flag("STAFF_MFA", False)
OPEN_ADMIN_REGISTER = env.flag("OPEN_ADMIN_REGISTER", False)
CLAIM_FIRST = env.flag("CLAIM_FIRST", False)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "accounts.forms.AddWebAuthnForm"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
PHONENUMBER_DEFAULT_REGION = env.text("PHONE_REGION", "CN")
PHONENUMBER_DB_FORMAT = "E164"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if env.text("EMAIL_HOST") else "cinema.mail.KeptMail"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_TLS", False)
EMAIL_TIMEOUT = 10  # seconds; nobody waits longer for a mail server
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "cinema@localhost")

# --- Too many tries -----------------------------------------------------------------------------------
RATE_LIMITS = env.flag("RATE_LIMITS", True)
AXES_ENABLED = RATE_LIMITS
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_DISABLE_ACCESS_LOG = True
AXES_FAILURE_LIMIT = env.number("LOGIN_ATTEMPTS", 10, least=1, most=1000)
AXES_COOLOFF_TIME = timedelta(minutes=env.number("LOGIN_LOCK_MINUTES", 15, least=1, most=24 * 60))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "accounts.attempts.name_of_login"
AXES_CLIENT_IP_CALLABLE = "accounts.attempts.network_of_request"
AXES_SENSITIVE_PARAMETERS = ["login", "username", "email", "password"]
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_VERBOSE = False

# --- The API ---------------------------------------------------------------------------------------
REST_FRAMEWORK: dict = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["cinema.api.permissions.KeepsTerms"],
    "DEFAULT_THROTTLE_CLASSES": ["cinema.api.throttles.CallerThrottle"],
    "DEFAULT_PARSER_CLASSES": ["cinema.api.reading.JsonParser", "cinema.api.reading.SmallFormParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "cinema.api.reading.AlwaysJson",
    "DEFAULT_SCHEMA_CLASS": "cinema.api.schema.EndpointSchema",
    "EXCEPTION_HANDLER": "cinema.api.refusals.answer_refusal",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "NUM_PROXIES": 1 if env.flag("BEHIND_PROXY", False) else 0,
}
# Requests a minute: for an address, for a user, and for an address that logs in or signs up.
API_RATES = {
    "address": env.number("API_RATE_ADDRESS", 3000, least=1),
    "user": env.number("API_RATE_USER", 600, least=1),
    "door": env.number("API_RATE_LOGIN", 120, least=1),
}
SPECTACULAR_SETTINGS: dict = {
    "TITLE": "Cinema API",
    "DESCRIPTION": "Three dialects of one cinema: booking, community and v1. Messages are Chinese, or English by "
    "`Accept-Language: en`. Bodies are JSON; a form-encoded body is read as well.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["cinema.api.schema.finish_document"],
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True, "filter": True},
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.number("TOKEN_MINUTES", 24 * 60, least=1)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env.number("REFRESH_DAYS", 30, least=1, most=3650)),
    "ALGORITHM": "HS256",
    "SIGNING_KEY": SECRET_KEY,
    "USER_ID_CLAIM": "user_id",
    "UPDATE_LAST_LOGIN": False,
}

# --- What the browser may do ------------------------------------------------------------------------
# Posters are linked from wherever they lie, unless the house says where; streams only on the page that plays them.
PICTURE_ORIGINS = env.origins("PICTURE_ORIGINS") or (["https:"] if HTTPS else ["https:", "http:"])
STREAM_ORIGINS = env.origins("STREAM_ORIGINS")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *PICTURE_ORIGINS],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# Browsers take a cookie of this name over https only, for this very host: no neighbour below the same domain sets one.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME, LANGUAGE_COOKIE_SECURE = f"{COOKIE_PREFIX}django_language", HTTPS
CSRF_COOKIE_HTTPONLY = True  # no script reads it: forms carry the token
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
# On SQLite the indexes for figures are plain ones, without the columns PostgreSQL adds up out of them.
SILENCED_SYSTEM_CHECKS = ["models.W040", *env.words("SILENCED_CHECKS")]

LOG_FORMAT = env.choice("LOG_FORMAT", "lines", {"lines", "json"})
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "cinema.logs.Lines", "format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "cinema.logs.Json"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"})},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # anybody may send a wrong name; no news
        "axes": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},  # it would write down addresses, and TMDb's has the key in it
        "stripe": {"level": "WARNING"},  # it tells of each request
        "uvicorn": {"level": "WARNING"},
    },
}
