"""The films of the demo cinema, in the order in which the house would name them."""

from backoffice.demo.film import Film
from backoffice.demo.programme.chinese import CHINESE_CLASSICS
from backoffice.demo.programme.features import FEATURES
from backoffice.demo.programme.open_films import OPEN_FILMS
from backoffice.demo.programme.silents import SILENTS

FILMS: tuple[Film, ...] = (*FEATURES, *SILENTS, *CHINESE_CLASSICS, *OPEN_FILMS)
