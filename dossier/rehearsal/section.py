"""Reading YAML strictly: every scalar is taken as it is written, every key is known, every problem names its line.

YAML's own guesses (``no`` for false, a number for ``0750``) do not happen: what a value is, the reader of the key says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import Final, TypeVar

import yaml

from dossier.procedure.law.calendar import zone

_E = TypeVar("_E", bound=Enum)
_T = TypeVar("_T")
_FLAGS: Final = {"true": True, "false": False}


class ScenarioInvalid(ValueError):
    """The file is no scenario. Its writer's fault; ``line`` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line, self.problem = line, problem


def read_yaml(text: str) -> ScenarioSection:
    """The document as a section. Raises ``ScenarioInvalid``."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ScenarioInvalid(mark.line + 1 if mark else 1, error.problem or "this is no YAML") from error
    except yaml.YAMLError as error:
        raise ScenarioInvalid(1, f"this is no YAML ({error})") from error
    if root is None:
        raise ScenarioInvalid(1, "the file is empty")
    return ScenarioSection(root)


class ScenarioSection:
    """One mapping of the file. Keys are taken one by one; ``close`` refuses what nobody took."""

    def __init__(self, node: yaml.Node) -> None:
        if not isinstance(node, yaml.MappingNode):
            raise ScenarioInvalid(_line(node), "expected keys with values here")
        self.line = _line(node)
        self._nodes: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        for key, value in node.value:
            name = _scalar(key)
            if name in self._nodes:
                raise ScenarioInvalid(_line(key), f"{name!r} stands twice")
            self._nodes[name], self._lines[name] = value, _line(key)
        self._known: list[str] = []

    @classmethod
    def empty(cls) -> ScenarioSection:
        """A section that gives every default."""
        return cls(yaml.MappingNode("tag:yaml.org,2002:map", [], yaml.Mark("", 0, 0, 0, None, 0)))

    def line_of(self, key: str) -> int:
        return self._lines.get(key, self.line)

    def has(self, key: str) -> bool:
        return key in self._nodes

    def close(self) -> None:
        """Refuse keys that no reader has asked for, with those that there are."""
        for key, line in self._lines.items():
            if key not in self._known:
                known = ", ".join(dict.fromkeys(self._known))
                raise ScenarioInvalid(line, f"{key!r} is not known here; known: {known}")

    # --- one value

    def text(self, key: str, default: str | None = None) -> str:
        """The value as written. Without ``default`` the key is required."""
        node = self._take(key)
        if node is None and default is None:
            raise ScenarioInvalid(self.line, f"{key!r} is missing")
        return default or "" if node is None else _scalar(node)

    def optional(self, key: str) -> str | None:
        return self.text(key) if self._take(key) is not None else None

    def day(self, key: str, default: date | None = None) -> date:
        return self._converted(key, default, date.fromisoformat, "a day, as 2026-11-24")

    def optional_day(self, key: str) -> date | None:
        return self.day(key) if self._take(key) is not None else None

    def instant(self, key: str, default: datetime | None = None) -> datetime:
        """An instant by the clock on the wall in Almaty."""
        return self._converted(key, default, _instant, "day and time in Almaty, as 2026-11-24 11:00")

    def flag(self, key: str, *, default: bool) -> bool:
        return self._converted(key, default, _FLAGS.__getitem__, "true or false")

    def number(self, key: str, default: int) -> int:
        return self._converted(key, default, int, "a whole number")

    def optional_number(self, key: str) -> int | None:
        return self.number(key, 0) if self._take(key) is not None else None

    def member(self, key: str, kind: type[_E], default: _E | None = None) -> _E:
        return self._converted(key, default, kind, f"one of {', '.join(str(each.value) for each in kind)}")

    def optional_member(self, key: str, kind: type[_E]) -> _E | None:
        return self.member(key, kind) if self._take(key) is not None else None

    def optional_members(self, key: str, kind: type[_E]) -> tuple[_E, ...] | None:
        return self.members(key, kind) if self._take(key) is not None else None

    def _converted(self, key: str, default: _T | None, convert: Callable[[str], _T], expected: str) -> _T:
        node = self._take(key)
        if node is None and default is not None:
            return default
        written = self.text(key)
        try:
            return convert(written)
        except (ValueError, KeyError) as error:
            raise ScenarioInvalid(self.line_of(key), f"{key!r} is {expected}, not {written!r}") from error

    # --- several values

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        node = self._take(key)
        return default if node is None else tuple(_scalar(item) for item in _items(node))

    def members(self, key: str, kind: type[_E], default: tuple[_E, ...] = ()) -> tuple[_E, ...]:
        known = {str(each.value): each for each in kind}
        if unknown := [text for text in self.texts(key) if text not in known]:
            raise ScenarioInvalid(
                self.line_of(key), f"{key!r} holds {unknown[0]!r}, which is none of {', '.join(known)}"
            )
        return tuple(known[text] for text in self.texts(key)) if self.has(key) else default

    def section(self, key: str) -> ScenarioSection | None:
        node = self._take(key)
        return None if node is None else ScenarioSection(node)

    def sections(self, key: str) -> tuple[ScenarioSection, ...]:
        node = self._take(key)
        return () if node is None else tuple(ScenarioSection(item) for item in _items(node))

    def rest(self) -> dict[str, str]:
        """All values under keys that nobody took, as written; those of a list with commas between them."""
        left = [key for key in self._nodes if key not in self._known]
        return {key: self._written(key) for key in left}

    def _written(self, key: str) -> str:
        return ", ".join(self.texts(key)) if isinstance(self._nodes[key], yaml.SequenceNode) else self.text(key)

    def _take(self, key: str) -> yaml.Node | None:
        self._known.append(key)
        return self._nodes.get(key)


def _instant(text: str) -> datetime:
    naive = datetime.fromisoformat(text)
    if naive.tzinfo is not None or len(text) < len("2026-11-24 11:00"):
        raise ValueError(text)
    return naive.replace(tzinfo=zone())


def _items(node: yaml.Node) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        raise ScenarioInvalid(_line(node), "expected a list here")
    return list(node.value)


def _scalar(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise ScenarioInvalid(_line(node), "expected one value here")
    return str(node.value)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
