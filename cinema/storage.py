"""Where static files come from."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names for ever-cached files; ES modules that import one another are rewritten too."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def url_converter(self, name: str, hashed_files: dict, template: str | None = None) -> Callable:
        """Leave the scripts of libraries as they are: they import nothing, and look so in their comments only."""
        if name.endswith(".js") and not any(Path(folder, name).is_file() for folder in settings.STATICFILES_DIRS):
            return lambda match: match["matched"]
        return super().url_converter(name, hashed_files, template)

    def create_compressor(self, **options: object) -> Compressor:
        """Gzip only, and no source maps: brotli's last few per cent would make the first start ten times longer."""
        unwanted = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
        return Compressor(**{**options, "use_brotli": False, "extensions": unwanted})
