"""A page off an index, and where the one behind it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from gateway.api.context import PREFIX
from gateway.lists.models import PageOf, Paging

P = TypeVar("P", bound=PageOf[Any])
R = TypeVar("R")


def paged(
    page: type[P],
    path: str,
    query: Paging,
    found: Sequence[R],
    *,
    item_of: Callable[[R], object],
    place: Callable[[R], object],
) -> P:
    """Of what was found with a limit of one more than the page has. ``place``: by which the next one goes on."""
    rows = found[: query.limit]
    further = next_page(path, query, str(place(rows[-1]))) if len(found) > len(rows) else None
    return page(items=tuple(map(item_of, rows)), next=further)


def next_page(path: str, query: Paging, after: str) -> str:
    """The address of the page behind ``after``, narrowed as this one is."""
    values = query.model_dump(mode="json", exclude_defaults=True) | {"after": after}
    return f"{PREFIX}{path}?{urlencode({name: value for name, value in values.items() if value is not None})}"
