"""YAML as people write forms in it: safe, a doubled key is an error, and digits stay text for every reader.

libyaml reads where it is there: a registry may hold ten thousand routes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict
from pydantic_core import ErrorDetails


class Form(BaseModel):
    """Strict: an unknown key is a problem."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FormInvalid(Exception):
    """A file cannot be applied. ``problems`` holds all of them, each with its place in the file."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def parse_yaml(text: str) -> object:
    """The values in ``text``. Raises FormInvalid."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader is a safe one
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        place = f"line {mark.line + 1}" if mark else "the file"
        raise FormInvalid([f"{place}: {problem.problem or 'no YAML'}"]) from problem
    except yaml.YAMLError as problem:
        raise FormInvalid([f"the file: no YAML ({problem})"]) from problem


def lines_of_items(text: str, key: str) -> list[int]:
    """The line, counted from 1, on which each item of the list under ``key`` begins; of YAML that was parsed before."""
    root = yaml.compose(text, Loader=_Loader)
    found = root.value if isinstance(root, yaml.MappingNode) else []
    lists = [value for name, value in found if name.value == key and isinstance(value, yaml.SequenceNode)]
    return [item.start_mark.line + 1 for one in lists for item in one.value]


def write_form(form: dict[str, Any]) -> str:
    """The YAML text of a form."""
    return yaml.dump(form, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


def error_text(error: ErrorDetails) -> str:
    """What is wrong with one value, and how to mend what YAML makes of digits."""
    quotes = " (in quotes, or YAML takes it for a number)" if error["type"] == "string_type" else ""
    return f"{error['msg']}{quotes}"


def place_of(loc: tuple[int | str, ...]) -> str:
    """``('parties', 2, 'bin')`` as ``parties[2].bin``, counted from 0 as YAML tools do."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".") or "the file"


class _Loader(yaml.CSafeLoader):
    """Safe, and a doubled key is an error: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        doubled = [key for key, count in keys.items() if count > 1]
        if doubled:
            raise yaml.constructor.ConstructorError(None, None, f"key {doubled[0]!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.CSafeDumper):
    """PEM reads as a block, digits are quoted (YAML 1.1 and 1.2 read them differently), the rest as PyYAML does it."""


def _text_node(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else "'" if text.isdigit() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)
