"""Answers that are files: bytes of one media type, sent part by part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

import structlog
from aiohttp import web

from gateway.ports.documents import Documents, StoredDocument
from gateway.process.log import reason_of

log = structlog.get_logger()

_CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Binary:
    """What an operation answers whose answer is no JSON."""

    media_type: str


@dataclass(frozen=True, slots=True)
class File:
    """``size_bytes``: of all parts together."""

    name: str
    media_type: str
    size_bytes: int
    parts: AsyncIterator[bytes] = field(repr=False)


async def sent(request: web.Request, file: File) -> web.StreamResponse:
    """What fails before the first byte is a problem like others.

    What breaks off later is cut off there, so that nobody takes the part for the whole.
    """
    first = await anext(file.parts, b"")
    headers = {
        "Content-Type": file.media_type,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Length": str(file.size_bytes),
    }
    answer = web.StreamResponse(headers=headers)
    await answer.prepare(request)
    await answer.write(first)
    try:
        async for part in file.parts:
            await answer.write(part)
    except ConnectionError:
        raise
    except Exception as failed:
        log.error("api.answer_cut_off", kind=type(failed).__name__, reason=reason_of(failed))
        raise ConnectionAbortedError from failed
    await answer.write_eof()
    return answer


async def one_part(content: bytes) -> AsyncIterator[bytes]:
    """Of what is in memory anyway."""
    yield content


async def parts_of(documents: Documents, document: StoredDocument) -> AsyncIterator[bytes]:
    """A megabyte at a time. Raises EOFError when there is less of it than its row says."""
    offset = 0
    while offset < document.size:
        part = await documents.read(document.document_id, offset=offset, length=_CHUNK_BYTES)
        if not part:
            raise EOFError(f"{document.size - offset} of {document.size} bytes are not there")
        yield part
        offset += len(part)
