"""Structured logs: one JSON line per thing that happened, on standard error; never payloads or personal data."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import structlog
from structlog.typing import EventDict


def configure_logging() -> None:
    """Set up structlog for this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_names: Lines(sys.stderr),
        cache_logger_on_first_use=True,
    )


class Lines(structlog.PrintLogger):
    """Prints what it can: a full disk or a reader that is gone costs lines of the log, never the work they tell of."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


@contextmanager
def no_log() -> Iterator[None]:
    """Nothing is logged meanwhile: for a command that tells people by itself what it found."""
    before = structlog.get_config()
    structlog.configure(**{**before, "processors": [_drop], "cache_logger_on_first_use": False})
    try:
        yield
    finally:
        structlog.configure(**before)


def _drop(_logger: object, _method: str, _event: EventDict) -> EventDict:
    raise structlog.DropEvent


_OURS: Final = ("gateway.", "connectors.", "dossier.", "signing.", "contracts.")


def reason_of(failure: Exception) -> str:
    """Why something failed, fit for a log: nothing that people wrote.

    Foreign words may quote a value; of a foreign exception therefore only the place is told, and of one of the
    operating system also the text that goes with its number.
    """
    frames = traceback.extract_tb(failure.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno} {frames[-1].name}" if frames else "unknown place"
    if type(failure).__module__.startswith(_OURS):
        return str(failure)[:300]
    if isinstance(failure, OSError) and failure.strerror:
        return f"{failure.strerror} at {place}"
    return f"at {place}"
