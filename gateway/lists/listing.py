"""A list described once: who may read it, what it is narrowed to, how a page is found, and its columns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlencode

from pydantic import Field, ValidationError, create_model

from gateway.domain.people.access import RIGHTS, Right, UserRole
from gateway.domain.people.persons import is_person_number
from gateway.lists.cell import Piece
from gateway.lists.column import Column
from gateway.lists.models import PageOf, Paging, ResponseModel
from gateway.lists.reader import Reader
from gateway.ports.operations import Reads
from gateway.reading.parties import Figures

MOST: Final = 10_000
"""Rows of one file; the last line of a longer list says that it was cut."""
_AT_ONCE: Final = 1_000
_MOST_READS: Final = 250
"""Each looks at a bounded number of rows, so a file never reads a table of ten million to its end."""

PAGING: Final = frozenset({"order", "after", "limit"})
"""Parameters that narrow nothing."""

R = TypeVar("R")
P = TypeVar("P", bound=Paging)


class Widget(StrEnum):
    """By what one narrows a list on its page."""

    LINE = "line"
    CHOICE = "choice"
    PARTY = "party"
    AGENCY = "agency"
    NAME = "name"  # of a user, those of the page offered
    DAY = "day"
    MINUTE = "minute"  # in Almaty
    HIDDEN = "hidden"  # set by a link elsewhere
    TABS = "tabs"  # links above the table


@dataclass(frozen=True, slots=True)
class FormField:
    """``name``: of the parameter. ``blank``: what the field says while it narrows nothing; English of the catalogue.

    ``is_further``: seldom used, so that it stands folded away.
    """

    name: str
    label: str
    widget: Widget = Widget.LINE
    blank: str = ""
    choices: Mapping[str, Piece] = field(default_factory=dict)
    css: str = ""
    is_further: bool = False


@dataclass(frozen=True, slots=True)
class ListPage(Generic[R]):
    """``after``: where the next page begins; None on the last one. ``names``: of users, as the logs call them."""

    rows: Sequence[R]
    after: object = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where rows come from."""

    reads: Reads
    figures: Figures


@dataclass(frozen=True, slots=True)
class ListAnswers:
    """How the API names it: the operation at ``path``, an item, a page; with what each of the two is."""

    path: str
    operation: str
    tag: str
    summary: str
    item: tuple[str, str]
    page: tuple[str, str]


class ListRefusal(Exception):
    """Parameters that the list does not understand; ``names``: which. The reader's fault."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


@dataclass(frozen=True)
class Listing(Generic[R, P]):
    """``key``: where its page is and what its files are called. ``find``: a page of ``params.limit`` rows.

    ``place``: of a row, by which the page behind it is asked for; None where ``find`` itself says where that begins,
    since it looks no further at once. ``empty``: what the page says where nothing fits,
    ``intro``, ``hint``: above and below the table; all English of the catalogue, as ``name``. ``sheet``: of styles.
    ``further``: what fields that are folded away are about. ``is_dense``: many columns.
    ``at``: where its page is, if not at its key.
    """

    key: str
    name: str
    right: Right
    params: type[P]
    find: Callable[[ListSource, P, Reader], Awaitable[ListPage[R]]]
    place: Callable[[R], object] | None
    columns: tuple[Column[R], ...]
    answers: ListAnswers
    empty: str
    fields: tuple[FormField, ...] = ()
    intro: str = ""
    hint: str = ""
    sheet: str = "desk"
    title: str = ""
    further: str = ""
    is_dense: bool = False
    at: str = ""

    @property
    def path(self) -> str:
        """Of its page, below the prefix."""
        return self.at or f"/{self.key}"

    def parse(self, query: Mapping[str, str]) -> P:
        """Of an address; what is blank narrows nothing. Raises ListRefusal for what the list does not know."""
        given = {name: value for name, value in query.items() if value.strip()}
        try:
            return self.params.model_validate(given)
        except ValidationError as invalid:
            wrong = dict.fromkeys(str(error["loc"][0]) for error in invalid.errors() if error["loc"])
            raise ListRefusal(tuple(wrong) or tuple(given)) from invalid

    async def page(self, source: ListSource, params: P, reader: Reader) -> ListPage[R]:
        """One more than the page is asked for, to know whether another follows."""
        if self.place is None:
            return await self.find(source, params, reader)
        found = await self.find(source, params.model_copy(update={"limit": params.limit + 1}), reader)
        rows = found.rows[: params.limit]
        return ListPage(rows, self.place(rows[-1]) if len(found.rows) > len(rows) else None, found.names)

    async def whole(self, source: ListSource, params: P, reader: Reader) -> AsyncIterator[ListPage[R]]:
        """Page by page until ``MOST`` rows, so that a long list takes no memory."""
        left = MOST
        for _ in range(_MOST_READS):
            found = await self.page(source, params.model_copy(update={"limit": min(_AT_ONCE, left)}), reader)
            if found.rows:
                yield found
            left -= len(found.rows)
            if found.after is None or left == 0:
                return
            params = params.model_copy(update={"after": found.after})

    @property
    def headings(self) -> tuple[str, ...]:
        """Of a file."""
        return tuple(column.file for column in self.columns if column.file)

    def cells(self, row: R, reader: Reader) -> tuple[str, ...]:
        """Of a line of a file."""
        return tuple(column.written(row, reader) for column in self.columns if column.file)

    @property
    def inputs(self) -> tuple[FormField, ...]:
        """Fields that one fills in."""
        return tuple(one for one in self.fields if one.widget not in {Widget.HIDDEN, Widget.TABS})

    def shown(self, role: UserRole) -> tuple[Column[R], ...]:
        """Columns of the page."""
        rights = RIGHTS[role] | {None}
        return tuple(column for column in self.columns if column.label and column.right in rights)

    @cached_property
    def item(self) -> type[ResponseModel]:
        """The model of a row in answers."""
        fields: dict[str, Any] = {
            column.key: (column.json, Field(description=column.about) if column.about else ...)
            for column in self.columns
            if column.json is not None
        }
        name, doc = self.answers.item
        return create_model(name, __base__=ResponseModel, __doc__=doc, **fields)

    @cached_property
    def page_model(self) -> type[PageOf[Any]]:
        """The model of a page in answers."""
        name, doc = self.answers.page
        return create_model(name, __base__=PageOf[self.item], __doc__=doc)  # type: ignore[name-defined]

    def item_of(self, row: R, reader: Reader) -> ResponseModel:
        """A row as an answer has it."""
        values = {column.key: column.value(row, reader) for column in self.columns if column.json is not None}
        return self.item.model_validate(values)

    def narrows(self, params: P) -> bool:
        """Whether they say anything but an order and a page."""
        return bool(params.model_dump(exclude_defaults=True).keys() - PAGING)

    def opens_further(self, params: P) -> bool:
        """Whether a field that is folded away says anything."""
        narrowed = params.model_dump(exclude_defaults=True)
        return any(one.name in narrowed for one in self.fields if one.is_further)

    def persons_in(self, params: P) -> tuple[str, ...]:
        """Parameters that are an IIN or BIN: no list is asked for by one, since it would stand in the address."""
        given = params.model_dump(exclude_defaults=True)
        return tuple(name for name, value in given.items() if isinstance(value, str) and is_person_number(value))


def address(params: Paging, **changes: object) -> str:
    """The query string, with some of it changed; what is None is left out."""
    values = params.model_dump(mode="json", exclude_defaults=True) | changes
    ordered = sorted(values, key=lambda name: name in PAGING)  # what narrows stands first
    return urlencode({name: _spelt(values[name]) for name in ordered if values[name] is not None})


def _spelt(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
