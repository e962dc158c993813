"""What to call a device in a list of sessions and in the security log."""

import re

BROWSERS = [
    ("MicroMessenger", "WeChat"),
    ("EdgA?/|EdgiOS", "Edge"),
    ("OPR/|Opera", "Opera"),
    ("Firefox/|FxiOS", "Firefox"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Chrome/|CriOS", "Chrome"),
    ("Safari/", "Safari"),
]
SYSTEMS = [
    ("HarmonyOS|OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh|Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]


def device_name(user_agent: str) -> str:
    """``Firefox, Windows`` for a browser, ``okhttp`` for a program; versions change too often to tell devices apart."""
    if not user_agent.startswith("Mozilla/"):
        return re.split(r"[/ (;]", user_agent.strip(), maxsplit=1)[0][:60]
    found = [_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)]
    return ", ".join(name for name in found if name)


def _first(kinds: list[tuple[str, str]], user_agent: str) -> str:
    return next((name for pattern, name in kinds if re.search(pattern, user_agent)), "")
