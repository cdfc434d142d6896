"""The only place that configures an XML parser.

What arrives is hostile until proven otherwise, so bounds are checked on the bytes, before libxml2 reads them:

1. size, and counts of ``<`` and ``xmlns`` that cannot be lower than those of elements and namespace declarations
   (exclusive C14N, attribute copies and ID lookups are where a small document costs minutes);
2. the prolog: an XML declaration or nothing, then the start tag of the root. A DOCTYPE can stand nowhere else, so no
   DTD, entity or attribute default ever reaches the parser, and no option of the parser has to be trusted with one.

The tree is then checked for what would let two readers see two texts: comments (``.text`` ends at the first) and
processing instructions; and for depth, attributes and the length of namespaces' names.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from typing import Final, NoReturn, cast

from lxml import etree

from contracts.codes import Code
from contracts.errors import NotReadable

MAX_BYTES: Final = 8 * 1024 * 1024
"""Room for a 4 MiB part in base64; libxml2's own limit of 10 MB for one text stays on (``huge_tree`` is off)."""
MAX_DEPTH: Final = 64
MAX_ATTRIBUTES: Final = 64
MAX_ATTRIBUTES_IN_ALL: Final = 10_000
"""Of a whole document. A message of the contract has some tens, all in its envelope; each id is compared with all."""
MAX_NAMESPACE: Final = 512
"""Letters of a namespace's name. It is declared once and stands in the name of every element and in every error."""
MAX_NAMESPACES: Final = 200
MAX_ELEMENTS: Final = 100_000

_UTF8_BOM, _UTF16_BOMS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_DECLARATION: Final = re.compile(
    rb"""<\?xml\s+version\s*=\s*(["'])1\.0\1"""
    rb"""(?:\s+encoding\s*=\s*(["'])(?P<encoding>[A-Za-z][A-Za-z0-9._\-]*)\2)?"""
    rb"""(?:\s+standalone\s*=\s*(["'])(?:yes|no)\4)?\s*\?>"""
)
_AFTER_PROLOG: Final = re.compile(rb"[ \t\r\n]*<(.)", re.DOTALL)
_LONG_VALUE: Final = re.compile(rb"""=[ \t\r\n]*(?:"[^"<]{%d}|'[^'<]{%d})""" % (MAX_NAMESPACE + 1, MAX_NAMESPACE + 1))
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE", re.IGNORECASE)


class _NothingOutside(etree.Resolver):
    """Second line of defence: whatever libxml2 may ever want to open, it does not get."""

    def resolve(self, system_url: str, public_id: str, context: object) -> NoReturn:  # type: ignore[override]
        # The stub leaves out ``context``, which lxml passes.
        raise OSError(f"an XML document may not refer to {system_url or public_id} ({context})")


def _parser() -> etree.XMLParser:
    # collect_ids stays at its default: switched off, libxml2 2.14 loads an external DTD in spite of load_dtd=False.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=False
    )
    parser.resolvers.add(_NothingOutside())
    return parser


class _Own(threading.local):
    """Each thread's own: lxml locks a parser and an XPath while they work, and who reads little waits for nobody."""

    def __init__(self) -> None:
        self.parser = _parser()
        self.has_instruction = etree.XPath("boolean(//comment() | //processing-instruction())")
        self.has_too_many_attributes = etree.XPath(f"boolean(//*[@*[{MAX_ATTRIBUTES + 1}]])")
        self.is_too_deep = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")


_OWN: Final = _Own()


def parse(
    data: bytes,
    *,
    limit_bytes: int = MAX_BYTES,
    max_namespaces: int = MAX_NAMESPACES,
    max_attributes: int = MAX_ATTRIBUTES_IN_ALL,
) -> etree._Element:
    """The root of a hostile document, safe to walk, validate and canonicalise.

    UTF-8 or UTF-16 with a byte order mark; ``sourceline`` counts lines of ``data``. Raises ``NotReadable`` with
    NOT_XML, DOCTYPE_FORBIDDEN or TOO_LARGE. ``max_namespaces`` may be raised by a caller who knows that the word
    ``xmlns`` stands in no tag but the first, ``max_attributes`` by one who reads no messages.
    """
    if len(data) > limit_bytes:
        raise NotReadable(Code.TOO_LARGE, f"{len(data)} bytes, allowed are {limit_bytes}")
    text = _without_prolog(data)
    _bound_counts(text, max_namespaces)
    try:
        root = etree.fromstring(text, _OWN.parser)
    except etree.XMLSyntaxError as error:
        raise NotReadable(Code.NOT_XML, _in_one_line(error)) from error
    _bound_tree(root, text, max_attributes)
    return root


