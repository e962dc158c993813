"""Why an upload does not become a stream; kept by name, so that everybody reads it in their own language."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cinema.errors import InvalidInput


class Reason(models.TextChoices):
    """What is wrong, as a sentence for the staff."""

    NOT_A_FILM = "not_a_film", _("This is neither a ZIP archive nor a film as MP4, MOV, WebM or MKV.")
    BROKEN_ARCHIVE = "broken_archive", _("The archive is damaged or encrypted.")
    TOO_MANY_FILES = "too_many_files", _("The archive holds too many files.")
    TOO_LARGE = "too_large", _("Unpacked, this is larger than an upload may be.")
    BAD_NAME = "bad_name", _("The archive holds a file with a name that is not allowed.")
    FOREIGN_FILE = "foreign_file", _("The archive holds a file that does not belong into a stream.")
    WRONG_CONTENT = "wrong_content", _("A file is not what its name says.")
    NO_PLAYLIST = "no_playlist", _("There is no playlist (.m3u8) in the archive.")
    SEVERAL_PLAYLISTS = "several_playlists", _("There are several playlists and none that leads to the others.")
    OUTSIDE = "outside", _("A playlist points outside of the archive.")
    MISSING_FILE = "missing_file", _("A playlist names a file that is not in the archive.")
    BAD_PLAYLIST = (
        "bad_playlist",
        _("A playlist asks for what is not served here, such as encryption or a live stream."),
    )
    NO_FFMPEG = (
        "no_ffmpeg",
        _(
            "To make a stream of a film the server needs ffmpeg (sudo apt install ffmpeg). "
            "A ZIP with an HLS package works without."
        ),
    )
    NOT_PLAYABLE = "not_playable", _("ffmpeg cannot read this film.")
    TOO_LONG = "too_long", _("Making the stream took too long.")
    FILM_REFUSED = "film_refused", _("The stream is fine, but the film can't be saved as it stands. Please correct it.")
    DISK_FULL = "disk_full", _("There is not enough space on the server's disk.")
    STOPPED = "stopped", _("It was stopped.")
    GAVE_UP = "gave_up", _("The work was broken off again and again.")


class StreamRefused(InvalidInput):
    """The upload can't become a stream; ``reason`` says why, ``detail`` names the file or line."""

    code = "stream_refused"

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason, self.detail = reason, detail[:200]
        super().__init__(reason.label, detail=self.detail)
