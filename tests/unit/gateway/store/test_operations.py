"""Operations: each that a port declares has one function that serves it, and each function one operation."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import Connection

import gateway.ports
import gateway.store.database
from gateway.ports.case import LoadCase
from gateway.ports.operations import Read
from gateway.ports.parties import LoadRegistry
from gateway.store.engine.operations import QUERIES, serves
from gateway.store.registry.versions import load_registry


def declared() -> Iterator[type[Read[Any]]]:
    for found in walk_packages(gateway.ports.__path__, "gateway.ports."):
        module = import_module(found.name)
        for kind in vars(module).values():
            if inspect.isclass(kind) and issubclass(kind, Read) and kind is not Read and kind.__module__ == found.name:
                yield kind


def test_every_operation_is_served_and_nothing_else_is():
    alone = {LoadCase}  # read for all who ask within a moment of each other

    assert set(QUERIES) == set(declared()) - alone


def test_no_function_serves_two_operations():
    assert len(set(QUERIES.values())) == len(QUERIES)


@pytest.mark.parametrize(
    "operation",
    sorted(set(declared()) - {LoadCase}, key=lambda kind: kind.__name__),
    ids=lambda operation: operation.__name__,
)
def test_its_function_takes_the_operation_and_returns_what_it_names(operation):
    hints = get_type_hints(QUERIES[operation])
    returned = hints.pop("return")
    taken = tuple(hints.values())[:2]

    (base,) = operation.__orig_bases__
    assert (returned,) == get_args(base)
    assert taken == (Connection, operation)


def test_an_operation_is_served_once():
    bind = serves(LoadRegistry)

    with pytest.raises(ValueError, match="LoadRegistry is served twice"):
        bind(load_registry)
