"""Progress by day as a small picture."""

import io

import pytest
from PIL import Image

from bot.campaigns.progress_picture import (
    BACKGROUND,
    BAR,
    BOTTOM,
    HEIGHT,
    LEFT,
    TEXT,
    WIDTH,
    marks,
    named_places,
    progress,
)
from tests.fakes import MONDAY, days


@pytest.mark.parametrize("done", [[], [0], [0, 1, 3, 9], [9] * 60, list(range(300))])
def test_the_picture_is_small_whatever_it_shows(done: list[int]):
    picture = progress([(MONDAY + days(day), number) for day, number in enumerate(done)], 9)

    assert len(picture) < 3_000
    assert Image.open(io.BytesIO(picture)).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("total", [1, 2, 5, 18, 250, 9_999])
def test_the_upright_axis_counts_whole_people_from_nobody_to_everybody(total: int):
    numbers = marks(total)

    assert (numbers[0], numbers[-1]) == (0, total)
    assert len(numbers) == len(set(numbers)) <= 4


@pytest.mark.parametrize("number", [1, 2, 7, 14, 15, 58, 300])
def test_a_few_days_have_their_names_below_and_the_first_is_among_them(number: int):
    places = named_places(number)

    assert places[0] == 0 and places[-1] < number and len(places) <= 4


def test_numbers_and_days_are_dark_on_a_light_background_of_the_pictures_own():
    picture = Image.open(io.BytesIO(progress([(MONDAY + days(day), day) for day in range(9)], 9))).convert("RGB")

    for corner in ((0, 0), (WIDTH - 1, 0), (0, HEIGHT - 1), (WIDTH - 1, HEIGHT - 1)):
        assert picture.getpixel(corner) == BACKGROUND
    for part in ((0, 0, LEFT - 4, BOTTOM), (0, BOTTOM + 6, WIDTH, HEIGHT)):  # left of the axis, and below the other
        darkest = min(sum(colour) for _, colour in picture.crop(part).getcolors(WIDTH * HEIGHT) or [])
        assert darkest <= sum(TEXT) + 30


def test_the_more_have_acknowledged_the_higher_the_bars():
    def bar_pixels(number: int) -> int:
        picture = Image.open(io.BytesIO(progress([(MONDAY, number)] * 5, 9))).convert("RGB")
        colours = picture.getcolors(WIDTH * HEIGHT) or []
        return sum(count for count, colour in colours if colour == BAR)

    assert bar_pixels(1) < bar_pixels(5) < bar_pixels(9) == bar_pixels(99)
