"""What the house tells people about their rights: its privacy notice and its terms, every version of them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MAX_LENGTH = 30_000


class HouseText(models.Model):
    """A version of a text. It is replaced by the next, never changed: people were told what it says."""

    class Kind(models.TextChoices):
        PRIVACY = "privacy", _("Privacy")
        TERMS = "terms", pgettext_lazy("of a contract", "Terms")

    kind = models.CharField(_("text"), max_length=10, choices=Kind)
    text = models.TextField(_("in Chinese"), max_length=MAX_LENGTH)
    text_en = models.TextField(_("in English"), max_length=MAX_LENGTH)
    at = models.DateTimeField(_("valid from"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("text of the house")
        verbose_name_plural = _("privacy and terms")
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "-id"], name="house_text_newest")]

    def __str__(self) -> str:
        return str(self.get_kind_display())
