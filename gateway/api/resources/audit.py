"""What people and programs did, who looked at personal data, and what was refused at intake."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pydantic import AwareDatetime, Field

from contracts.party import PartyId
from gateway.api.models import EmptyParams, Line, Number, PageOf, Paging, ResponseModel
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.paging import paged
from gateway.api.persons import require_no_requests
from gateway.console.masking import blotted_for
from gateway.domain.people.access import Right
from gateway.ports.audit import AccessQuery, AuditQuery
from gateway.ports.refusals import RefusalQuery

TAG: Final = "audit"


class ActParams(Paging):
    """What the audit log is narrowed to; newest first."""

    by: Line | None = Field(default=None, description="As the log names them: `console:NAME`, `token:NAME`, a login.")
    act: Line | None = Field(default=None, description="As `delivery.resent`.")
    subject: Line | None = None
    refused: bool = Field(default=False, description="Only what was refused.")
    since: AwareDatetime | None = Field(default=None, description="That instant included.")
    until: AwareDatetime | None = Field(default=None, description="That instant not included.")
    after: Number | None = Field(default=None, description="The line at which the page before ended.")


class AccessParams(Paging):
    """What the log of accesses is narrowed to; newest first."""

    reader: Line | None = Field(default=None, description="As the log names them: `user:7`, `token:7`, a party.")
    what: Line | None = None
    about: Line | None = Field(default=None, description="Number of an appeal.")
    everybody: bool = Field(default=False, description="Also the signed reads of parties.")
    since: AwareDatetime | None = Field(default=None, description="That instant included.")
    until: AwareDatetime | None = Field(default=None, description="That instant not included.")
    after: Number | None = Field(default=None, description="The line at which the page before ended.")


class RefusalParams(Paging):
    """What the log of refusals is narrowed to; newest first."""

    sender: Line | None = Field(default=None, description="Of whom the request said that it was.")
    code: Line | None = None
    message_id: Line | None = None
    since: AwareDatetime | None = Field(default=None, description="That instant included.")
    after: Number | None = Field(default=None, description="The line at which the page before ended.")


class InLedger(ResponseModel):
    """The line's leaf. ``position``: in the tree; null while it waits for the next seal."""

    position: int | None


class ActLine(ResponseModel):
    """What somebody did, whether it worked or not. ``leaf``: null where the ledger knows nothing of the line."""

    audit_id: int
    at: AwareDatetime
    by: str
    act: str
    subject: str
    reason: str
    result: str
    leaf: InLedger | None


class ActPage(PageOf[ActLine]):
    """The audit log."""


class AccessLine(ResponseModel):
    """What somebody read. ``about``: the appeal, where that is known."""

    access_id: int
    at: AwareDatetime
    reader: str
    what: str
    subject: str
    about: str | None
    leaf: InLedger | None


class AccessPage(PageOf[AccessLine]):
    """The log of accesses."""


class RefusalLine(ResponseModel):
    """A request that was refused. ``sender``, ``message_id``: claimed; ``signer``: whose signature it carried.

    ``detail``: may quote what was received; the number of a person in it is blotted out for who need not read that.
    """

    refusal_id: int
    at: AwareDatetime
    path: str
    remote: str
    code: str
    detail: str
    sender: str | None
    message_id: str | None
    request_sha256: str
    size: int
    signer: PartyId | None


class RefusalPage(PageOf[RefusalLine]):
    """The log of refusals."""


async def list_acts(call: ApiCall[EmptyParams, ActParams, EmptyParams]) -> ActPage:
    """A page off an index."""
    query = call.query
    require_no_requests(subject=query.subject, by=query.by)
    query_made = AuditQuery(
        by=(query.by,) if query.by else (),
        act=query.act or "",
        subject=query.subject or "",
        refused=query.refused,
        since=query.since,
        until=query.until,
        after=query.after,
        limit=query.limit + 1,
    )
    found = await call.context.console.reads.run(query_made)
    model = ActLine.model_validate
    return paged(ActPage, "/audit/acts", query, found, item_of=model, place=lambda line: line.audit_id)


async def list_accesses(call: ApiCall[EmptyParams, AccessParams, EmptyParams]) -> AccessPage:
    """A page off an index."""
    query = call.query
    require_no_requests(about=query.about, reader=query.reader)
    query_made = AccessQuery(
        reader=query.reader or "",
        what=query.what or "",
        about=(query.about,) if query.about else (),
        ours=not query.everybody,
        since=query.since,
        until=query.until,
        after=query.after,
        limit=query.limit + 1,
    )
    found = await call.context.console.reads.run(query_made)
    model = AccessLine.model_validate
    return paged(AccessPage, "/audit/accesses", query, found, item_of=model, place=lambda line: line.access_id)


async def list_refusals(call: ApiCall[EmptyParams, RefusalParams, EmptyParams]) -> RefusalPage:
    """A page off an index."""
    query = call.query
    require_no_requests(message_id=query.message_id, sender=query.sender)
    query_made = RefusalQuery(
        sender=query.sender or "",
        code=query.code or "",
        message_id=query.message_id or "",
        since=query.since,
        after=query.after,
        limit=query.limit + 1,
    )
    found = await call.context.console.reads.run(query_made)
    blotted = blotted_for(call.token.role)
    return paged(
        RefusalPage,
        "/refusals",
        query,
        found,
        item_of=lambda row: RefusalLine.model_validate(replace(row, detail=blotted(row.detail))),
        place=lambda row: row.refusal_id,
    )


OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    ApiOperation(
        "GET", "/audit/acts", "list_acts", TAG, "List what people and programs did.", Right.AUDIT,
        ActPage, EmptyParams, ActParams, EmptyParams, list_acts,
    ),
    ApiOperation(
        "GET", "/audit/accesses", "list_accesses", TAG, "List who looked at personal data.", Right.AUDIT,
        AccessPage, EmptyParams, AccessParams, EmptyParams, list_accesses,
    ),
    ApiOperation(
        "GET", "/refusals", "list_refusals", TAG, "List what was refused at intake.", Right.SEE,
        RefusalPage, EmptyParams, RefusalParams, EmptyParams, list_refusals,
    ),
)  # fmt: skip
