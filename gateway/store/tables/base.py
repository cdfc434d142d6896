"""Column types that mean the same on SQLite and PostgreSQL, and names for every constraint."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Dialect,
    Integer,
    MetaData,
    String,
    Text,
    literal_column,
)
from sqlalchemy.types import TypeDecorator

from gateway.domain.trace import TraceContext, read_line

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite grows a key by itself only if it is spelled INTEGER; both hold 64 bits.
RowNumber = BigInteger().with_variant(Integer, "sqlite")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

E = TypeVar("E", bound=StrEnum)


class InstantColumn(TypeDecorator[datetime]):
    """An instant as whole microseconds since 1970-01-01T00:00Z: sorts, compares and indexes alike everywhere.

    Aware datetimes only; comes back in UTC.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"instant {value!r} has no offset")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else _EPOCH + value * _MICROSECOND


class SpanColumn(TypeDecorator[timedelta]):
    """A length of time as whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else value // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002
        return None if value is None else value * _MICROSECOND


class FreeText(TypeDecorator[str]):
    """Free text, some of it a stranger's: what a database cannot hold (NUL, lone surrogates) becomes U+FFFD.

    Otherwise a peer's odd bytes could keep an attempt or a refusal from being recorded at all.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else kept_words(value)


def kept_words(value: str) -> str:
    """Words as a database keeps them."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


class Trace(TypeDecorator[TraceContext]):
    """A span by its name, as one line; what is none any more comes back as nothing."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: TraceContext | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.line

    def process_result_value(self, value: str | None, dialect: Dialect) -> TraceContext | None:  # noqa: ARG002
        return None if value is None else read_line(value)


class OneOf(TypeDecorator[StrEnum]):
    """A closed set as its values; the table adds ``in_set`` so that the database holds it too."""

    impl = String
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum

    @property
    def python_type(self) -> type[str]:
        """As it stands in a key that is read from JSON; the members are strings, too."""
        return str

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        return None if value is None else self.enum(value)


def in_set(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """CHECK that ``column`` holds a value of the closed set."""
    return CheckConstraint(f"{column} IN ({_listed(enum)})", name=column)


def is_any(column: ColumnElement[E], values: Iterable[StrEnum]) -> ColumnElement[bool]:
    """``column IN ('a', 'b')`` with the values spelled out.

    A planner proves that a partial index covers a query only if it sees the same literals as in the index.
    """
    return column.in_([literal_column(f"'{value.value}'") for value in sorted(values)])


def _listed(values: Iterable[StrEnum]) -> str:
    return ", ".join(f"'{value.value}'" for value in values)
