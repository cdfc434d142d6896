"""One operation as a value: its route is added, its description written and its request judged by the same one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from gateway.api.context import ApiContext
from gateway.api.files import Binary, File
from gateway.api.problems import ProblemType
from gateway.domain.people.access import Right
from gateway.lists.models import RequestModel
from gateway.ports.people.tokens import ApiToken
from gateway.texts.language import PageLanguage

P = TypeVar("P", bound=RequestModel)
Q = TypeVar("Q", bound=RequestModel)
B = TypeVar("B", bound=RequestModel)


@dataclass(frozen=True, slots=True)
class ApiCall(Generic[P, Q, B]):
    """A request that was judged: whoever asks may, and what they say is as described."""

    context: ApiContext
    token: ApiToken
    language: PageLanguage
    path: P
    query: Q
    body: B

    def translate(self, english: str) -> str:
        """Words of the console's catalogue in the caller's language."""
        return self.context.catalogues.translate(self.language, english)


@dataclass(frozen=True, slots=True)
class ApiOperation(Generic[P, Q, B]):
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
    path_model: type[P]
    query_model: type[Q]
    body_model: type[B]
    handle: Callable[[ApiCall[P, Q, B]], Awaitable[BaseModel | File]]
    problems: frozenset[ProblemType] = field(default_factory=frozenset)
    act: str | None = None
    is_once: bool = False
    keeps: Callable[[Any], BaseModel] | None = None
