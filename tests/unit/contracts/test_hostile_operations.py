"""What it costs to refuse an operation grows with its size and no faster, whatever is wrong with it.

Work is counted, not timed: calls of Python, and for libxml2, which counts for each error all elements before it with
the same parent, errors times elements of what it is given at once.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from lxml import etree

from contracts import schema, xmlsafe
from contracts.errors import NotValid
from contracts.operations import NAMESPACE
from contracts.validate import validate_operation
from contracts.violations import MAX_REPORTED


@dataclass
class Counted:
    """A schema that writes down what it was given."""

    judge: etree.XMLSchema
    steps: int = 0

    def validate(self, element: etree._Element) -> bool:
        is_valid = self.judge.validate(element)
        self.steps += len(list(element.iter())) * (1 + len(self.judge.error_log))
        return is_valid

    @property
    def error_log(self) -> object:
        return self.judge.error_log


def work_of(operation: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    root = xmlsafe.parse(operation)
    judges = [Counted(schema.strict()), Counted(schema.lenient())]
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    with monkeypatch.context() as patch:
        patch.setattr(schema, "strict", lambda: judges[0])
        patch.setattr(schema, "lenient", lambda: judges[1])
        sys.setprofile(count)
        try:
            with pytest.raises(NotValid) as refused:
                validate_operation(root)
        finally:
            sys.setprofile(None)
    assert 0 < len(refused.value.violations) <= MAX_REPORTED
    return calls + sum(judge.steps for judge in judges)


def an_operation(name: str, inside: str) -> bytes:
    return f'<d:{name} xmlns:d="{NAMESPACE}" xmlns:o="urn:other">{inside}</d:{name}>'.encode()


def of_type(kind: str) -> str:
    """All that must stand in it, with values that are wrong wherever they can be."""
    model = schema.content_models().get(kind)
    if model is None:
        return "?"
    must = (next(iter(particle.elements.items())) for particle in model if particle.least)
    return "".join(f"<d:{name}>{of_type(inner)}</d:{name}>" for name, inner in must)


def history(count: int, event: str) -> bytes:
    return an_operation("GetHistoryResponse", of_type("GetHistoryResponse") + event * count)


SHAPES: dict[str, Callable[[int], bytes]] = {
    "strangers": lambda n: an_operation("RegisterAppeal", "<d:stranger/>" * n),
    "strangers of others": lambda n: an_operation("RegisterAppeal", "<o:stranger/> " * n),
    "strangers among others": lambda n: an_operation("RegisterAppeal", "<d:stranger/><d:header/>" * n),
    "strangers of all names": lambda n: an_operation("RegisterAppeal", "".join(f"<d:s{i}/>" for i in range(n))),
    "nested strangers": lambda n: an_operation("RegisterAppeal", ("<o:s>" * 50 + "</o:s>" * 50) * (n // 50)),
    "strangers in many": lambda n: history(n, "<d:events><d:stranger/></d:events>"),
    "one thing too many": lambda n: an_operation("RegisterAppeal", "<d:documents/>" * n),
    "wrong values": lambda n: history(n, f"<d:events>{of_type('HistoryEvent')}</d:events>"),
    "attributes": lambda n: history(n, f'<d:events a="1" o:b="2">{of_type("HistoryEvent")}</d:events>'),
    "text between": lambda n: history(n, f"text<d:events>{of_type('HistoryEvent')}</d:events>"),
    "elements in a value": lambda n: an_operation(
        "RegisterAppeal", f"<d:header><d:messageId>{'<d:x/>' * n}</d:messageId></d:header>"
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_as_much_is_twice_the_work_at_most(shape, monkeypatch):
    works = [work_of(SHAPES[shape](count), monkeypatch) for count in (1_000, 2_000, 4_000)]

    assert works[1] < 2.2 * works[0]
    assert works[2] < 2.2 * works[1]


def test_a_value_full_of_colons_is_told_of_without_trying_each_of_them():
    # In a process of its own, which ends at once, or would be busy for half an hour.
    script = (
        "from contracts.violations import _in_words as words\n"
        "message = \"Element 'x': The value '{a\" + ':' * 60_000 + \"' is not accepted.\"\n"
        "print({words(message, '') for _ in range(200)})"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True)

    assert done.stdout == "{'The value is not accepted.'}\n"
