"""Our list of violations and libxml2's verdict agree, whatever is done to a message."""

from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from contracts import codec, schema, violations, xmlsafe
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


@settings(max_examples=150, deadline=None)
@given(OPERATIONS, st.lists(DAMAGES, min_size=1, max_size=3), st.data())
def test_violations_are_found_exactly_when_the_schema_refuses(operation, damages, data):
    root = xmlsafe.parse(operation)
    for damage in damages:
        inside = list(root.iterdescendants())
        if inside:
            damage(data.draw(st.sampled_from(inside)))
    untouched = etree.tostring(root)

    stripped = violations._without_strangers(xmlsafe.parse(untouched))
    found = list(chain(violations._misplaced(root), violations._wrong_values(stripped)))

    assert bool(found) is not schema.strict().validate(root)
    assert all(each.path.split("/")[0] == etree.QName(root).localname and each.message for each in found)
    assert etree.tostring(root) == untouched


@given(OPERATIONS)
@settings(max_examples=30, deadline=None)
def test_a_valid_operation_has_none(operation):
    assert violations.violations_of(xmlsafe.parse(operation)) == ()
