"""Which function serves which operation: bound once, beside the SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from gateway.ports.operations import Read

O = TypeVar("O", bound=Read[Any])  # noqa: E741
F = TypeVar("F")

Query = Callable[[Connection, Any], Any]

QUERIES: Final[dict[type[Read[Any]], Query]] = {}
"""By the class of the operation."""


def serves(operation: type[O]) -> Callable[[Callable[[Connection, O], F]], Callable[[Connection, O], F]]:
    """The function decorated carries out this operation, and no other does. Raises ValueError for a second one."""

    def bind(query: Callable[[Connection, O], F]) -> Callable[[Connection, O], F]:
        if operation in QUERIES:
            raise ValueError(f"{operation.__name__} is served twice")
        QUERIES[operation] = query
        return query

    return bind
