"""What is wrong with a parties file that each of its entries alone does not show."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

from contracts.identifiers import is_valid_bin
from contracts.party import PartyId, PartyRole, Route
from gateway.domain.delivery.terms import problems_of
from gateway.registry.parties_form import PartiesForm, PartyForm
from gateway.registry.routes_form import RoutePlace, problems_among, route_from
from gateway.registry.terms_form import agreement_from

Known = Mapping[str, PartyForm]


def contradictions(form: PartiesForm, kept: Sequence[Route]) -> Iterator[str]:
    """All of them, each with its place. ``kept``: routes in force, which stay when the file names none."""
    known = {entry.party_id: entry for entry in form.parties}
    yield from _parties(form, known)
    yield from _agreements(form, known)
    yield from _routes(form, known, kept)
    yield from _duty_body(form, known)


def _parties(form: PartiesForm, known: Known) -> Iterator[str]:
    if sum(entry.role is PartyRole.EXCHANGE for entry in form.parties) > 1:
        yield "parties: more than one has the role exchange; that is this exchange itself"
    yield from _doubled("parties", [entry.party_id for entry in form.parties])
    for number, party in enumerate(form.parties):
        if not is_valid_bin(party.bin):
            yield f"parties[{number}].bin: {party.bin} is no BIN that was ever issued (check digit)"
        if party.channel.is_called != (party.endpoint is not None):
            need = "needs an endpoint" if party.channel.is_called else "has no endpoint: it fetches"
            yield f"parties[{number}].endpoint: a {party.channel} party {need}"
        yield from (f"parties[{number}].higher: {problem}" for problem in _higher(party, known))


def _higher(party: PartyForm, known: Known) -> Iterator[str]:
    """A complaint goes up from agency to agency and comes to an end."""
    if party.higher is None:
        return
    above = known.get(party.higher)
    if above is None:
        yield f"no party {party.higher} is described"
    elif PartyRole.AGENCY not in (party.role, above.role) or party.role is not above.role:
        yield f"{party.higher} has the role {above.role}, {party.party_id} {party.role}; both must be agencies"
    elif _comes_back(party, known):
        yield f"{party.party_id} would stand above itself"


def _comes_back(party: PartyForm, known: Known) -> bool:
    passed: set[str] = set()
    above = party.higher
    while above is not None and above not in passed:
        passed.add(above)
        above = known[above].higher if above in known else None
    return party.party_id in passed


def _agreements(form: PartiesForm, known: Known) -> Iterator[str]:
    yield from _doubled("agreements", [entry.party_id for entry in form.agreements])
    for number, agreement in enumerate(form.agreements):
        if agreement.party_id not in known:
            yield f"agreements[{number}].party_id: no party {agreement.party_id} in this file"
        yield from (f"agreements[{number}].{problem}" for problem in problems_of(agreement_from(agreement)))


def _routes(form: PartiesForm, known: Known, kept: Sequence[Route]) -> Iterator[str]:
    where = "route in force " if form.routes is None else "routes"
    routes = kept if form.routes is None else map(route_from, form.routes)
    placed = [(RoutePlace(f"{where}[{number}]"), route) for number, route in enumerate(routes)]
    yield from problems_among(placed, {PartyId(party_id): entry.role for party_id, entry in known.items()})


def _duty_body(form: PartiesForm, known: Known) -> Iterator[str]:
    if form.duty_body is None:
        return
    body = known.get(form.duty_body)
    if body is None:
        yield f"duty_body: no party {form.duty_body} is described"
    elif body.role is not PartyRole.AGENCY:
        yield f"duty_body: {form.duty_body} has the role {body.role}; it must be an agency"


def _doubled(where: str, keys: Sequence[Hashable]) -> Iterator[str]:
    first: dict[Hashable, int] = {}
    for number, key in enumerate(keys):
        if key in first:
            yield f"{where}[{number}]: says again what {where}[{first[key]}] says"
        first.setdefault(key, number)
