"""Draws progress by day as a small picture. Cards give the same facts in words, for people who cannot see it."""

import io
from collections.abc import Sequence
from datetime import date

from PIL import Image, ImageDraw, ImageFont

from bot.school.rules.calendar import short

WIDTH, HEIGHT = 640, 200  # pixels
LEFT, TOP, RIGHT, BOTTOM = 60, 14, 628, 160  # where the bars are; the numbers are to their left, the days below
TEXT_SIZE = 22  # pixels; on a phone the picture is half as wide
MAX_DAYS_NAMED = 4
DAYS_A_WEEK = 7
# It has a background of its own, so that it can be read on white and on Teams' dark theme.
BACKGROUND, GRID, BAR, GOAL, TEXT = (244, 246, 248), (200, 206, 212), (0, 95, 135), (120, 60, 0), (40, 44, 48)


def progress(days: Sequence[tuple[date, int]], total: int) -> bytes:
    """A PNG, under 6 kB, with one bar for each day: how many of `total` people had acknowledged by then.

    `days` are pairs of a day and how many had acknowledged by its end, in order.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), BACKGROUND)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(TEXT_SIZE)
    for number in marks(total):
        at = _height_of(number, total)
        draw.line((LEFT, at, RIGHT, at), fill=GOAL if number == total else GRID, width=2 if number == total else 1)
        draw.text((LEFT - 6, at), str(number), fill=TEXT, font=font, anchor="rm")
    step = (RIGHT - LEFT) / max(len(days), 1)
    for place, (_, acknowledged) in enumerate(days):
        left = LEFT + place * step
        draw.rectangle((left, _height_of(acknowledged, total), left + max(step * 0.7, 1), BOTTOM), fill=BAR)
    draw.line((LEFT, BOTTOM, RIGHT, BOTTOM), fill=BAR)
    for place in named_places(len(days)):
        at = LEFT + place * step
        draw.line((at, BOTTOM, at, BOTTOM + 4), fill=TEXT)
        name = short(days[place][0])
        within = min(at, WIDTH - draw.textlength(name, font=font) - 4)  # the last name is not cut off
        draw.text((within, HEIGHT - 12), name, fill=TEXT, font=font, anchor="ls")
    buffer = io.BytesIO()
    picture.quantize(16).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _height_of(number: int, total: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * min(number, total) / max(total, 1)


def marks(total: int) -> tuple[int, ...]:
    """The numbers of the upright axis: nobody, everybody, and whole numbers about a third and two thirds of the way.

    >>> marks(18), marks(2), marks(0)
    ((0, 6, 12, 18), (0, 1, 2), (0,))
    """
    return tuple(sorted({0, round(total / 3), round(total * 2 / 3), total}))


def named_places(number: int) -> tuple[int, ...]:
    """Which of so many days are named below their bars: the first, and others with room for each name.

    >>> named_places(2), named_places(8), named_places(58)  # from two weeks on whole weeks apart
    ((0, 1), (0, 2, 4, 6), (0, 21, 42))
    """
    step = max(-(-number // MAX_DAYS_NAMED), 1)
    if number > 2 * DAYS_A_WEEK:
        step = -(-step // DAYS_A_WEEK) * DAYS_A_WEEK
    return tuple(range(0, number, step))
