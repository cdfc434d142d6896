"""Who counts the pages of documents: slow, and of files that a party made, so never in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dossier.case.record import CaseDocument

CountPages = Callable[[Iterable[CaseDocument]], tuple[CaseDocument, ...]]
"""The documents, each with its number of pages where that is known; blocking, in bounded time, raises nothing."""
