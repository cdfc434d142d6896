"""Operations: each that a port declares has one function that serves it, and each function one operation."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import Connection

import gateway.ports
import gateway.store.database
from gateway.ports.case import CaseWrite, LoadCase
from gateway.ports.operations import Read, StoreOperation, Write
from gateway.ports.parties import LoadRegistry
from gateway.ports.people.tokens import TokenChange
from gateway.ports.people.users import UserChange
from gateway.store.engine.operations import BATCHES, QUERIES, STEPS, Transactions, serves, writes
from gateway.store.registry.versions import load_registry

ALONE = {LoadCase}  # read for all who ask within a moment of each other
CHANGES = (UserChange, TokenChange)  # one function for all of each: they have their order among them
SERVED: dict[type[StoreOperation[Any]], Any] = {**QUERIES, **BATCHES, **STEPS}


def modules() -> Iterator[Any]:
    for found in walk_packages(gateway.ports.__path__, "gateway.ports."):
        yield import_module(found.name)


def declared() -> Iterator[type[StoreOperation[Any]]]:
    for module in modules():
        for kind in vars(module).values():
            if inspect.isclass(kind) and issubclass(kind, Read | Write) and kind.__module__ == module.__name__:
                yield kind


OPERATIONS = set(declared()) - {Read, Write}


def result_of(operation: type[StoreOperation[Any]]) -> object:
    (base,) = operation.__orig_bases__
    (result,) = get_args(base)
    return None if result is type(None) else result


def test_every_operation_is_served_once_and_nothing_else_is():
    assert len(QUERIES) + len(BATCHES) + len(STEPS) == len(SERVED)
    assert set(SERVED) == OPERATIONS - ALONE


def test_no_function_serves_two_operations_but_those_that_are_declared_as_one_change():
    of_changes = {kind for change in CHANGES for kind in get_args(change)}

    assert all(len({SERVED[kind] for kind in get_args(change)}) == 1 for change in CHANGES)
    others = [function for kind, function in SERVED.items() if kind not in of_changes]
    assert len(set(others)) == len(others)


@pytest.mark.parametrize(
    "operation",
    sorted(OPERATIONS - ALONE, key=lambda kind: f"{kind.__module__}.{kind.__name__}"),
    ids=lambda kind: kind.__name__,
)
def test_its_function_takes_the_operation_and_returns_what_it_names(operation):
    hints = get_type_hints(SERVED[operation])
    returned = hints.pop("return")
    taken = tuple(hints.values())[:2]
    change = next((change for change in CHANGES if operation in get_args(change)), operation)

    if operation in BATCHES and not hasattr(SERVED[operation], "__wrapped__"):  # by ``each``
        (returned,) = get_args(returned)
        assert taken == (Connection, Sequence[change])
    else:
        assert taken == (Transactions if operation in STEPS else Connection, change)
    assert returned in {result_of(operation), result_of(operation) or type(None)}


def test_no_port_declares_what_an_operation_declares_once_more_as_a_method():
    """Ports have methods for what is no operation on rows: leading, waking, documents. None takes an operation."""
    methods = [
        f"{kind.__name__}.{name}"
        for module in modules()
        for kind in vars(module).values()
        if inspect.isclass(kind) and getattr(kind, "_is_protocol", False) and kind.__module__ == module.__name__
        for name, method in vars(kind).items()
        if inspect.isfunction(method) and name != "run"
        if set(get_type_hints(method).values()) & OPERATIONS
    ]

    assert methods == []


def test_an_operation_is_served_once():
    with pytest.raises(ValueError, match="LoadRegistry is served twice"):
        serves(LoadRegistry)(load_registry)
    with pytest.raises(ValueError, match="CaseWrite is served twice"):
        writes(CaseWrite)(BATCHES[CaseWrite])
