"""Numbers of persons: in no address, and in no words that are kept for good."""

from __future__ import annotations

from gateway.api.problems import PERSON, PERSON_IN_WORDS, FieldProblem, ProblemType, RequestRefusal
from gateway.domain.people.persons import is_person_number, names_person


def require_no_requests(**named: str | None) -> None:
    """Raises Refusal for an IIN or BIN by which a list is asked for, since it stands in the address."""
    wrong = tuple(
        FieldProblem("query", name, PERSON) for name, words in named.items() if words and is_person_number(words)
    )
    if wrong:
        raise RequestRefusal(ProblemType.INVALID, wrong)


def require_none_written(**named: str) -> None:
    """Raises Refusal for an IIN or BIN anywhere in words of a body that are kept for good."""
    wrong = tuple(FieldProblem("body", name, PERSON_IN_WORDS) for name, words in named.items() if names_person(words))
    if wrong:
        raise RequestRefusal(ProblemType.INVALID, wrong)
