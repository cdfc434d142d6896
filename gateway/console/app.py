"""The console as an application to be mounted: routes, guards, files."""

from __future__ import annotations

from aiohttp import web

from gateway.console import assets, login, oidc_login, overview, sign_out
from gateway.console.alarms import handlers as alarms
from gateway.console.alarms.badge import alarms_counted
from gateway.console.appeals import listing as appeals
from gateway.console.appeals import one as appeal
from gateway.console.appeals import terms
from gateway.console.context import CONTEXT, ConsoleContext
from gateway.console.deliveries import dead, evidence, listing, many, one
from gateway.console.desk import causes, codes, finding, incidents, notes, refusals
from gateway.console.guard import admitted, error_pages, forms_are_ours, known_by_session, set_headers
from gateway.console.listed import add_list
from gateway.console.live import OPEN_STREAMS
from gateway.console.parties import handlers as parties
from gateway.console.proof import accesses as looks
from gateway.console.proof import health, ledger
from gateway.console.reports import handlers as reports
from gateway.console.users import enrolling, own
from gateway.console.users import handlers as users
from gateway.lists.acts import ACTS


def console_app(context: ConsoleContext) -> web.Application:
    """To be mounted at ``surroundings.PREFIX``."""
    app = web.Application(middlewares=[error_pages, admitted, known_by_session, alarms_counted, forms_are_ours])
    app[CONTEXT], app[OPEN_STREAMS] = context, set()
    app.on_response_prepare.append(set_headers)
    assets.add_routes(app)
    for pages in (
        overview,
        alarms,
        listing,
        many,
        one,
        evidence,
        dead,
        appeals,
        appeal,
        terms,
        reports,
        finding,
        incidents,
        notes,
        causes,
        refusals,
        parties,
        looks,
        ledger,
        health,
        codes,
        users,
        own,
        enrolling,
        oidc_login,
        login,
        sign_out,
    ):
        pages.add_routes(app)
    add_list(app, ACTS)
    return app
