"""Named points between two steps of the gateway, at which a process can be made to kill itself.

Installed by the zygote in a child before it serves; the product knows nothing of it. The points lie in what the
product calls (SQLAlchemy's commit, the push connector, the kernel's fsync and rename), so that they hold however the
product is written.
"""

from __future__ import annotations

import functools
import inspect
import os
import signal
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from connectors.soap.push import PushConnector


class Point(StrEnum):
    """Between which two steps."""

    BEFORE_COMMIT = "before commit"  # all written, nothing promised
    AFTER_COMMIT = "after commit"  # durable, nobody told
    BEFORE_SEND = "before send"  # leased, not sent
    ANSWER_HEARD = "answer heard"  # the peer has acted, no outcome recorded
    AFTER_FSYNC = "after fsync"  # a file is whole under its temporary name
    BEFORE_RENAME = "before rename"
    AFTER_RENAME = "after rename"  # a file lies where it belongs, no row says so


_WHERE: dict[Point, tuple[Any, str, bool]] = {
    Point.BEFORE_COMMIT: (DefaultDialect, "do_commit", True),
    Point.AFTER_COMMIT: (DefaultDialect, "do_commit", False),
    Point.BEFORE_SEND: (PushConnector, "send", True),
    Point.ANSWER_HEARD: (PushConnector, "send", False),
    Point.AFTER_FSYNC: (os, "fsync", False),
    Point.BEFORE_RENAME: (os, "replace", True),
    Point.AFTER_RENAME: (os, "replace", False),
}


def arm(point: str, passage: int) -> None:
    """This process dies by SIGKILL at its ``passage``-th passage of ``point``, counting from 1."""
    owner, name, before = _WHERE[Point(point)]
    left = passage

    def pass_by() -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, _with(getattr(owner, name), pass_by, before=before))


def _with(step: Callable[..., Any], pass_by: Callable[[], None], *, before: bool) -> Callable[..., Any]:
    @functools.wraps(step)
    def plain(*args: Any, **kwargs: Any) -> Any:
        if before:
            pass_by()
        result = step(*args, **kwargs)
        if not before:
            pass_by()
        return result

    @functools.wraps(step)
    async def waiting(*args: Any, **kwargs: Any) -> Any:
        if before:
            pass_by()
        result = await step(*args, **kwargs)
        if not before:
            pass_by()
        return result

    return waiting if inspect.iscoroutinefunction(step) else plain
