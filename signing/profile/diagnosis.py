"""All that is wrong with the form of a signature that was refused: for its sender, who then mends it in one go.

The engines stop at the first thing that is wrong, and rightly so. This walks the tree once more, over the places where
Security and its parts stand, and trusts nothing; it decides nothing either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from lxml import etree

from contracts import xmlsafe
from contracts.remedies import MAX_TROUBLES, FoundTrouble, Trouble
from contracts.soap import DS, WSSE, WSU
from signing.errors import SignatureRefused
from signing.profile import keyinfo, signedinfo, steps, structure
from signing.profile.policy import (
    ACCEPTED_METHODS,
    ENVELOPED,
    EXC_C14N,
    MAX_REFERENCES,
    SHA256_URI,
    STR_TRANSFORM,
    X509_V3,
)
from signing.profile.structure import SIGNATURE, TIMESTAMP, TOKEN

_KNOWN: frozenset[str] = frozenset({TIMESTAMP, TOKEN, SIGNATURE})
_NAMES: frozenset[str] = frozenset({f"{{{WSSE}}}Reference", f"{{{WSSE}}}KeyIdentifier", f"{{{DS}}}X509Data"})


def diagnose(root: etree._Element) -> tuple[FoundTrouble, ...]:
    """Everything that the profile forbids, in the order of the message; nothing for an envelope without a Body."""
    if not 1 <= len(root) <= 2:
        return ()
    return tuple(islice(_of_envelope(root), MAX_TROUBLES))


def _of_envelope(root: etree._Element) -> Iterator[FoundTrouble]:
    if _refuses(partial(structure.require_no_asides, root)):
        yield FoundTrouble(Trouble.ASIDES)
    if _refuses(partial(structure.require_unique_ids, root)):
        yield FoundTrouble(Trouble.IDENTIFIERS, structure.repeated_id(root))
    headers = structure.security_headers(root[0]) if len(root) == 2 else []
    if not headers:
        yield FoundTrouble(Trouble.SIGNATURE_MISSING, "no Security header")
        return
    if len(headers) > 1:
        yield _at(headers[1], Trouble.SEVERAL_PARTS, "Security")
    yield from _of_security(headers[0], root[-1])


def _of_security(security: etree._Element, body: etree._Element) -> Iterator[FoundTrouble]:
    for child in security:
        if child.tag not in _KNOWN:
            yield _at(child, Trouble.STRANGE_PART, _local(child))
    timestamp, token, signature = (security.findall(tag) for tag in (TIMESTAMP, TOKEN, SIGNATURE))
    for several in (timestamp, token, signature):
        if len(several) > 1:
            yield _at(several[1], Trouble.SEVERAL_PARTS, _local(several[1]))
    yield from _of_timestamp(timestamp[0]) if timestamp else [_at(security, Trouble.TIMESTAMP_MISSING)]
    if token and token[0].get("ValueType") != X509_V3:
        yield _at(token[0], Trouble.TOKEN, _tail(token[0].get("ValueType")))
    if not signature:
        yield _at(security, Trouble.SIGNATURE_MISSING, "a Security header without one")
        return
    yield from _of_signature(signature[0])
    yield from _of_coverage(signature[0], body, timestamp)


def _of_timestamp(timestamp: etree._Element) -> Iterator[FoundTrouble]:
    names = [child.tag for child in timestamp]
    if names != [f"{{{WSU}}}Created", f"{{{WSU}}}Expires"]:
        yield _at(timestamp, Trouble.TIMESTAMP_INCOMPLETE, ", ".join(map(_local, timestamp)) or "nothing")
        return
    created, expires = ((child.text or "").strip() for child in timestamp)
    try:
        steps.lasting(created, expires)
    except SignatureRefused:
        yield _at(timestamp, Trouble.TIMESTAMP_LONG, f"{created} – {expires}")


def _of_signature(signature: etree._Element) -> Iterator[FoundTrouble]:
    children = [_local(child) for child in signature]
    if children != ["SignedInfo", "SignatureValue", "KeyInfo"]:
        yield _at(signature, Trouble.SIGNATURE_SHAPE, ", ".join(children) or "nothing")
    for info in signature.findall(f"{{{DS}}}KeyInfo"):
        yield from _of_key_info(info)
    for signed_info in signature.findall(f"{{{DS}}}SignedInfo")[:1]:
        for c14n in signed_info.findall(f"{{{DS}}}CanonicalizationMethod"):
            yield from _of_c14n(c14n, Trouble.CANONICALIZATION)
        for method in signed_info.findall(f"{{{DS}}}SignatureMethod"):
            if method.get("Algorithm") not in ACCEPTED_METHODS.values() or len(method):
                yield _at(method, Trouble.SIGNATURE_METHOD, method.get("Algorithm", "nothing"))
        for reference in signed_info.findall(f"{{{DS}}}Reference"):
            yield from _of_reference(reference)


def _of_c14n(c14n: etree._Element, trouble: Trouble) -> Iterator[FoundTrouble]:
    if c14n.get("Algorithm") != EXC_C14N:
        yield _at(c14n, trouble, c14n.get("Algorithm", "nothing"))
    elif _refuses(partial(signedinfo.prefixes_of, c14n)):
        listed = [child.get("PrefixList", _local(child)) for child in c14n]
        yield _at(c14n, Trouble.PREFIX_LIST, "; ".join(listed))


def _of_reference(reference: etree._Element) -> Iterator[FoundTrouble]:
    if reference.keys() != ["URI"] or not reference.get("URI", "").startswith("#"):
        named = [f"{name} {reference.get(name)}" for name in sorted(map(str, reference.keys()))]
        yield _at(reference, Trouble.REFERENCE, ", ".join(named) or "without URI")
    for method in reference.findall(f"{{{DS}}}DigestMethod"):
        if method.get("Algorithm") != SHA256_URI:
            yield _at(method, Trouble.DIGEST_METHOD, method.get("Algorithm", "nothing"))
    transforms = reference.findall(f"{{{DS}}}Transforms/{{{DS}}}Transform")
    if not transforms:
        yield _at(reference, Trouble.TRANSFORM, "(none, which means inclusive C14N)")
    for at, transform in enumerate(transforms):
        algorithm = transform.get("Algorithm")
        if algorithm == ENVELOPED and at == 0 and len(transforms) > 1 and not len(transform):
            continue
        if algorithm != STR_TRANSFORM:
            yield from _of_c14n(transform, Trouble.TRANSFORM)
        elif len(transforms) > 1 or _refuses(partial(signedinfo.token_prefixes_of, transform)):
            yield _at(transform, Trouble.TRANSFORM, algorithm)


def _of_key_info(info: etree._Element) -> Iterator[FoundTrouble]:
    named = info[0] if len(info) == 1 else info
    if named.tag == keyinfo.STR and len(named) == 1:
        named = named[0]
    if named.tag not in _NAMES:
        yield _at(info, Trouble.KEY_NAME, ", ".join(map(_local, info)) if named is info else _local(named))
    elif _refuses(partial(keyinfo.read_name, named)):
        yield _at(named, Trouble.KEY_NAME, f"{_local(named)} {_tail(named.get('ValueType'))}".strip())


def _of_coverage(
    signature: etree._Element, body: etree._Element, timestamps: list[etree._Element]
) -> Iterator[FoundTrouble]:
    uris = [reference.get("URI", "") for reference in signature.iterfind(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")]
    signed = ", ".join(uris) or "nothing"
    if not _is_among(uris, body):
        yield _at(body, Trouble.BODY_UNSIGNED, signed)
    if timestamps and not _is_among(uris, timestamps[0]):
        yield _at(timestamps[0], Trouble.TIMESTAMP_UNSIGNED, signed)
    if len(uris) > MAX_REFERENCES:
        yield _at(signature, Trouble.REFERENCE, f"number {MAX_REFERENCES + 1}")
    allowed = [*_uris_of(_may_be_signed(signature, body)), ""]  # what is no reference by id was told before
    for at, uri in enumerate(uris):
        if uri.startswith("#") and (uri not in allowed or uri in uris[:at]):
            yield _at(signature, Trouble.REFERENCE, uri)


def _may_be_signed(signature: etree._Element, body: etree._Element) -> Iterator[etree._Element]:
    """Body, the blocks of the Header, what stands in Security beside the Signature, and the token reference."""
    yield body
    security = signature.getparent()
    header = None if security is None else security.getparent()
    if security is not None and header is not None:
        yield from (child for child in security if child.tag != SIGNATURE)
        yield from (block for block in header if block.tag != security.tag)
    yield from signature.iterfind(f"{{{DS}}}KeyInfo/{keyinfo.STR}")


def _uris_of(elements: Iterator[etree._Element]) -> Iterator[str]:
    for element in elements:
        yield from (f"#{name}" for name in (element.get(structure.WSU_ID), element.get("Id")) if name)


def _is_among(uris: list[str], part: etree._Element) -> bool:
    return any(f"#{identifier}" in uris for identifier in (part.get(structure.WSU_ID), part.get("Id")) if identifier)


def _refuses(read: Callable[[], object]) -> bool:
    try:
        read()
    except SignatureRefused:
        return True
    return False


def _at(element: etree._Element, trouble: Trouble, found: str = "") -> FoundTrouble:
    ancestors = [*reversed(list(element.iterancestors())), element]
    return FoundTrouble(trouble, found, xmlsafe.line_of(element), "/".join(map(_local, ancestors)))


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]  # a comment's tag is a function


def _tail(value: str | None) -> str:
    return (value or "of no ValueType").rpartition("#")[2]
