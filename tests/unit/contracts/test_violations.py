"""Our list of violations and libxml2's verdict agree, whatever is done to a message."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from contracts import codec, pieces, schema, violations, xmlsafe
from tests.unit.contracts.strategies import answers, requests

OPERATIONS = requests().map(codec.build_request) | answers().map(lambda answer: codec.build_answer(*answer))


def remove(element: etree._Element) -> None:
    element.getparent().remove(element)


def double(element: etree._Element) -> None:
    element.addnext(etree.fromstring(etree.tostring(element)))


def rename(element: etree._Element) -> None:
    element.tag = f"{element.tag}s"


def estrange(element: etree._Element) -> None:
    element.tag = f"{{urn:other}}{etree.QName(element).localname}"


def to_front(element: etree._Element) -> None:
    element.getparent().insert(0, element)


def to_end(element: etree._Element) -> None:
    element.getparent().append(element)


def fill(element: etree._Element) -> None:
    etree.SubElement(element, element.tag)


def reword(element: etree._Element) -> None:
    element.text = "\u0401 \u2260"


def empty(element: etree._Element) -> None:
    element.text = None


def mark(element: etree._Element) -> None:
    element.set("x", "1")


DAMAGES = st.sampled_from([remove, double, rename, estrange, to_front, to_end, fill, reword, empty, mark])


def damaged(operation: bytes, damages: list[Callable[[etree._Element], None]], data: st.DataObject) -> etree._Element:
    root = xmlsafe.parse(operation)
    for damage in damages:
        inside = list(root.iterdescendants())
        if inside:
            damage(data.draw(st.sampled_from(inside)))
    return root


@settings(max_examples=150, deadline=None)
@given(OPERATIONS, st.lists(DAMAGES, min_size=1, max_size=3), st.data())
def test_violations_are_found_exactly_when_the_schema_refuses(operation, damages, data):
    root = damaged(operation, damages, data)
    untouched = etree.tostring(root)

    found = list(violations._found(root))

    assert bool(found) is not schema.strict().validate(root)
    assert all(each.path.split("/")[0] == etree.QName(root).localname and each.message for each in found)
    assert etree.tostring(root) == untouched


@given(OPERATIONS)
@settings(max_examples=30, deadline=None)
def test_a_valid_operation_has_none(operation):
    assert violations.violations_of(xmlsafe.parse(operation)) == ()


@settings(max_examples=100, deadline=None)
@given(OPERATIONS, st.lists(DAMAGES, min_size=1, max_size=5), st.data())
def test_in_small_pieces_the_same_is_found_as_in_one(operation, damages, data):
    root = damaged(operation, damages, data)
    whole = violations.violations_of(root)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "MOST_ELEMENTS", 7)
        found = violations.violations_of(root)

    assert sorted(map(repr, found)) == sorted(map(repr, whole))
