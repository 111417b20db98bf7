"""Draws progress by day as a small picture. Cards give the same facts in words, for people who cannot see it."""

import io
from collections.abc import Sequence
from datetime import date

from PIL import Image, ImageDraw

WIDTH, HEIGHT, MARGIN = 640, 160, 8  # pixels
# It has a background of its own, so that it can be read on white and on Teams' dark theme.
BACKGROUND, GRID, BAR, GOAL = (244, 246, 248), (200, 206, 212), (0, 95, 135), (120, 60, 0)


def progress(days: Sequence[tuple[date, int]], total: int) -> bytes:
    """A PNG, under 3 kB, with one bar for each day: how many of `total` people had acknowledged by then.

    `days` are pairs of a day and how many had acknowledged by its end, in order.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), BACKGROUND)
    draw = ImageDraw.Draw(picture)
    bottom, full_height = HEIGHT - MARGIN, HEIGHT - 3 * MARGIN
    for share in (0.25, 0.5, 0.75):
        draw.line((MARGIN, bottom - full_height * share, WIDTH - MARGIN, bottom - full_height * share), fill=GRID)
    step = (WIDTH - 2 * MARGIN) / max(len(days), 1)
    for number, (_, acknowledged) in enumerate(days):
        left = MARGIN + number * step
        height = full_height * min(acknowledged, total) / total if total else 0
        draw.rectangle((left, bottom - height, left + max(step * 0.7, 1), bottom), fill=BAR)
    draw.line((MARGIN, bottom - full_height, WIDTH - MARGIN, bottom - full_height), fill=GOAL, width=2)
    draw.line((MARGIN, bottom, WIDTH - MARGIN, bottom), fill=BAR)
    buffer = io.BytesIO()
    picture.quantize(8).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
