"""Read SignedInfo strictly: which algorithms, and what each reference says it covers. Nothing here is verified.

Two things that big toolkits write by default are taken beside the plain form. ``InclusiveNamespaces`` names prefixes
that the canonical form declares though nothing uses them: it adds to what is digested and takes nothing away.
``enveloped-signature`` takes away the signature that a reference stands in, and no part that we let be referred to
has that signature inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from contracts.soap import DS, WSSE
from signing.keys.keypair import SignatureAlgorithm
from signing.profile.policy import (
    ACCEPTED_METHODS,
    ENVELOPED,
    EXC_C14N,
    MAX_PREFIXES,
    MAX_REFERENCES,
    SHA256_URI,
    STR_TRANSFORM,
)
from signing.profile.structure import algorithm_of, base64_of, children_of, refuse

SHA256_BYTES: Final = 32
_METHODS: Final = {uri: algorithm for algorithm, uri in ACCEPTED_METHODS.items()}
_INCLUSIVE: Final = f"{{{EXC_C14N}}}InclusiveNamespaces"
_PREFIX: Final = re.compile(r"#default|[^\W\d][\w.\-]{0,63}")


@dataclass(frozen=True, slots=True)
class SignedReference:
    """One signed reference: a same-document URI, the SHA-256 it claims, and how what it names is to be written."""

    uri: str
    digest: bytes
    prefixes: tuple[str, ...] = ()  # of InclusiveNamespaces
    is_to_token: bool = False  # the STR-Transform: digested is the token that the reference's target names


@dataclass(frozen=True, slots=True)
class SignedInfo:
    """What the signer signed: the algorithm and the references, in the order of the message."""

    algorithm: SignatureAlgorithm
    references: tuple[SignedReference, ...]
    value: bytes  # SignatureValue, which stands beside it
    prefixes: tuple[str, ...] = ()  # of InclusiveNamespaces, for the canonical form of SignedInfo itself


def read_signed_info(signature: etree._Element) -> SignedInfo:
    """Read SignedInfo of a Signature that holds SignedInfo, SignatureValue, KeyInfo and nothing else."""
    signed_info, value, _ = children_of(signature, "SignedInfo", "SignatureValue", "KeyInfo")
    count = len(signed_info) - 2
    if not 2 <= count <= MAX_REFERENCES:
        refuse(f"SignedInfo has {max(count, 0)} references; between 2 and {MAX_REFERENCES} are accepted")
    c14n, method, *references = children_of(
        signed_info, "CanonicalizationMethod", "SignatureMethod", *("Reference",) * count
    )
    prefixes = prefixes_of(c14n)
    if algorithm_of(method) not in _METHODS:
        refuse(f"SignatureMethod {algorithm_of(method)}; only {', '.join(_METHODS)} are accepted")
    return SignedInfo(_METHODS[algorithm_of(method)], tuple(map(_reference, references)), base64_of(value), prefixes)


def _reference(reference: etree._Element) -> SignedReference:
    if reference.keys() != ["URI"]:
        refuse("a Reference must have a URI and no other attribute")
    transforms, method, value = children_of(reference, "Transforms", "DigestMethod", "DigestValue")
    prefixes, is_to_token = _transforms(transforms)
    if algorithm_of(method) != SHA256_URI:
        refuse(f"DigestMethod {algorithm_of(method)}; only {SHA256_URI} is accepted")
    digest = base64_of(value)
    if len(digest) != SHA256_BYTES:
        refuse(f"a DigestValue of {len(digest)} bytes is no SHA-256")
    return SignedReference(reference.get("URI", ""), digest, prefixes, is_to_token)


def _transforms(transforms: etree._Element) -> tuple[tuple[str, ...], bool]:
    """Exclusive C14N, alone or right behind enveloped-signature; or the STR-Transform alone."""
    if len(transforms) == 2:
        first, last = children_of(transforms, "Transform", "Transform")
        if algorithm_of(first) != ENVELOPED:
            refuse(f"Transform {algorithm_of(first)} before another; only {ENVELOPED} is accepted there")
        return prefixes_of(last), False
    (only,) = children_of(transforms, "Transform")
    if only.get("Algorithm") == STR_TRANSFORM:
        return token_prefixes_of(only), True
    return prefixes_of(only), False


def token_prefixes_of(transform: etree._Element) -> tuple[str, ...]:
    """WS-Security 1.1 §8.3: the parameters hold the canonicalisation of the token, and nothing else."""
    if transform.keys() != ["Algorithm"] or [child.tag for child in transform] != [
        f"{{{WSSE}}}TransformationParameters"
    ]:
        refuse("the STR-Transform must have TransformationParameters and nothing else")
    if transform[0].keys():
        refuse("TransformationParameters must have no attributes")
    (c14n,) = children_of(transform[0], "CanonicalizationMethod")
    return prefixes_of(c14n)


def prefixes_of(c14n: etree._Element) -> tuple[str, ...]:
    """The prefixes of a canonicalisation, which must be exclusive C14N without comments."""
    if c14n.tag not in {f"{{{DS}}}Transform", f"{{{DS}}}CanonicalizationMethod"} or c14n.keys() != ["Algorithm"]:
        refuse(f"{c14n.tag} must have an Algorithm and no other attribute")
    if c14n.get("Algorithm") != EXC_C14N:
        refuse(f"{etree.QName(c14n).localname} {c14n.get('Algorithm')}; only {EXC_C14N} is accepted")
    if not len(c14n):
        return ()
    if [child.tag for child in c14n] != [_INCLUSIVE] or c14n[0].keys() != ["PrefixList"] or len(c14n[0]):
        refuse("exclusive C14N may have one InclusiveNamespaces with a PrefixList, and nothing else")
    return _listed(c14n[0].get("PrefixList", ""))


def _listed(text: str) -> tuple[str, ...]:
    prefixes = tuple(prefix for prefix in text.split(" ") if prefix)
    if len(prefixes) > MAX_PREFIXES:
        refuse(f"PrefixList has {len(prefixes)} prefixes; at most {MAX_PREFIXES} are accepted")
    if len(set(prefixes)) != len(prefixes) or not all(map(_PREFIX.fullmatch, prefixes)):
        refuse("PrefixList must hold plain prefixes, each once, parted by spaces")
    return prefixes
