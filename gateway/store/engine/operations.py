"""Which function serves which operation: bound once, beside the SQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection

from gateway.ports.operations import Read, StoreOperation, Write

P = ParamSpec("P")
J = TypeVar("J")
R = TypeVar("R")
O = TypeVar("O", bound=Read[Any])  # noqa: E741
W = TypeVar("W", bound=Write[Any])
F = TypeVar("F", bound=Callable[..., Any])

Query = Callable[[Connection, J], R]
Batch = Callable[[Connection, Sequence[J]], Sequence[R]]
"""Writes all jobs inside the open transaction and returns one result for each, in order."""


class Transactions(Protocol):
    """What an operation of several transactions has in hand: each of these is one."""

    async def read(self, query: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run ``query`` in a reader's thread. Raises StoreError."""
        ...

    async def write(self, batch: Batch[J, R], job: J) -> R:
        """Returns after the commit that carries ``job``. Raises StoreError; then nothing of it was written."""
        ...


Steps = Callable[[Transactions, J], Awaitable[R]]

QUERIES: Final[dict[type[StoreOperation[Any]], Query[Any, Any]]] = {}
BATCHES: Final[dict[type[StoreOperation[Any]], Batch[Any, Any]]] = {}
STEPS: Final[dict[type[StoreOperation[Any]], Steps[Any, Any]]] = {}


def serves(operation: type[O]) -> Callable[[Query[O, R]], Query[O, R]]:
    """The function decorated carries out this read, and no other does. Raises ValueError for a second one."""
    return _binds(QUERIES, operation)


def writes(*operations: type[W]) -> Callable[[Batch[W, R]], Batch[W, R]]:
    """The function carries out a batch of these. Raises ValueError where one is served already."""
    return _binds(BATCHES, *operations)


def each(function: Query[J, R]) -> Batch[J, R]:
    """The batch that carries out one job after the other by ``function``, where nothing is spared by many at once."""

    @wraps(function)
    def batch(connection: Connection, jobs: Sequence[J]) -> Sequence[R]:
        return [function(connection, job) for job in jobs]

    return batch


def steps(operation: type[W]) -> Callable[[Steps[W, R]], Steps[W, R]]:
    """The coroutine carries out this write in several transactions: most often a look, whether there is anything."""
    return _binds(STEPS, operation)


def _binds(functions: dict[type[StoreOperation[Any]], F], *operations: type[StoreOperation[Any]]) -> Callable[[F], F]:
    def bind(function: F) -> F:
        for operation in operations:
            if operation in QUERIES or operation in BATCHES or operation in STEPS:
                raise ValueError(f"{operation.__name__} is served twice")
            functions[operation] = function
        return function

    return bind
