"""How a film of the demo programme is written down."""

from dataclasses import dataclass
from datetime import date

POSTERS = "/static/demo/posters"
BACKDROPS = "/static/demo/backdrops"


@dataclass(frozen=True)
class Name:
    """What someone is called in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Part:
    """An actor and who they are in the film; the role is written so that it reads in both languages."""

    actor: Name
    role: str


@dataclass(frozen=True)
class Film:
    """The facts of one film, and the house's own words about it."""

    slug: str
    title: str
    title_en: str
    original_title: str
    duration: int
    release_date: date
    language: str
    country: str
    genres: tuple[str, ...]
    directors: tuple[Name, ...]
    synopsis: str
    synopsis_en: str
    writers: tuple[Name, ...] = ()
    cast: tuple[Part, ...] = ()
    tmdb_id: int | None = None
    rating: str = ""
    upcoming: bool = False
    streams: bool = False

    @property
    def poster_url(self) -> str:
        """Where its poster is served."""
        return f"{POSTERS}/{self.slug}.svg"

    @property
    def backdrop_url(self) -> str:
        """Where its wide picture is served."""
        return f"{BACKDROPS}/{self.slug}.svg"

    @property
    def is_short(self) -> bool:
        """Shorts are shown between the features, for the price of a cup of tea."""
        return self.duration <= 30


# What a film is filed under, in Chinese and in English.
GENRES: dict[str, str] = {
    "科幻": "Science fiction",
    "冒险": "Adventure",
    "剧情": "Drama",
    "奇幻": "Fantasy",
    "恐怖": "Horror",
    "悬疑": "Mystery",
    "喜剧": "Comedy",
    "动作": "Action",
    "爱情": "Romance",
    "战争": "War",
    "历史": "History",
    "动画": "Animation",
    "短片": "Short",
    "纪录片": "Documentary",
    "默片": "Silent",
}
