"""XML written canonically by hand: what these functions give is already its own exclusive canonical form.

Exclusive C14N (W3C, 2002) fixes attribute order, quoting, escapes and where a namespace is declared. A writer that
keeps to it needs no second pass, and a reader can demand that a document equals its rebuild byte for byte.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from typing import Final

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_VALUE: Final = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"})


def text(value: str) -> str:
    """Escape character data; what XML 1.0 cannot hold becomes U+FFFD, so that no input can break a document."""
    return _NOT_XML.sub("\ufffd", value).translate(_TEXT)


def attributes(**values: str | None) -> str:
    """Write unqualified attributes in canonical order, each with its leading space; None leaves one out."""
    written = sorted((name, value) for name, value in values.items() if value is not None)
    return "".join(f' {name}="{_NOT_XML.sub(chr(0xFFFD), value).translate(_VALUE)}"' for name, value in written)


def element(name: str, *content: str, namespace: str = "", **values: str | None) -> str:
    """``<name>`` around ``content``, which is markup already; ``namespace`` is a literal `` xmlns…="…"`` or empty."""
    return f"<{name}{namespace}{attributes(**values)}>{''.join(content)}</{name}>"


def leaf(name: str, value: str | None) -> str:
    """``<name>value</name>`` with ``value`` escaped; nothing at all for None."""
    return "" if value is None else f"<{name}>{text(value)}</{name}>"


# --- Values as they stand in XML signatures ---------------------------------------------------------------------------


def b64(data: bytes) -> str:
    """One line, as canonical XML wants it."""
    return b64encode(data).decode("ascii")


def digest_of(data: bytes) -> str:
    """SHA-256 in base64."""
    return b64(hashlib.sha256(data).digest())
