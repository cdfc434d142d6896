"""The places that a new operation of the contract is written to, but for what follows from its message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Final

from contracts.operations import OPERATIONS, Service

TEMPLATES: Final = Path(__file__).with_name("templates")
NAME: Final = re.compile(r"(?:[A-Z][a-z]+){1,4}")
_ENUMERATION: Final = '      <xs:enumeration value="{}"/>\n'


def operation_files(root: Path, name: str, service: Service) -> Mapping[str, str]:
    """New texts by path: it comes behind the last operation of its service. Raises ``LookupError`` for a place lost."""
    *_, last = OPERATIONS[service]
    listed = _after(_ENUMERATION.format(last), _ENUMERATION.format(name))
    texts: dict[str, str] = {}
    for path, edits in (
        ("contracts/xsd/exchange.xsd", (listed, _after(_element(f"{last}Response"), _filled("xsd", name)))),
        ("dossier/xsd/dossier.xsd", (listed,)),
        ("contracts/payloads.py", (_after(_payload(last), _filled("payload", name)),)),
        ("contracts/operations.py", (_after(_row(last), _filled("row", name)),)),
    ):
        texts[path] = (root / path).read_text(encoding="utf-8")
        for place, text in edits:
            texts[path] = _inserted(texts[path], place, text, path)
    return texts


def _after(place: str, text: str) -> tuple[str, str]:
    return (place if place.startswith("(?") else re.escape(place)), text


def _element(name: str) -> str:
    return rf'(?s)  <xs:element name="{name}">\n.*?\n  </xs:element>\n\n'


def _payload(name: str) -> str:
    return rf"(?s)@dataclass\(frozen=True, slots=True\)\nclass {name}\(.*?\n\n\n"


def _row(name: str) -> str:
    return rf"(?s)        Operation\(\n            _.,\n            p\.{name},\n.*?\n        \),\n"


def _filled(template: str, name: str) -> str:
    return Template((TEMPLATES / f"operation_{template}.txt").read_text(encoding="utf-8")).substitute(name=name)


def _inserted(text: str, place: str, new: str, path: str) -> str:
    found = re.search(place, text)
    if found is None:
        raise LookupError(f"{path} is not written as its other operations are")
    return f"{text[: found.end()]}{new}{text[found.end() :]}"
