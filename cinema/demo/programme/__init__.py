"""The films of the demo cinema, in the order in which the house would name them."""

from cinema.demo.film import Film
from cinema.demo.programme.chinese import CHINESE_CLASSICS
from cinema.demo.programme.features import FEATURES
from cinema.demo.programme.open_films import OPEN_FILMS
from cinema.demo.programme.silents import SILENTS

FILMS: tuple[Film, ...] = (*FEATURES, *SILENTS, *CHINESE_CLASSICS, *OPEN_FILMS)
