"""Where static files come from."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names for ever-cached files; ES modules that import one another are rewritten too."""

    support_js_module_import_aggregation = True
    manifest_strict = False
