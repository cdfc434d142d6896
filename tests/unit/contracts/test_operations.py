"""The table of operations is the one description: what types must spell out agrees with it."""

from __future__ import annotations

from typing import get_args

import pytest

from contracts import payloads as p
from contracts.header import Action
from contracts.operations import ABOUT, ADMITTED, OPERATIONS, Service
from contracts.wsdl import wsdl_of

TABLE = [operation for operations in OPERATIONS.values() for operation in operations.values()]


def test_requests_and_answers_are_those_of_the_table():
    assert set(get_args(p.Request)) == {operation.request for operation in TABLE}
    assert set(get_args(p.Answer)) == {operation.answer for operation in TABLE}


def test_an_action_is_an_operation_or_what_is_delivered_or_an_answer():
    called = [operation.name for operation in TABLE if operation.request is not p.Deliver]
    delivered = [kind.__name__ for kind in get_args(p.Deliverable)]

    assert [action.value for action in Action] == [*dict.fromkeys(called), *delivered, "Answer"]


def test_every_service_says_who_calls_it_and_admits_somebody():
    assert set(OPERATIONS) == set(ABOUT) == set(ADMITTED) == set(Service)
    assert all(ADMITTED.values())


@pytest.mark.parametrize("service", Service)
def test_the_wsdl_says_of_each_operation_what_the_table_says(service: Service):
    described = " ".join(wsdl_of(service, "http://h/").decode().split())

    assert all(operation.about in described for operation in OPERATIONS[service].values())