def canonical(element: etree._Element, prefixes: Sequence[str] = ()) -> bytes:
    """Exclusive C14N without comments of ``element`` as apex, with the namespaces it visibly uses and no others.

    ``prefixes``: those of InclusiveNamespaces, which are declared too where they are in scope.
    """
    try:
        if not prefixes:
            return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
        return etree.tostring(
            element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=list(prefixes)
        )
    except (etree.C14NError, ValueError) as error:
        # Failing closed: in other stacks an empty string here became a digest that always matched (CVE-2025-66568).
        raise NotReadable(Code.NOT_XML, f"no canonical form: {error}") from error


def line_of(element: etree._Element) -> int:
    """The line on which ``element`` starts in the document it was parsed from, 0 when it was never parsed."""
    return cast("int | None", element.sourceline) or 0


def _without_prolog(data: bytes) -> bytes:
    """UTF-8 bytes that start with the root's start tag, preceded by as many line ends as the prolog had."""
    text, transcoded = _as_utf8(data)
    declaration = _DECLARATION.match(text)
    if declaration:
        _check_encoding(declaration["encoding"], transcoded=transcoded)
        text = b"\n" * declaration[0].count(b"\n") + text[declaration.end() :]
    following = _AFTER_PROLOG.match(text)
    if following is None:
        raise NotReadable(Code.NOT_XML, "no element at the start of the document")
    if following[1] in b"!?":
        code = Code.DOCTYPE_FORBIDDEN if _DOCTYPE.search(text) else Code.NOT_XML
        raise NotReadable(code, "before the root only an XML 1.0 declaration may stand: no DOCTYPE, comment or <?…?>")
    return text


def _as_utf8(data: bytes) -> tuple[bytes, bool]:
    if data.startswith(_UTF16_BOMS):
        try:
            return data.decode("utf-16").encode("utf-8"), True
        except UnicodeError as error:
            raise NotReadable(Code.NOT_XML, f"not UTF-16: {error.__class__.__name__}") from error
    return data.removeprefix(_UTF8_BOM), False


def _check_encoding(declared: bytes | None, *, transcoded: bool) -> None:
    expected = (b"utf-16",) if transcoded else (b"utf-8", b"us-ascii")
    if declared is not None and declared.lower() not in expected:
        raise NotReadable(Code.NOT_XML, f"encoding {declared.decode('ascii')} declared; UTF-8 is what we read")


def _bound_counts(text: bytes, max_namespaces: int) -> None:
    # Over-estimates on purpose: cheap, and no honest message comes near.
    if text.count(b"<") > 2 * MAX_ELEMENTS:
        raise NotReadable(Code.TOO_LARGE, f"more than {MAX_ELEMENTS} elements")
    # Each declaration and attribute needs a sign of equality, and one byte is found much faster than a word.
    if text.count(b"=") > max_namespaces and text.count(b"xmlns") > max_namespaces:
        raise NotReadable(Code.TOO_LARGE, f"more than {max_namespaces} namespace declarations")


def _bound_tree(root: etree._Element, text: bytes, max_attributes: int) -> None:
    # What has no exclamation or question mark has neither; searching bytes for one is next to nothing.
    if (b"!" in text or b"?" in text) and _OWN.has_instruction(root):
        raise NotReadable(Code.NOT_XML, "comments and processing instructions are not read here")
    most = text.count(b"=")
    if most > MAX_ATTRIBUTES and _OWN.has_too_many_attributes(root):
        raise NotReadable(Code.TOO_LARGE, f"more than {MAX_ATTRIBUTES} attributes in one element")
    if most > max_attributes and sum(len(element.attrib) for element in root.iter()) > max_attributes:
        raise NotReadable(Code.TOO_LARGE, f"more than {max_attributes} attributes")
    if _LONG_VALUE.search(text) and any(map(_has_long_namespace, root.iter())):
        raise NotReadable(Code.TOO_LARGE, f"the name of a namespace is longer than {MAX_NAMESPACE} letters")
    if _OWN.is_too_deep(root):
        raise NotReadable(Code.TOO_LARGE, f"elements nested deeper than {MAX_DEPTH}")


def _has_long_namespace(element: etree._Element) -> bool:
    names = (str(name) for name in (element.tag, *element.keys()))
    return any(name.startswith("{") and name.index("}") > MAX_NAMESPACE + 1 for name in names)


def _in_one_line(error: etree.XMLSyntaxError) -> str:
    return " ".join(str(error).split())
