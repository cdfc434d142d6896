"""Pages of a PDF as pictures, by the reader that Chrome has: where the ink is, what is text, nothing of it ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress

import pypdfium2

DOTS_PER_POINT = 1.0
MM = 72 / 25.4
WHITE = 250  # what is lighter than this on paper is no ink


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``ink``: left, top, right, bottom of all that is printed, points; ``share``: how much of it is ink."""

    width: float
    height: float
    ink: tuple[float, float, float, float]
    share: float
    text: str
    boxes: tuple[tuple[float, float, float, float], ...]


def pages(pdf: bytes) -> Iterator[Page]:
    """Every page, rendered and read."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(document)):
            yield _page(document[number])
    finally:
        document.close()


def _grey(page: pypdfium2.PdfPage) -> tuple[int, int, int, bytes]:
    """Width, height, stride and grey values."""
    bitmap = page.render(scale=DOTS_PER_POINT, grayscale=True)
    return bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer)


def _page(page: pypdfium2.PdfPage) -> Page:
    width, height, stride, grey = _grey(page)
    rows = [grey[y * stride : y * stride + width] for y in range(height)]
    inked_rows = [y for y, row in enumerate(rows) if min(row) < WHITE]
    columns = [min(column) < WHITE for column in zip(*(rows[y] for y in inked_rows), strict=True)]
    inked_columns = list(compress(range(width), columns))
    dark = sum(sum(1 for value in rows[y] if value < WHITE) for y in inked_rows)
    text = page.get_textpage()
    boxes = tuple(text.get_rect(number) for number in range(text.count_rects()))
    return Page(
        width=page.get_width(),
        height=page.get_height(),
        ink=(inked_columns[0], inked_rows[0], inked_columns[-1] + 1, inked_rows[-1] + 1) if inked_rows else (0,) * 4,
        share=dark / (width * height),
        text=text.get_text_range(),
        boxes=boxes,
    )
