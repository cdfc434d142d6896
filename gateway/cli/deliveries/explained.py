"""Why a body and a court are competent, told to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rich.markup import escape
from rich.table import Table

from contracts.party import PartyRole
from gateway.cli.frame import when
from gateway.domain.registry.explanation import Explanation, Ranking, RouteTiebreak
from gateway.domain.registry.routing import Routing
from gateway.ports.case import UnroutedRow

_BY: Final[Mapping[RouteTiebreak, str]] = {
    RouteTiebreak.ALONE: "its route is the only one that fits",
    RouteTiebreak.SUBJECT: "its route names the subject more deeply than the next",
    RouteTiebreak.PLACE: "its route names the place more exactly than the next",
    RouteTiebreak.LEVEL: "its route stands at a lower level than the next",
    RouteTiebreak.ID: "nothing but its id decides; give one of the two another level, subject or place",
}


def ranking_table(title: str, ranking: Ranking) -> Table:
    """The routes that fit, the winner first."""
    table = Table(title=title)
    for heading in ("№", "subject", "KATO", "level", "party"):
        table.add_column(heading)
    for rank, route in enumerate(ranking.routes, start=1):
        table.add_row(str(rank), *map(escape, (route.subject, route.kato, route.level, route.party_id)))
    return table


def unrouted_table(rows: Iterable[UnroutedRow], routing: Routing) -> Table:
    """Appeals that fell to the duty body, and whom a route names for them now."""
    table = Table(title="Appeals that no route fitted")
    for heading in ("appeal", "since", "subject", "KATO", "duty body", "a route now"):
        table.add_column(heading)
    for row in rows:
        body = routing.competent(PartyRole.AGENCY, subject=row.subject, kato=row.kato) or "still missing"
        cells = (row.appeal_number, when(row.at), row.subject, row.kato, row.duty_body, body)
        table.add_row(*map(escape, cells))
    return table


def sentences(explanation: Explanation) -> Iterator[str]:
    """What follows from the routes."""
    yield _body(explanation)
    if explanation.at_body:
        yield _above(explanation)
    yield _court(explanation)
    if explanation.at_body:
        at_place = (
            explanation.court_at_body or "not known; give it a kato in the parties file, and a court a route there"
        )
        yield f"Court at the place of {explanation.at_body}: {at_place}."


def _body(explanation: Explanation) -> str:
    if explanation.bodies.won_by:
        return f"Body: {explanation.body}; {_BY[explanation.bodies.won_by]}."
    where = f"no route fits {explanation.subject} in {explanation.kato}"
    if explanation.body:
        return (
            f"Body: {explanation.body}, the duty body, for {where}. Give a route there, or the duty body sends it on."
        )
    return f"Body: NONE, for {where} and there is no duty body. The appeal would be refused."


def _above(explanation: Explanation) -> str:
    if explanation.higher:
        return f"Above {explanation.at_body}: {', then '.join(explanation.higher)}."
    cure = "name it by `higher` in the parties file, or give a route of a higher level"
    return f"Above {explanation.at_body}: nobody is known; {cure}."


def _court(explanation: Explanation) -> str:
    numbers = f" Case numbers of the place begin with {explanation.case_numbers}." if explanation.case_numbers else ""
    if explanation.court and explanation.courts.won_by:
        return f"Court: {explanation.court}; {_BY[explanation.courts.won_by]}.{numbers}"
    return f"Court: NONE, for no court's route fits. No dossier could be filed; give one.{numbers}"
