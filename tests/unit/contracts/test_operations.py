"""The table of operations is the one description: what types must spell out agrees with it."""

from __future__ import annotations

from dataclasses import is_dataclass

import pytest

from contracts import payloads as p
from contracts.header import Action
from contracts.operations import ABOUT, ADMITTED, OPERATIONS, Effect, Service
from contracts.schema import schema_bytes
from contracts.wsdl import wsdl_of
from contracts.xmlsafe import parse
from dossier.procedure.decide import STEPS
from gateway.service.intake.dispatch import READS, write_of

TABLE = [operation for operations in OPERATIONS.values() for operation in operations.values()]
SERVED = [
    (service, operation)
    for service, operations in OPERATIONS.items()
    for operation in operations.values()
    if service is not Service.INBOX
]


def test_every_class_of_payloads_is_used_by_the_table():
    requests, answers = (
        {kind for kind in vars(p).values() if isinstance(kind, type) and issubclass(kind, base) and is_dataclass(kind)}
        for base in (p.Request, p.Answer)
    )

    assert requests == {operation.request for operation in TABLE}
    assert answers == {operation.answer for operation in TABLE}


def test_the_schema_lists_the_actions_of_the_table():
    listed = parse(schema_bytes()).xpath("//*[@name='Action']//@value")

    assert [action.value for action in Action] == listed
    assert Action.of(p.RegisterAppeal) == "RegisterAppeal"


def test_every_operation_that_the_exchange_serves_has_its_one_handler():
    for service, operation in SERVED:
        acts_on_case = issubclass(operation.request, p.CaseRequest)
        assert (operation.request in READS) is (operation.effect is Effect.READ), (service, operation.name)
        assert operation.effect is Effect.READ or write_of(operation.request)
        assert (operation.request in STEPS) is acts_on_case, "a request on a case is a row of the procedure"


def test_every_service_says_who_calls_it_and_admits_somebody():
    assert set(OPERATIONS) == set(ABOUT) == set(ADMITTED) == set(Service)
    assert all(ADMITTED.values())


@pytest.mark.parametrize("service", Service)
def test_the_wsdl_says_of_each_operation_what_the_table_says(service: Service):
    described = " ".join(wsdl_of(service, "http://h/").decode().split())

    assert all(operation.about in described for operation in OPERATIONS[service].values())
