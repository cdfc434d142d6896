"""Dead letters, which no attempt can move: by party and cause, with what helps against each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from gateway.console import queries
from gateway.console.context import CONTEXT, SESSION
from gateway.console.guard import require
from gateway.console.respond import page
from gateway.domain.delivery.acts import SOURCES, Act
from gateway.domain.delivery.poison import PoisonCause
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import Right, authorise
from gateway.ports.console import NO_CODE, DeadGroup, ListDeadGroups
from gateway.ports.deliveries import DeliveryRow
from gateway.texts.language import marked

MOST_GROUPS: Final = 200

CAUSES: Final[Mapping[str, tuple[str, str]]] = {
    PoisonCause.NO_SUCH_PARTY: (
        marked("The registry does not have this party"),
        marked("Register the party again, or correct its id in the parties file and apply it; then resend the group. If it will not come back, cancel the group and say so to those who wait."),  # noqa: E501 - one sentence
    ),
    PoisonCause.UNSIGNABLE: (
        marked("The message cannot be built or signed"),
        marked("Run dalel doctor on this node: it names what is wrong with the key. Mend that, then resend the group."),
    ),
    "": (
        marked("The cause was not kept by an earlier release"),
        marked("Read the words of the newest one; mend what they name, then resend the group."),
    ),
}  # fmt: skip
"""What it is and what helps, in English words of the catalogue."""

OTHER: Final = (
    marked("Another cause"),
    marked("Read the words of the newest one; mend what they name, then resend the group."),
)


def add_routes(app: web.Application) -> None:
    """``/dead-letters``; they are followed by the stream of all counts."""
    app.router.add_get("/dead-letters", _list)


async def _list(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    context, role = request.config_dict[CONTEXT], request[SESSION].user.role
    groups = await context.reads.run(ListDeadGroups(MOST_GROUPS + 1))
    return page(
        request,
        "deliveries/dead.html",
        groups=groups[:MOST_GROUPS],
        is_cut=len(groups) > MOST_GROUPS,
        causes={group.code: CAUSES.get(group.code, OTHER) for group in groups},
        list_of=address_of,
        counted=await context.counts.current(),
        now=context.exchange.clock.now(),
        acts=tuple(
            act for act in Act if DeliveryState.DEAD_LETTERED in SOURCES[act] and authorise(role, act).is_allowed
        ),
        act_words=queries.ACT_WORDS,
        names={party.party_id: party.name for party in context.exchange.directory().registry.parties},
    )


def address_of(group: DeadGroup) -> str:
    """The list of exactly this group."""
    state = DeliveryState.DEAD_LETTERED.value
    return urlencode({"state": state, "recipient": group.recipient, "code": group.code or NO_CODE})


def cure_of(row: DeliveryRow) -> str:
    """What helps, in English words of the catalogue; "" for one that is no dead letter."""
    return CAUSES.get(row.code or "", OTHER)[1] if row.state is DeliveryState.DEAD_LETTERED else ""
