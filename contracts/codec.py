"""Values ↔ operation bytes: the operation element, written directly in exclusive canonical form.

One mechanism for all types. Each dataclass is looked at once; what comes out is a *writer* (value → pieces of text)
and a *reader* (element → value), both closures over the field list. The rules are those of the schema:

    field ``iin_bin``                     element ``<d:iinBin>``
    ``X | None``                          element absent when None
    ``tuple[X, ...]``                     the element repeated
    union of payload classes              ``xs:choice``: the class name with a small first letter, directly in place
    str, int, bool, bytes, date, …        text: see ``scalars``

Writing emits only elements in one namespace with one prefix and no attributes, which is why the text is canonical
as it stands: sign these bytes, send these bytes, keep these bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, NewType, NoReturn, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from lxml import etree

from contracts import xmlsafe
from contracts.codes import Code
from contracts.errors import NotRepresentable, NotValid, Violation
from contracts.header import Header, Message
from contracts.operations import NAMESPACE, OPERATIONS, Operation
from contracts.scalars import scalar

T = TypeVar("T")
Write = Callable[[Any, list[str]], None]
Read = Callable[[etree._Element], Any]  # noqa: SLF001 - the type has no public name in lxml

_BY_NAME: Final[Mapping[str, Operation]] = {
    name: operation for service in OPERATIONS.values() for name, operation in service.items()
}
_HEADER_TAG: Final = f"{{{NAMESPACE}}}header"


# --- messages -------------------------------------------------------------------------------------------------------


def build_request(message: Message) -> bytes:
    """Operation bytes of a request; the wrapper is named after the payload."""
    name = type(message.payload).__name__
    if name not in _BY_NAME:
        raise NotRepresentable(Code.INTERNAL, f"{name} is no request of this contract")
    return _build(name, message)


def build_answer(operation: str, message: Message) -> bytes:
    """Operation bytes of the answer to ``operation``, wrapped in ``<operation>Response``."""
    expected = _BY_NAME.get(operation)
    if expected is None or not isinstance(message.payload, expected.answer):
        raise NotRepresentable(Code.INTERNAL, f"{type(message.payload).__name__} does not answer {operation}")
    return _build(f"{operation}Response", message)


def parse_operation(operation: bytes | etree._Element) -> Message:
    """The message in a request or answer wrapper, held to be schema-valid already; otherwise raises ``NotValid``."""
    element = xmlsafe.parse(operation) if isinstance(operation, bytes) else operation
    payload_type = _payload_types().get(str(element.tag))
    if payload_type is None:
        raise NotValid(Code.UNKNOWN_OPERATION, f"{element.tag} is no operation of this contract")
    if len(element) == 0 or element[0].tag != _HEADER_TAG:
        _refuse(element, "the header must be the first child")
    header, *rest = element
    return Message(decode(Header, header), _shape(payload_type).read(rest, element))


def encode(name: str, value: object) -> str:
    """Canonical text of dataclass ``value`` as the apex element ``<d:name>``, which declares ``d``."""
    return _text(lambda out: _write_apex(name, (value,), out))


def decode(kind: type[T], element: etree._Element) -> T:
    """The value of dataclass ``kind`` that ``element`` holds."""
    value: T = _shape(kind).read(element, element)
    return value


def _build(wrapper: str, message: Message) -> bytes:
    return _text(lambda out: _write_apex(wrapper, (_Headed(message.header), message.payload), out)).encode()


@dataclass(frozen=True, slots=True)
class _Headed:
    """What every wrapper starts with; its fields are written as the payload's are."""

    header: Header


def _write_apex(name: str, values: Iterable[object], out: list[str]) -> None:
    out.append(f'<d:{name} xmlns:d="{NAMESPACE}">')
    for value in values:
        _shape(type(value)).write(value, out)
    out.append(f"</d:{name}>")


def _text(write: Callable[[list[str]], None]) -> str:
    out: list[str] = []
    try:
        write(out)
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        raise NotRepresentable(Code.INTERNAL, f"a value does not fit its type: {error}") from error
    return "".join(out)


@cache
def _payload_types() -> Mapping[str, type]:
    requests = {f"{{{NAMESPACE}}}{name}": operation.request for name, operation in _BY_NAME.items()}
    answers = {f"{{{NAMESPACE}}}{name}Response": operation.answer for name, operation in _BY_NAME.items()}
    return requests | answers


# --- dataclasses ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Slot:
    """What one field is on the wire: ``elements`` maps each element name it may have to the type inside."""

    name: str
    elements: Mapping[str, type]
    optional: bool
    repeated: bool
    choice: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    """Writer of all fields of a value; reader of a value from child elements (``place``: for the error's line)."""

    write: Write
    read: Callable[[Iterable[etree._Element], etree._Element], Any]


_SHAPES: Final[dict[type, _Shape]] = {}


def _shape(kind: type) -> _Shape:
    shape = _SHAPES.get(kind)
    if shape is None:
        hints = get_type_hints(kind)
        slots = tuple(_slot(field.name, hints[field.name]) for field in fields(kind))
        shape = _SHAPES[kind] = _Shape(_fields_writer(slots), _fields_reader(kind, slots))
    return shape


