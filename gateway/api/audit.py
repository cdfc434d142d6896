"""What people and programs did, who looked at personal data, and what was refused at intake."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pydantic import AwareDatetime, Field

from contracts.party import PartyId
from gateway.api.models import Answer, Line, Nothing, Number, PageOf, Paging
from gateway.api.operation import Asked, Operation
from gateway.api.paging import paged
from gateway.api.persons import require_none_asked
from gateway.console.masking import blotted_for
from gateway.domain.access import Right
from gateway.ports.audit import AuditLooked, LooksLooked
from gateway.ports.refusals import RefusalsLooked

TAG: Final = "audit"


class ActQuery(Paging):
    """What the audit log is narrowed to; newest first."""

    by: Line | None = Field(default=None, description="As the log names them: `console:NAME`, `token:NAME`, a login.")
    act: Line | None = Field(default=None, description="As `delivery.resent`.")
    subject: Line | None = None
    refused: bool = Field(default=False, description="Only what was refused.")
    since: AwareDatetime | None = Field(default=None, description="That instant included.")
    until: AwareDatetime | None = Field(default=None, description="That instant not included.")
    after: Number | None = Field(default=None, description="The line at which the page before ended.")


class LookQuery(Paging):
    """What the log of accesses is narrowed to; newest first."""

    reader: Line | None = Field(default=None, description="As the log names them: `user:7`, `token:7`, a party.")
    what: Line | None = None
    about: Line | None = Field(default=None, description="Number of an appeal.")
    everybody: bool = Field(default=False, description="Also the signed reads of parties.")
    since: AwareDatetime | None = Field(default=None, description="That instant included.")
    until: AwareDatetime | None = Field(default=None, description="That instant not included.")
    after: Number | None = Field(default=None, description="The line at which the page before ended.")


class RefusalQuery(Paging):
    """What the log of refusals is narrowed to; newest first."""

    sender: Line | None = Field(default=None, description="Of whom the request said that it was.")
    code: Line | None = None
    message_id: Line | None = None
    since: AwareDatetime | None = Field(default=None, description="That instant included.")
    after: Number | None = Field(default=None, description="The line at which the page before ended.")


class InLedger(Answer):
    """The line's leaf. ``position``: in the tree; null while it waits for the next seal."""

    position: int | None


class ActLine(Answer):
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


class LookLine(Answer):
    """What somebody read. ``about``: the appeal, where that is known."""

    access_id: int
    at: AwareDatetime
    reader: str
    what: str
    subject: str
    about: str | None
    leaf: InLedger | None


class LookPage(PageOf[LookLine]):
    """The log of accesses."""


class RefusalLine(Answer):
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


async def list_acts(asked: Asked[Nothing, ActQuery, Nothing]) -> ActPage:
    """A page off an index."""
    query = asked.query
    require_none_asked(subject=query.subject, by=query.by)
    looked = AuditLooked(
        by=(query.by,) if query.by else (),
        act=query.act or "",
        subject=query.subject or "",
        refused=query.refused,
        since=query.since,
        until=query.until,
        after=query.after,
        limit=query.limit + 1,
    )
    found = await asked.behind.around.reads.look_for_acts(looked)
    told = ActLine.model_validate
    return paged(ActPage, "/audit/acts", query, found, told=told, place=lambda line: line.audit_id)


async def list_looks(asked: Asked[Nothing, LookQuery, Nothing]) -> LookPage:
    """A page off an index."""
    query = asked.query
    require_none_asked(about=query.about, reader=query.reader)
    looked = LooksLooked(
        reader=query.reader or "",
        what=query.what or "",
        about=(query.about,) if query.about else (),
        ours=not query.everybody,
        since=query.since,
        until=query.until,
        after=query.after,
        limit=query.limit + 1,
    )
    found = await asked.behind.around.reads.look_for_looks(looked)
    told = LookLine.model_validate
    return paged(LookPage, "/audit/accesses", query, found, told=told, place=lambda line: line.access_id)


async def list_refusals(asked: Asked[Nothing, RefusalQuery, Nothing]) -> RefusalPage:
    """A page off an index."""
    query = asked.query
    require_none_asked(message_id=query.message_id, sender=query.sender)
    looked = RefusalsLooked(
        sender=query.sender or "",
        code=query.code or "",
        message_id=query.message_id or "",
        since=query.since,
        after=query.after,
        limit=query.limit + 1,
    )
    found = await asked.behind.around.reads.look_for_refusals(looked)
    blotted = blotted_for(asked.token.role)
    return paged(
        RefusalPage,
        "/refusals",
        query,
        found,
        told=lambda row: RefusalLine.model_validate(replace(row, detail=blotted(row.detail))),
        place=lambda row: row.refusal_id,
    )


OPERATIONS: Final[tuple[Operation[Any, Any, Any], ...]] = (
    Operation(
        "GET", "/audit/acts", "list_acts", TAG, "List what people and programs did.", Right.AUDIT,
        ActPage, Nothing, ActQuery, Nothing, list_acts,
    ),
    Operation(
        "GET", "/audit/accesses", "list_accesses", TAG, "List who looked at personal data.", Right.AUDIT,
        LookPage, Nothing, LookQuery, Nothing, list_looks,
    ),
    Operation(
        "GET", "/refusals", "list_refusals", TAG, "List what was refused at intake.", Right.SEE,
        RefusalPage, Nothing, RefusalQuery, Nothing, list_refusals,
    ),
)  # fmt: skip
