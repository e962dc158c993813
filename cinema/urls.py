"""Assembly of every address. Pages are Chinese without a prefix and English under ``/en/``."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from accounts.views.account import EmailAddresses
from cinema.health import healthz, readyz
from cinema.media import media
from cinema.pages import choose_theme
from cinema.site.machines import robots, security_txt, sitemap, worker
from ticketing.views.payment import notify

handler400 = "cinema.api.refusals.bad_request"
handler500 = "cinema.api.refusals.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    # Uploads of a small house; a proxy in front serves them itself.
    path("media/<path:path>", media, name="media"),
    path("robots.txt", robots, name="robots"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sw.js", worker, name="worker"),
    path("theme/", choose_theme, name="theme"),
    path("payments/<slug:provider>/notify/", notify, name="notify"),
    path("api/", include("accounts.api.urls")),
    path("api/", include("catalog.api.urls")),
    path("api/", include("ticketing.api.urls")),
    path("api/", include("social.api.urls")),
    path("api/", include("backoffice.api.urls")),
    path("api/", include("cinema.api.addresses")),
]
urlpatterns += i18n_patterns(
    path("admin/", admin.site.urls),
    path("account/", include("accounts.urls")),
    path("account/email/", EmailAddresses.as_view(), name="account_email"),
    path("account/", include("allauth.urls")),
    path("", include("cinema.site.urls")),
    path("", include("catalog.urls")),
    path("", include("ticketing.urls")),
    path("", include("social.urls")),
    prefix_default_language=False,
)
