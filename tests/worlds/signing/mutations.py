"""Spoil signed messages in many ways, and sign them again as a registered but hostile party could.

``INSIDE`` changes what stands in the holes of our own form, ``OUTSIDE`` the spelling around them. Everything is drawn
from one ``random.Random``, so a run can be repeated by its seed; only the salts of PSS are fresh.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from lxml import etree

from contracts import xmlsafe
from contracts.errors import NotReadable
from signing.keys.keypair import SigningKey, SoftwareKey, algorithms_of
from signing.profile.policy import ACCEPTED_METHODS, SIGNATURE_METHODS, THUMBPRINT_SHA1, CertificateNaming
from signing.profile.writing import sign_envelope
from tests.worlds.signing import forge
from tests.worlds.signing.forge import NS, Repeatable

Mutation = Callable[[Random, bytes], bytes]

CONTENTS = (
    forge.CONTENT,
    forge.FAULT,
    b'<d:GetHistory xmlns:d="urn:dalel:exchange:v1"></d:GetHistory>',
    '<d:a xmlns:d="urn:x" b="1" c="2"><e:f xmlns:e="urn:y" e:g="Ә">«?» &amp; "x"</e:f>\n\t tail</d:a>'.encode(),
    b'<a><b xmlns="urn:z" Id="other"><c></c></b></a>',
    b'<soapenv:a xmlns:soapenv="urn:odd"><wsu:b xmlns:wsu="urn:part"></wsu:b></soapenv:a>',
)
ODD_CONTENTS = (
    b"<a/>",
    b"<a>&#65;</a>",
    b"<a>&#13;</a>",
    b"<a>&#xD;</a>",
    b"<a>\r\n</a>",
    b"<a><![CDATA[<b>]]></a>",
    b"<a><!--c--></a>",
    b"<!--c-->",
    b"<?p i?>",
    b"<a><?p i?></a>",
    b"<a></a> ",
    b"\n<a></a>",
    b"<a></a><b></b>",
    b"<a></a>text",
    b"",
    b"text",
    b"<a></a></soapenv:Body><soapenv:Body><b></b>",
    b"<a></a></soapenv:Body><x></x><soapenv:Body><b></b>",
    b"<soapenv:a></soapenv:a>",
    b'<a wsu:Id="x"></a>',
    b'<a wsu:Id="body"></a>',
    b'<a xmlns:wsu="%b" wsu:Id="body"></a>' % NS["wsu"].encode(),
    b'<a xmlns:soapenv="%b"><soapenv:Body></soapenv:Body></a>' % NS["s"].encode(),
    b'<soapenv:Fault xmlns:soapenv="%b"><soapenv:x></soapenv:x></soapenv:Fault>' % NS["s"].encode(),
    b'<soapenv:Fault xmlns:soapenv="%b"><a xmlns:soapenv="urn:x"></a></soapenv:Fault>' % NS["s"].encode(),
    b'<soapenv:Fault xmlns:soapenv="%b"><a>xmlns:soapenv="</a></soapenv:Fault>' % NS["s"].encode(),
    b"<soapenv:Fault><faultcode>soapenv:Client</faultcode></soapenv:Fault>",
    b'<a Id="body"></a>',
    b'<a ID="timestamp"></a>',
    b'<a id="token"></a>',
    b'<a xml:id="body"></a>',
    b'<a xml:id="x" xml:lang="kk"></a>',
    b'<a id="x"><b ID="x"></b></a>',
    b'<a iD="body" theId="body"></a>',
    b'<a>Id="body"</a>',
    b'<a b="2" a="1"></a>',
    b"<a b='1'></a>",
    b'<a  b="1"></a>',
    b'<a b="1" ></a >',
    b'<a b="&#10;&#9;&quot;&lt;&amp;>"></a>',
    b'<a b="&#xA;&#x9;&quot;&lt;&amp;>"></a>',
    b'<a b="\n"></a>',
    b"<a>></a>",
    b"<a>&gt;</a>",
    b"<a>&quot;&apos;</a>",
    b'<a xmlns=""></a>',
    b'<a xmlns="urn:x"><b xmlns=""></b></a>',
    b'<a xmlns="urn:x"><b xmlns="urn:x"></b></a>',
    b'<a xmlns:q="urn:q"></a>',
    b'<a xmlns:q="rel"></a>',
    b'<q:a xmlns:q="rel"></q:a>',
    b'<q:a xmlns:q="urn:q"><q:b xmlns:q="urn:q"></q:b></q:a>',
    b'<q:a xmlns:q="urn:q"><q:b xmlns:q="urn:r"></q:b></q:a>',
    b'<a xmlns:q="urn:q" q:x="1"></a>',
    b'<a xmlns:xsi="urn:i" xsi:type="q:T"></a>',
    b"<wsse:a></wsse:a>",
    b'<ds:a xmlns:ds="%b"></ds:a>' % NS["ds"].encode(),
    '<қазақ ә="ө">\u2028\u0085</қазақ>'.encode(),
    b"<a>%b</a>" % (b"<b>" * 30 + b"</b>" * 30),
)
INSTANTS = (
    b"2026-11-24T09:00:00.123Z",
    b"2026-11-24T09:05:00Z",
    b"2026-11-24T14:05:00+05:00",
    b"2026-11-24T09:04:00.123456789Z",
    b"2026-11-24T09:04:00.1234567890Z",
    b"2026-11-24T09:04:00.Z",
    b"2026-11-24T24:00:00Z",
    b"2026-11-24T09:04:60Z",
    b"2026-02-30T09:00:00Z",
    b"2026-11-24T09:04:00",
    b"2026-11-24 09:04:00Z",
    b"2026-11-24T09:04:00-00:00",
    b"2026-11-24T09:04:00+24:00",
    b"2026-11-24T10:00:00.123Z",
    b"2026-11-24T10:00:00.124Z",
    b"0001-01-01T00:00:00+14:00",
    b"9999-12-31T23:59:59Z",
    b"20261124T090400Z",
    b"-",
)
NAMES = (b"body", b"timestamp", b"token", b"other", b"_", b"a.b-c", b"Body")
SNIPPETS = (
    b"<!-- -->",
    b"<?p i?>",
    b"<![CDATA[x]]>",
    b"<![CDATA[]]>",
    b" ",
    b"\n",
    b"\r\n",
    b"&#32;",
    b"&amp;",
    b"&#x41;",
    b"x",
    b"<x/>",
    b"<x></x>",
    b'<x Id="body"/>',
    b"&e;",
    b"]]>",
)
ATTRIBUTES = (
    b' Id="body"',
    b' ID="body"',
    b' id="timestamp"',
    b' xml:id="body"',
    b' wsu:Id="body"',
    b' Id="x"',
    b' xmlns:q="urn:q"',
    b' xmlns="urn:x"',
    b' xmlns=""',
    b' xmlns:soapenv="urn:x"',
    b' xmlns:soapenv="%b"' % NS["s"].encode(),
    b' xmlns:wsu="%b"' % NS["wsu"].encode(),
    b' xmlns:ds="%b"' % NS["ds"].encode(),
    b' xmlns:q="rel"',
    b' xml:lang="kk"',
    b' xml:base="http://x/"',
    b" a='1'",
    b' soapenv:actor="urn:x"',
    b' soapenv:mustUnderstand="1"',
    b' Algorithm="urn:x"',
    b' Type="urn:x"',
)


# --- honest messages --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Base:
    """An honest message and the key that a hostile owner signs it again with."""

    data: bytes
    signer: SigningKey


def bases() -> tuple[Base, ...]:
    """Every algorithm, every way of naming the certificate, every kind of content."""
    made = []
    for kind in forge.KINDS:
        for algorithm in algorithms_of(forge.key(kind).certificate):
            held = SoftwareKey(forge.key(kind).private_key, forge.key(kind).certificate, algorithm)
            signer = Repeatable.of(held) if kind == "P-256" else held
            made += [
                Base(sign_envelope(content, signer, now=forge.NOW, naming=naming), signer)
                for naming in CertificateNaming
                for content in CONTENTS
            ]
    return tuple(made)


# --- inside the form --------------------------------------------------------------------------------------------------


def _sub(data: bytes, start: int, end: int, new: bytes) -> bytes:
    return data[:start] + new + data[end:]


def _in_hole(random: Random, data: bytes, pattern: bytes, new: Callable[[bytes], bytes]) -> bytes:
    """Replace group 1 of one of the places that ``pattern`` fits."""
    found = list(re.finditer(pattern, data, re.DOTALL))
    if not found:
        return data
    place = random.choice(found)
    return _sub(data, *place.span(1), new(place[1]))


def _content_span(data: bytes) -> tuple[int, int]:
    opening = re.search(rb"<soapenv:Body[^>]*>", data)
    end = data.rfind(b"</soapenv:Body>")
    return (opening.end(), end) if opening and opening.end() <= end else (0, 0)


def other_content(random: Random, data: bytes) -> bytes:
    return _sub(data, *_content_span(data), random.choice(CONTENTS))


def other_letter(random: Random, data: bytes) -> bytes:
    start, end = _content_span(data)
    places = [match.end() - 1 for match in re.finditer(rb">[^<&]*[A-Za-z0-9]", data[start:end])]
    if not places:
        return data
    at = start + random.choice(places)
    return _sub(data, at, at + 1, bytes([random.choice(b"abcdefgXYZ019")]))


def other_base64(random: Random, data: bytes) -> bytes:
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    def spoilt(text: bytes) -> bytes:
        if not text:
            return b"AAAA"
        at = random.randrange(len(text))
        return _sub(text, at, at + random.choice((1, 1, 1, 4, 0)), bytes([random.choice(alphabet)]))

    return _in_hole(random, data, rb">([A-Za-z0-9+/]{40,}={0,2})<", spoilt)


def other_instant(random: Random, data: bytes) -> bytes:
    return _in_hole(random, data, rb"<wsu:(?:Created|Expires)>([^<]*)<", lambda _: random.choice(INSTANTS))


def other_id(random: Random, data: bytes) -> bytes:
    return _in_hole(random, data, rb'(?:Body [^>]*wsu:Id="|Reference URI="#)([^"]*)"', lambda _: random.choice(NAMES))


def other_body_id_everywhere(random: Random, data: bytes) -> bytes:
    name = random.choice(NAMES)
    return data.replace(b'URI="#body"', b'URI="#%b"' % name).replace(b'wsu:Id="body"', b'wsu:Id="%b"' % name)


def other_algorithm(random: Random, data: bytes) -> bytes:
    uris = [uri.encode() for uri in SIGNATURE_METHODS.values()]
    return _in_hole(random, data, rb'SignatureMethod Algorithm="([^"]*)"', lambda _: random.choice(uris))


def other_certificate(random: Random, data: bytes) -> bytes:
    key = random.choice((forge.key, forge.stranger))(random.choice(forge.KINDS))
    text = base64.b64encode(key.certificate.der)
    return _in_hole(random, data, rb"(?:Token [^>]*>|KeyIdentifier [^>]*>)([^<]*)<", lambda _: text)


def other_serial(random: Random, data: bytes) -> bytes:
    serials = (b"1", b"0%d" % forge.key().certificate.serial, b"%d" % forge.key("RSA-2048").certificate.serial)
    return _in_hole(random, data, rb"X509SerialNumber>([^<]*)<", lambda _: random.choice(serials))


def other_issuer(random: Random, data: bytes) -> bytes:
    def spoilt(name: bytes) -> bytes:
        return random.choice(
            (name.lower(), name + b" ", b" " + name, name.replace(b",", b", "), b"CN=x", name[1:], b"")
        )

    return _in_hole(random, data, rb"X509IssuerName>([^<]*)<", spoilt)


INSIDE: tuple[Mutation, ...] = (
    other_content,
    other_letter,
    other_base64,
    other_instant,
    other_id,
    other_body_id_everywhere,
    other_algorithm,
    other_certificate,
    other_serial,
    other_issuer,
)


# --- outside the form -------------------------------------------------------------------------------------------------


def odd_content(random: Random, data: bytes) -> bytes:
    return _sub(data, *_content_span(data), random.choice(ODD_CONTENTS))


def flipped_byte(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    return _sub(data, at, at + 1, bytes([data[at] ^ random.randint(1, 255)]))


def dropped_bytes(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    return _sub(data, at, at + random.randint(1, 3), b"")


def doubled_bytes(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    return _sub(data, at, at, data[at : at + random.randint(1, 40)])


def snippet_between_tags(random: Random, data: bytes) -> bytes:
    return _in_hole(random, data, rb">()", lambda _: random.choice(SNIPPETS))


def snippet_in_text(random: Random, data: bytes) -> bytes:
    def spoilt(text: bytes) -> bytes:
        at = random.randrange(len(text) + 1)
        return _sub(text, at, at, random.choice(SNIPPETS))

    return _in_hole(random, data, rb">([^<]+)<", spoilt)


def attribute_in_a_tag(random: Random, data: bytes) -> bytes:
    return _in_hole(random, data, rb"<[A-Za-z:]+()", lambda _: random.choice(ATTRIBUTES))


def attribute_taken_away(random: Random, data: bytes) -> bytes:
    return _in_hole(random, data, rb'( [A-Za-z:]+="[^"]*")', lambda _: b"")


def character_by_number(random: Random, data: bytes) -> bytes:
    def numbered(text: bytes) -> bytes:
        at = random.randrange(len(text))
        return _sub(text, at, at + 1, random.choice((b"&#%d;", b"&#x%x;")) % text[at])

    return _in_hole(random, data, rb'(?:>|=")([A-Za-z0-9:/.#]+)', numbered)


def empty_tag(random: Random, data: bytes) -> bytes:
    return _in_hole(random, data, rb"(></[A-Za-z:]+>)", lambda _: b"/>")


def space_in_a_tag(random: Random, data: bytes) -> bytes:
    return _in_hole(random, data, rb"[a-z\"](>)", lambda _: random.choice((b" >", b"\n>")))


def other_quotes(random: Random, data: bytes) -> bytes:
    return _in_hole(random, data, rb'=("[^"\']*")', lambda text: b"'" + text[1:-1] + b"'")


def other_prefix(random: Random, data: bytes) -> bytes:
    old = random.choice((b"ds", b"wsu", b"wsse", b"soapenv", b"d"))
    data = data.replace(b"<%b:" % old, b"<p:").replace(b"</%b:" % old, b"</p:")
    return data.replace(b"xmlns:%b=" % old, b"xmlns:p=").replace(b" %b:" % old, b" p:")


def prolog_or_epilog(random: Random, data: bytes) -> bytes:
    before = (
        b'<?xml version="1.0"?>',
        b'<?xml version="1.0" encoding="utf-8"?>\n',
        b"\xef\xbb\xbf",
        b"\n",
        b"<!-- -->",
    )
    after = (b"\n", b" ", b"<!-- -->", b"<?p i?>", b"\0")
    return random.choice([start + data for start in before] + [data + end for end in after])


def in_utf16(random: Random, data: bytes) -> bytes:
    return data.decode(errors="replace").encode("utf-16")


def tree_moved(random: Random, data: bytes) -> bytes:
    """Delete, double, move, swap or rename one element."""
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return data
    elements = [element for element in root.iter("*") if element is not root]
    if not elements:
        return data
    one, other = random.choice(elements), random.choice(elements)
    parent = one.getparent()
    match random.randrange(5):
        case 0:
            parent.remove(one)
        case 1:
            one.addnext(copy.deepcopy(one))
        case 2 if other not in set(one.iter()):
            other.insert(random.randrange(len(other) + 1), one)
        case 3:
            parent.insert(0, one)
        case _:
            one.tag = random.choice((other.tag, "x", "{urn:x}x"))
    if random.random() < 0.3:
        return etree.tostring(root)
    try:
        return xmlsafe.canonical(root)
    except NotReadable:
        return etree.tostring(root)


def longer_algorithm(random: Random, data: bytes) -> bytes:
    uris = [uri.encode() for uri in ACCEPTED_METHODS.values()]
    return _in_hole(random, data, rb'SignatureMethod Algorithm="([^"]*)"', lambda _: random.choice(uris))


PREFIX_LISTS = (b"", b"d", b"soapenv wsu", b"#default", b"xml", b"d d", b"a&#10;b", b"p" * 65, b"ds wsse q")


def prefix_list(random: Random, data: bytes) -> bytes:
    """In a Transform or in the CanonicalizationMethod."""
    made = b'<c:InclusiveNamespaces xmlns:c="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="%b"/>'
    pattern = rb'<ds:(?:Transform|CanonicalizationMethod) Algorithm="[^"]*">()'
    return _in_hole(random, data, pattern, lambda _: made % random.choice(PREFIX_LISTS))


def further_transform(random: Random, data: bytes) -> bytes:
    uri = random.choice((b"http://www.w3.org/2000/09/xmldsig#enveloped-signature", b"urn:x"))
    made = b'<ds:Transform Algorithm="%b"></ds:Transform>' % uri
    return _in_hole(random, data, rb"<ds:Transforms>(?:<ds:Transform .*?</ds:Transform>)?()", lambda _: made)


def further_reference(random: Random, data: bytes) -> bytes:
    """To the token, with the digest that one of the others has; where it should be right, ``resigned`` mends it."""
    found = re.search(rb"<ds:Reference .*?</ds:Reference>", data, re.DOTALL)
    end = data.find(b"</ds:SignedInfo>")
    if found is None or end < 0:
        return data
    made = re.sub(rb'URI="[^"]*"', b'URI="#%b"' % random.choice((b"token", b"body", b"x")), found[0])
    return _sub(data, end, end, made)


def named_by_digest(random: Random, data: bytes) -> bytes:
    der = random.choice((forge.key, forge.stranger))(random.choice(forge.KINDS)).certificate.der
    text = base64.b64encode(hashlib.sha1(der).digest())
    made = b'<wsse:KeyIdentifier ValueType="%b">%b</wsse:KeyIdentifier>' % (THUMBPRINT_SHA1.encode(), text)
    pattern = rb"<wsse:SecurityTokenReference>(.*?)</wsse:SecurityTokenReference>"
    return _in_hole(random, data, pattern, lambda _: made)


OUTSIDE: tuple[Mutation, ...] = (
    longer_algorithm,
    prefix_list,
    further_transform,
    further_reference,
    named_by_digest,
    odd_content,
    odd_content,
    flipped_byte,
    dropped_bytes,
    doubled_bytes,
    snippet_between_tags,
    snippet_in_text,
    attribute_in_a_tag,
    attribute_taken_away,
    character_by_number,
    empty_tag,
    space_in_a_tag,
    other_quotes,
    other_prefix,
    prolog_or_epilog,
    in_utf16,
    tree_moved,
)


# --- signing again ----------------------------------------------------------------------------------------------------


def resigned(random: Random, data: bytes, signer: SigningKey) -> bytes:
    """As a hostile owner of a registered key would: digests put right, or those of the bytes in place; then signed."""
    try:
        root = etree.fromstring(data)
        if random.random() < 0.9:
            data = _redigested(data, root, in_place=random.random() < 0.2)
            root = etree.fromstring(data)
        return _signed_again(data, root, signer)
    except (etree.XMLSyntaxError, NotReadable):
        return data


def _redigested(data: bytes, root: etree._Element, *, in_place: bool) -> bytes:
    bodies = root.findall(f"{{{NS['s']}}}Body")
    stamps = root.findall(f".//{{{NS['wsu']}}}Timestamp")
    if not bodies or not stamps:
        return data
    body, stamp = xmlsafe.canonical(bodies[-1]), xmlsafe.canonical(stamps[0])
    tokens = [xmlsafe.canonical(token) for token in root.iter(f"{{{NS['wsse']}}}BinarySecurityToken")]
    if in_place:
        start, end = _content_span(data)
        body = re.sub(rb"(?<=>).*(?=</)", lambda _: data[start:end], body, count=1, flags=re.DOTALL)
    values = iter(base64.b64encode(hashlib.sha256(part).digest()) for part in (body, stamp, *tokens[:1]))
    return re.sub(
        rb"(<[^/<>]*DigestValue[^<>]*>)[^<]*", lambda found: found[1] + next(values, b""), data, count=2 + bool(tokens)
    )


def _signed_again(data: bytes, root: etree._Element, signer: SigningKey) -> bytes:
    infos: Sequence[etree._Element] = root.findall(f".//{{{NS['ds']}}}SignedInfo")
    if not infos:
        return data
    value = base64.b64encode(signer.sign(xmlsafe.canonical(infos[0])))
    return re.sub(rb"(<[^/<>]*SignatureValue[^<>]*>)[^<]*", lambda found: found[1] + value, data, count=1)