def _slot(name: str, hint: Any) -> _Slot:  # noqa: ANN401 - a type hint is any object
    repeated = get_origin(hint) is tuple
    inner = get_args(hint)[0] if repeated else hint
    members = get_args(inner) if get_origin(inner) in {Union, UnionType} else (inner,)
    kinds = tuple(_plain(member) for member in members if member is not NoneType)
    choice = len(kinds) > 1
    elements = {_small(kind.__name__): kind for kind in kinds} if choice else {_camel(name): kinds[0]}
    return _Slot(name, elements, NoneType in members, repeated, choice)


def _plain(hint: Any) -> type:  # noqa: ANN401 - a type hint is any object
    plain = hint.__supertype__ if isinstance(hint, NewType) else hint
    return cast("type", plain)


def _small(name: str) -> str:
    return name[0].lower() + name[1:]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _fields_writer(slots: tuple[_Slot, ...]) -> Write:
    writers = tuple(_slot_writer(slot) for slot in slots)
    if len(slots) < 2:
        return _one_field_writer(slots[0].name, writers[0]) if slots else _nothing_writer
    all_fields = attrgetter(*(slot.name for slot in slots))

    def write(value: Any, out: list[str]) -> None:  # noqa: ANN401 - of the type this writer was made for
        for field, write_field in zip(all_fields(value), writers, strict=True):
            write_field(field, out)

    return write


def _one_field_writer(name: str, write_field: Write) -> Write:
    return lambda value, out: write_field(getattr(value, name), out)


def _nothing_writer(_value: object, _out: list[str]) -> None:
    return


def _slot_writer(slot: _Slot) -> Write:
    one = _choice_writer(slot) if slot.choice else _element(*next(iter(slot.elements.items())))
    if not (slot.optional or slot.repeated):
        return one

    def write_each(values: Any, out: list[str]) -> None:  # noqa: ANN401 - of the type this writer was made for
        for item in values:
            one(item, out)

    def write_any(value: Any, out: list[str]) -> None:  # noqa: ANN401 - of the type this writer was made for
        if value is not None:
            one(value, out)

    return write_each if slot.repeated else write_any


def _choice_writer(slot: _Slot) -> Write:
    writers = {kind: _element(name, kind) for name, kind in slot.elements.items()}

    def write(value: Any, out: list[str]) -> None:  # noqa: ANN401 - one of the union's classes
        writers[type(value)](value, out)

    return write


def _element(name: str, kind: type) -> Write:
    start, end = f"<d:{name}>", f"</d:{name}>"
    if not is_dataclass(kind):
        to_text = scalar(kind).to_text

        def write_scalar(value: Any, out: list[str]) -> None:  # noqa: ANN401 - of type ``kind``
            out.append(f"{start}{to_text(value)}{end}")

        return write_scalar

    write_fields = _shape(kind).write

    def write(value: Any, out: list[str]) -> None:  # noqa: ANN401 - of type ``kind``
        out.append(start)
        write_fields(value, out)
        out.append(end)

    return write


def _fields_reader(kind: type, slots: tuple[_Slot, ...]) -> Callable[[Iterable[etree._Element], etree._Element], Any]:
    places = {
        f"{{{NAMESPACE}}}{name}": (index, slot.repeated, _element_reader(inner))
        for index, slot in enumerate(slots)
        for name, inner in slot.elements.items()
    }

    def read(children: Iterable[etree._Element], place: etree._Element) -> Any:  # noqa: ANN401 - of type ``kind``
        values: list[Any] = [[] if slot.repeated else None for slot in slots]
        for child in children:
            index, repeated, read_value = places.get(child.tag) or _refuse(child, "not expected here")
            if repeated:
                values[index].append(read_value(child))
            elif values[index] is None:
                values[index] = read_value(child)
            else:
                _refuse(child, "given twice")
        return kind(*(_finished(slot, value, place) for slot, value in zip(slots, values, strict=True)))

    return read


def _finished(slot: _Slot, value: Any, place: etree._Element) -> Any:  # noqa: ANN401 - the field's value
    if slot.repeated:
        return tuple(value)
    if value is None and not slot.optional:
        _refuse(place, f"{' or '.join(slot.elements)} is missing")
    return value


def _element_reader(kind: type) -> Read:
    if is_dataclass(kind):
        read_fields = _shape(kind).read
        return lambda element: read_fields(element, element)
    return _scalar_reader(scalar(kind).from_text)


def _scalar_reader(from_text: Callable[[str], Any]) -> Read:
    def read(element: etree._Element) -> Any:  # noqa: ANN401 - of the type ``from_text`` gives
        if len(element):
            _refuse(element, "only text is expected inside")
        try:
            return from_text(element.text or "")
        except (ValueError, OverflowError) as error:
            raise _not_valid(element, f"the value cannot be read ({type(error).__name__})") from error

    return read


# --- refusal --------------------------------------------------------------------------------------------------------


def _not_valid(element: etree._Element, message: str) -> NotValid:
    name = str(element.tag).rpartition("}")[2]
    violation = Violation(xmlsafe.line_of(element), name, message)
    return NotValid(Code.SCHEMA_VIOLATION, f"{name}: {message}", (violation,))


def _refuse(element: etree._Element, message: str) -> NoReturn:
    raise _not_valid(element, message)
