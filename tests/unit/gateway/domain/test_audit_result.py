"""What the audit log says of an act: one line for people, an enum for programs."""

from __future__ import annotations

import pytest

from gateway.domain.people.access import UserRole
from gateway.domain.people.audit_result import AuditOutcome, AuditResult, refused, without_right

LINES = {
    "done": AuditResult(AuditOutcome.DONE),
    "parked, was pending": AuditResult(AuditOutcome.DONE, "parked, was pending"),
    "refused": AuditResult(AuditOutcome.REFUSED),
    "refused: no such user": AuditResult(AuditOutcome.REFUSED, "no such user"),
    "refused: the role viewer may not": AuditResult(AuditOutcome.NO_RIGHT, "viewer"),
    "broken: 3 rows are not as they were recorded": AuditResult(
        AuditOutcome.BROKEN, "3 rows are not as they were recorded"
    ),
}


@pytest.mark.parametrize(("line", "result"), LINES.items())
def test_a_line_of_the_log_and_its_value_are_the_same_both_ways(line: str, result: AuditResult):
    assert AuditResult.read(line) == result
    assert str(result) == line


@pytest.mark.parametrize("line", [refused("taken"), without_right(UserRole.VIEWER), refused("")])
def test_what_is_refused_is_known_as_refused(line: str):
    assert AuditResult.read(line).is_refused


@pytest.mark.parametrize("line", ["done", "holds", "broken: 1", "refusedness"])
def test_what_is_done_or_checked_is_not_refused(line: str):
    assert not AuditResult.read(line).is_refused
