"""The addresses of static files on pages."""

from cinema.storage import HashedStaticFiles


def test_an_address_is_worked_out_once_and_what_is_not_ours_is_not_kept(tmp_path, settings):
    settings.DEBUG = False
    files = HashedStaticFiles(location=tmp_path, base_url="/static/")
    (tmp_path / "new.css").write_text("")
    files.hashed_files = {"css/base.css": "css/base.0123456789ab.css"}

    asked = [files.url(name) for name in ("css/base.css", "css/base.css", "new.css")]

    assert asked == ["/static/css/base.0123456789ab.css"] * 2 + ["/static/new.d41d8cd98f00.css"]
    assert files.addresses == {"css/base.css": asked[0]}
