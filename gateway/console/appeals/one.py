"""One appeal: its page, what people wrote in it, its documents, and its dossiers verified on the spot."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from contracts.header import ConversationId, DocumentId
from contracts.party import PartyId
from dossier.case.appeal import DossierRecord
from dossier.case.events import DossierFiled
from dossier.case.narration import APPLICANT
from dossier.case.papers import filed_of, papers_named
from dossier.print.chart import APPLICANT as APPLICANT_LANE
from dossier.procedure.wording import article_text, member_text
from gateway.console.appeals.proving import (
    MARKS,
    PROVER,
    UNPROVEN_WORDS,
    VERDICT_WORDS,
    NotVerified,
    Prover,
    proof_of,
)
from gateway.console.appeals.story import AppealStory, papers, tell
from gateway.console.context import CONTEXT, SESSION
from gateway.console.desk.open_notes import noted_on
from gateway.console.desk.refusals import detail_for
from gateway.console.guard import require
from gateway.console.live import stream
from gateway.console.respond import page
from gateway.domain.people.access import Right, authorise
from gateway.domain.people.desk import About
from gateway.ports.appeals import AppealRow, ListAppeals, LoadAppealVersion
from gateway.ports.audit import RecordAccess
from gateway.ports.case import Case, FindConversation, ListMessages, LoadCase
from gateway.ports.console import DeliveryQuery
from gateway.ports.documents import FindDocuments, StoredDocument
from gateway.ports.people.desk import NoteSubject
from gateway.reading.appeal_words import words_in

MOST_DELIVERIES: Final = 100
_CHUNK_BYTES: Final = 1024 * 1024


def add_routes(app: web.Application) -> None:
    """Below ``/appeals/{number}``."""
    app[PROVER] = Prover()
    one = "/appeals/{number}"
    app.router.add_get(one, _show)
    app.router.add_get(one + "/live", _live)
    app.router.add_get(one + "/words", _words)
    app.router.add_get(one + "/documents/{document}/download", _document)
    app.router.add_get(one + r"/dossiers/{no:\d{1,4}}", _dossier)
    app.router.add_post(one + r"/dossiers/{no:\d{1,4}}", _verify)


async def _show(request: web.Request) -> web.Response:
    """The version is read first: what moves meanwhile is shown once more, not missed."""
    require(request, Right.SEE)
    context = request.config_dict[CONTEXT]
    conversation_id = await _conversation(request)
    version = await context.reads.run(LoadAppealVersion(conversation_id))
    row, case = await _row_and_case(request, conversation_id)
    found = await context.reads.run(FindDocuments(list(papers_named(case.events))))
    deliveries = (await context.reads.run(DeliveryQuery(number=row.appeal_number, limit=MOST_DELIVERIES))).rows
    return page(
        request,
        "appeals/one.html",
        row=row,
        version=version,
        story=await _story(request, row, case),
        papers=papers(case.events, found),
        deliveries=deliveries,
        noted=await noted_on(context.reads, NoteSubject(About.APPEAL, row.appeal_number)),
        detail_of=detail_for(request),
        **_sender_text(request),
    )


async def _live(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    reads, conversation_id = request.config_dict[CONTEXT].reads, await _conversation(request)
    return await stream(request, lambda: reads.run(LoadAppealVersion(conversation_id)))


async def _words(request: web.Request) -> web.Response:
    require(request, Right.READ_PERSONAL)
    row, case = await _row_and_case(request, await _conversation(request))
    await _record(request, "appeal", row.appeal_number, about=row.appeal_number)
    found = await request.config_dict[CONTEXT].reads.run(FindDocuments(list(papers_named(case.events))))
    words = await asyncio.to_thread(words_in, case)
    return page(
        request,
        "appeals/words.html",
        row=row,
        words_in=words,
        papers=papers(case.events, found),
        **_sender_text(request),
    )


async def _document(request: web.Request) -> web.StreamResponse:
    """Only what belongs to this case, so that its number opens nothing else."""
    require(request, Right.READ_PERSONAL)
    row, case = await _row_and_case(request, await _conversation(request))
    document_id = DocumentId(request.match_info["document"])
    own = {*papers_named(case.events), *(fact.document_id for _, fact in filed_of(case.events).values())}
    named = FindDocuments([document_id] if document_id in own else [])
    found = await request.config_dict[CONTEXT].reads.run(named)
    if document_id not in found:
        raise web.HTTPNotFound
    await _record(request, "document", f"{row.appeal_number} {document_id}", about=row.appeal_number)
    return await _sent(request, found[document_id])


async def _dossier(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    row, case = await _row_and_case(request, await _conversation(request))
    record, filed, document = await _filed(request, case, row)
    return _dossier_page(request, row, record, filed, document)


async def _verify(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    context = request.config_dict[CONTEXT]
    row, case = await _row_and_case(request, await _conversation(request))
    record, filed, document = await _filed(request, case, row)
    if document is None:
        raise web.HTTPNotFound
    anchors = await asyncio.to_thread(context.anchors)
    documents, now = context.exchange.documents, context.exchange.clock.now()
    came = await request.app[PROVER].prove(lambda: documents.open(document), anchors, size=document.size, now=now)
    if isinstance(came, NotVerified):
        return _dossier_page(request, row, record, filed, document, unproven=UNPROVEN_WORDS[came])
    is_whole = authorise(request[SESSION].user.role, Right.READ_PERSONAL).is_allowed
    return _dossier_page(request, row, record, filed, document, proof=proof_of(came, tuple(anchors), is_whole=is_whole))


# --- what all of them need ------------------------------------------------------------------------------------------


async def _conversation(request: web.Request) -> ConversationId:
    found = await request.config_dict[CONTEXT].reads.run(FindConversation(request.match_info["number"]))
    if found is None:
        raise web.HTTPNotFound
    return found


async def _row_and_case(request: web.Request, conversation_id: ConversationId) -> tuple[AppealRow, Case]:
    reads = request.config_dict[CONTEXT].reads
    case = await reads.run(LoadCase(conversation_id))
    rows = await reads.run(ListAppeals((conversation_id,)))
    if case is None or not rows:
        raise web.HTTPNotFound
    return rows[0], case


async def _story(request: web.Request, row: AppealRow, case: Case) -> AppealStory:
    """Messages are read only where a road was taken, and while there are any."""
    exchange = request.config_dict[CONTEXT].exchange
    directory, now = exchange.directory(), exchange.clock.now()
    is_notified = row.erased_at is None and any(type(event.fact).__name__ == "RoadTaken" for event in case.events)
    messages = await exchange.store.run(ListMessages(case.conversation_id)) if is_notified else ()
    parties = directory.registry.parties
    return await asyncio.to_thread(lambda: tell(case, messages, parties, directory.names, now=now))


async def _filed(
    request: web.Request, case: Case, row: AppealRow
) -> tuple[DossierRecord, DossierFiled, StoredDocument | None]:
    number = int(request.match_info["no"])
    story = await _story(request, row, case)
    record, found = story.appeal.dossiers.get(number), filed_of(case.events).get(number)
    if record is None or found is None:
        raise web.HTTPNotFound
    _, filed = found
    known = await request.config_dict[CONTEXT].reads.run(FindDocuments([filed.document_id]))
    document = known.get(filed.document_id)
    return record, filed, document


def _dossier_page(
    request: web.Request,
    row: AppealRow,
    record: DossierRecord,
    filed: DossierFiled,
    document: StoredDocument | None,
    **proven: Any,  # noqa: ANN401 - of a template
) -> web.Response:
    shown: dict[str, Any] = {"proof": None, "unproven": "", **proven}
    return page(
        request,
        "appeals/dossier.html",
        row=row,
        record=record,
        filed=filed,
        document=document,
        marks=MARKS,
        verdict_words=VERDICT_WORDS,
        **shown,
        **_sender_text(request),
    )


def _sender_text(request: web.Request) -> Mapping[str, Any]:
    """What templates call parties and articles by."""
    names = request.config_dict[CONTEXT].exchange.directory().names
    return {
        "names": {**names, APPLICANT_LANE: APPLICANT},
        "article_text": article_text,
        "member_text": member_text,
    }


async def _record(request: web.Request, what: str, subject: str, *, about: str) -> None:
    """Before anything is shown; the ledger names no person."""
    exchange, user = request.config_dict[CONTEXT].exchange, request[SESSION].user
    reader, now = PartyId(f"user:{user.user_id}"), exchange.clock.now()
    await exchange.store.run(RecordAccess(reader, what, subject, now, about=about))


async def _sent(request: web.Request, document: StoredDocument) -> web.StreamResponse:
    """Never opened by the browser itself, whatever its sender called it."""
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.file_name, safe='')}",
        "Content-Length": str(document.size),
    }
    answer = web.StreamResponse(headers=headers)
    await answer.prepare(request)
    documents, offset = request.config_dict[CONTEXT].exchange.documents, 0
    while offset < document.size:
        part = await documents.read(document.document_id, offset=offset, length=_CHUNK_BYTES)
        if not part:
            break
        await answer.write(part)
        offset += len(part)
    return answer
