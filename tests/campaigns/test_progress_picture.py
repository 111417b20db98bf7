"""Progress by day as a small picture."""

import io

import pytest
from PIL import Image

from bot.campaigns.progress_picture import BAR, HEIGHT, WIDTH, progress
from tests.fakes import MONDAY, days


@pytest.mark.parametrize("done", [[], [0], [0, 1, 3, 9], [9] * 60, list(range(300))])
def test_the_picture_is_small_whatever_it_shows(done: list[int]):
    picture = progress([(MONDAY + days(day), number) for day, number in enumerate(done)], 9)

    assert len(picture) < 3_000
    assert Image.open(io.BytesIO(picture)).size == (WIDTH, HEIGHT)


def test_the_more_have_acknowledged_the_higher_the_bars():
    def bar_pixels(number: int) -> int:
        picture = Image.open(io.BytesIO(progress([(MONDAY, number)] * 5, 9))).convert("RGB")
        colours = picture.getcolors(WIDTH * HEIGHT) or []
        return sum(count for count, colour in colours if colour == BAR)

    assert bar_pixels(1) < bar_pixels(5) < bar_pixels(9) == bar_pixels(99)
