"""One operation as a value: its route is added, its description written and its request judged by the same one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from gateway.api.files import Binary, File
from gateway.api.models import Asking
from gateway.api.problems import Problem
from gateway.api.surroundings import Behind
from gateway.console.language import Language
from gateway.domain.access import Right
from gateway.ports.tokens import Token

P = TypeVar("P", bound=Asking)
Q = TypeVar("Q", bound=Asking)
B = TypeVar("B", bound=Asking)


@dataclass(frozen=True, slots=True)
class Asked(Generic[P, Q, B]):
    """A request that was judged: whoever asks may, and what they say is as described."""

    behind: Behind
    token: Token
    language: Language
    path: P
    query: Q
    body: B

    def say(self, english: str) -> str:
        """Words of the console's catalogue in the caller's language."""
        return self.behind.catalogues.say(self.language, english)


@dataclass(frozen=True, slots=True)
class Operation(Generic[P, Q, B]):
    """``path``: below the prefix, as OpenAPI writes it. ``problems``: those of its own, beside what all may meet.

    ``act``: how the audit log names it when the role does not give the right; None for what only reads. ``is_once``:
    whether it changes something, so that it must bring a key. ``keeps``: what of its answer is kept, for whoever asks
    again under the key; None for all of it.
    """

    method: str
    path: str
    name: str
    tag: str
    summary: str
    right: Right
    answers: type[BaseModel] | Binary
    asked_path: type[P]
    asked_query: type[Q]
    asked_body: type[B]
    handle: Callable[[Asked[P, Q, B]], Awaitable[BaseModel | File]]
    problems: frozenset[Problem] = field(default_factory=frozenset)
    act: str | None = None
    is_once: bool = False
    keeps: Callable[[Any], BaseModel] | None = None
