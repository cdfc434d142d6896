"""Values as they cross the admin socket: JSON made from their own types, and read by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import StringConstraints, TypeAdapter, ValidationError

T = TypeVar("T")
Stated = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Who acts and why: never empty."""


class FormUnreadable(ValueError):
    """Says field by field what is wrong, and nothing of what was sent: it may be a password's hash."""


@dataclass(frozen=True, slots=True)
class JsonForm(Generic[T]):
    """Of one dataclass, or of several that ``tag`` tells apart by these names."""

    kinds: Mapping[str, type[T]]
    tag: str = ""

    def written(self, value: T) -> dict[str, Any]:
        """The value in terms of JSON."""
        name = next(name for name, kind in self.kinds.items() if isinstance(value, kind))
        body: dict[str, Any] = TypeAdapter(type(value)).dump_python(value, mode="json")
        return {self.tag: name, **body} if self.tag else body

    def read(self, form: object) -> T:
        """The value of a form. Raises ``FormUnreadable``."""
        if not isinstance(form, dict):
            raise FormUnreadable("it is no object of JSON")
        name = form.get(self.tag, "") if self.tag else ""
        if not isinstance(name, str) or name not in self.kinds:
            raise FormUnreadable(f"{self.tag} is none of {', '.join(self.kinds)}")
        try:
            value: T = TypeAdapter(self.kinds[name]).validate_python(form)
        except ValidationError as invalid:
            wrong = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in invalid.errors(include_input=False))
            raise FormUnreadable("; ".join(wrong)) from None
        return value


def form_of(kind: type[T]) -> JsonForm[T]:
    """That of one dataclass."""
    return JsonForm({"": kind})
