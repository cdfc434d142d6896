"""Messages as big toolkits sign them by default: further prefixes, enveloped-signature, more references, other names.

Each function changes an honest message; ``sign`` signs it at last, over SignedInfo as it is then to be written.
"""

import base64
import copy
import hashlib

from lxml import etree

from contracts.soap import SOAP_12, SoapVersion
from signing.keys.keypair import SignatureAlgorithm, key_identifier_of
from signing.profile.policy import ACCEPTED_METHODS, CertificateNaming
from tests.worlds.signing import forge
from tests.worlds.signing.forge import NS, WSU_ID, FixedKind, ForeignKind, Repeatable, one, reference, replace, xml

EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
WSA = "http://www.w3.org/2005/08/addressing"
WSS_2004 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
STR_TRANSFORM = f"{WSS_2004}soap-message-security-1.0#STR-Transform"
BASE64 = f"{WSS_2004}soap-message-security-1.0#Base64Binary"
X509_V3 = f"{WSS_2004}x509-token-profile-1.0#X509v3"
SKI = f"{WSS_2004}x509-token-profile-1.0#X509SubjectKeyIdentifier"
THUMBPRINT = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"

etree.register_namespace("wsu", NS["wsu"])  # whatever else is imported, a file is written the same


# --- canonical forms --------------------------------------------------------------------------------------------------


def octets(element: etree._Element, prefixes: str = "") -> bytes:
    listed = prefixes.split() or None
    return etree.tostring(element, method="c14n", exclusive=True, inclusive_ns_prefixes=listed)


def digest_of(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def prefixes_of(c14n: etree._Element) -> str:
    return next((each.get("PrefixList", "") for each in c14n.iter(f"{{{EXC_C14N}}}InclusiveNamespaces")), "")


def part(root: etree._Element, target: str) -> etree._Element:
    return one(root, f"//*[@wsu:Id='{target}' or @Id='{target}']")


def digested(root: etree._Element, target: str, data: bytes | None = None) -> None:
    """Put the digest right: of ``data``, or of the part as its reference says that it is written."""
    its = reference(root, target)
    if data is None:
        data = octets(part(root, target), prefixes_of(one(its, "ds:Transforms")))
    one(its, "ds:DigestValue").text = digest_of(data)


def sign(root: etree._Element, signer: Repeatable | None = None) -> etree._Element:
    signer = signer or Repeatable.of(forge.key())
    signed_info = one(root, "//ds:SignedInfo")
    value = signer.sign(octets(signed_info, prefixes_of(one(signed_info, "ds:CanonicalizationMethod"))))
    one(root, "//ds:SignatureValue").text = base64.b64encode(value).decode()
    return root


# --- transforms -------------------------------------------------------------------------------------------------------


def inclusive(prefixes: str) -> etree._Element:
    return xml(f'<c:InclusiveNamespaces xmlns:c="{EXC_C14N}" PrefixList="{prefixes}"/>')


def transform(uri: str) -> etree._Element:
    return xml(f'<ds:Transform Algorithm="{uri}"/>')


def prefixed(root: etree._Element, target: str, prefixes: str) -> None:
    one(reference(root, target), f".//ds:Transform[@Algorithm='{EXC_C14N}']").append(inclusive(prefixes))
    digested(root, target)


def signed_info_prefixed(root: etree._Element, prefixes: str) -> None:
    one(root, "//ds:SignedInfo/ds:CanonicalizationMethod").append(inclusive(prefixes))


def enveloped(root: etree._Element, target: str) -> None:
    one(reference(root, target), "ds:Transforms").insert(0, transform(f"{DSIG}enveloped-signature"))


# --- references -------------------------------------------------------------------------------------------------------


def beside(root: etree._Element, target: str) -> etree._Element:
    """One more reference, to the part of this id."""
    more = copy.deepcopy(reference(root, "body"))
    more.set("URI", f"#{target}")
    one(root, "//ds:SignedInfo").append(more)
    digested(root, target)
    return more


def addressed(root: etree._Element) -> None:
    """WS-Addressing headers, each with an id and signed."""
    for name, text in (("To", "https://dalel.example/soap/v1/appeals"), ("MessageID", "urn:uuid:1"), ("Action", "a")):
        block = etree.SubElement(root[0], f"{{{WSA}}}{name}", nsmap={"wsa": WSA, "wsu": NS["wsu"]})
        block.set(WSU_ID, f"id-{name}")
        block.text = text
        beside(root, f"id-{name}")


def through_token(root: etree._Element, data: bytes | None = None) -> etree._Element:
    """A reference to the SecurityTokenReference by the STR-Transform; ``data``: what it digests, else the token."""
    one(root, "//ds:KeyInfo/wsse:SecurityTokenReference").set(WSU_ID, "str")
    c14n = f'<ds:CanonicalizationMethod Algorithm="{EXC_C14N}"/>'
    more = xml(
        f'<ds:Reference URI="#str"><ds:Transforms><ds:Transform Algorithm="{STR_TRANSFORM}">'
        f"<wsse:TransformationParameters>{c14n}</wsse:TransformationParameters></ds:Transform></ds:Transforms>"
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference>'
    )
    one(root, "//ds:SignedInfo").append(more)
    one(more, "ds:DigestValue").text = digest_of(spoken(root) if data is None else data)
    return more


def spoken(root: etree._Element) -> bytes:
    """The token in the header with ``xmlns=""``, as the standard wants it and WSS4J writes it."""
    return octets(one(root, "//wsse:BinarySecurityToken")).replace(b" ", b' xmlns="" ', 1)


def made_up_token(der: bytes) -> bytes:
    """What is digested where the certificate is named by something else than a token in the header."""
    text = base64.b64encode(der).decode()
    return (
        f'<wsse:BinarySecurityToken xmlns="" xmlns:wsse="{NS["wsse"]}" EncodingType="{BASE64}" ValueType="{X509_V3}">'
        f"{text}</wsse:BinarySecurityToken>"
    ).encode()


# --- names ------------------------------------------------------------------------------------------------------------


def identified(root: etree._Element, value_type: str, value: bytes, encoding: str = BASE64) -> None:
    """Name the certificate by a KeyIdentifier, and take the token away."""
    text = base64.b64encode(value).decode()
    named = (
        f'<ds:KeyInfo><wsse:SecurityTokenReference><wsse:KeyIdentifier EncodingType="{encoding}"'
        f' ValueType="{value_type}">{text}</wsse:KeyIdentifier></wsse:SecurityTokenReference></ds:KeyInfo>'
    )
    replace(one(root, "//ds:KeyInfo"), xml(named))
    for token in root.findall(f".//{{{NS['wsse']}}}BinarySecurityToken"):
        one(root, "//wsse:Security").remove(token)


def by_method(root: etree._Element, algorithm: SignatureAlgorithm) -> None:
    one(root, "//ds:SignatureMethod").set("Algorithm", ACCEPTED_METHODS[algorithm])


def by_foreign(kind: ForeignKind, algorithm: SignatureAlgorithm, naming: CertificateNaming) -> etree._Element:
    """A message by a key of a curve that we do not sign with."""
    key = forge.foreign_key(kind)
    root = forge.honest(signer=Repeatable(forge.key(), forge.key().algorithm), naming=naming)
    for named in root.iter(f"{{{NS['wsse']}}}BinarySecurityToken", f"{{{NS['wsse']}}}KeyIdentifier"):
        named.text = base64.b64encode(key.certificate.der).decode()
    for serial in root.iter(f"{{{DSIG}}}X509SerialNumber"):
        serial.text = str(key.certificate.serial)
    by_method(root, algorithm)
    return sign(root, Repeatable(key, algorithm))


# --- whole messages ---------------------------------------------------------------------------------------------------


def by_wss4j() -> etree._Element:
    """As WSS4J and CXF write it by default: prefixes in scope listed everywhere, the token and its reference signed."""
    root = forge.honest()
    beside(root, "token")
    for target, prefixes in (("body", ""), ("timestamp", "wsse soapenv"), ("token", "wsse soapenv")):
        prefixed(root, target, prefixes)
    signed_info_prefixed(root, "soapenv")
    return sign(root)


def by_node_soap() -> etree._Element:
    """As node-soap writes it by default."""
    root = forge.honest()
    for target in ("body", "timestamp"):
        enveloped(root, target)
    return sign(root)


def by_wcf() -> etree._Element:
    """As WCF writes it: WS-Addressing signed, the certificate by its thumbprint."""
    root = forge.honest()
    addressed(root)
    identified(root, THUMBPRINT, hashlib.sha1(forge.key().certificate.der).digest())
    return sign(root)


def with_prefixes_in_the_body() -> etree._Element:
    """Prefixes declared on the envelope for values of the Body, like ``xsi:type``."""
    data = etree.tostring(forge.honest()).replace(
        b"<soapenv:Envelope ", b'<soapenv:Envelope xmlns:xsd="urn:xsd" xmlns:xsi="urn:xsi" ', 1
    )
    root = etree.fromstring(data)
    prefixed(root, "body", "xsd xsi #default d")
    signed_info_prefixed(root, "xsd xsi")
    return sign(root)


def through_the_token() -> etree._Element:
    root = forge.honest()
    through_token(root)
    return sign(root)


def through_the_token_in_plain_canonical_form() -> etree._Element:
    root = forge.honest()
    through_token(root, octets(one(root, "//wsse:BinarySecurityToken")))
    return sign(root)


def through_a_token_that_is_made_up() -> etree._Element:
    root = forge.honest()
    identified(root, SKI, key_identifier())
    through_token(root, made_up_token(forge.key().certificate.der))
    return sign(root)


def key_identifier(kind: FixedKind = "P-256") -> bytes:
    found = key_identifier_of(forge.key(kind).certificate)
    assert found is not None
    return found


def by_subject_key_identifier() -> etree._Element:
    root = forge.honest()
    identified(root, SKI, key_identifier())
    return sign(root)


def by_rsa(algorithm: SignatureAlgorithm) -> etree._Element:
    root = forge.honest(kind="RSA-2048")
    by_method(root, algorithm)
    return sign(root, Repeatable(forge.key("RSA-2048"), algorithm))


def in_soap_12() -> etree._Element:
    return forge.honest(version=SoapVersion.V12)


def in_soap_12_for_the_next() -> etree._Element:
    root = in_soap_12()
    one(root, "//wsse:Security").set(f"{{{SOAP_12}}}role", f"{SOAP_12}/role/next")
    return root


def for_the_next_actor() -> etree._Element:
    root = forge.honest()
    one(root, "//wsse:Security").set(f"{{{NS['s']}}}actor", "http://schemas.xmlsoap.org/soap/actor/next")
    return root


def everything_at_once() -> etree._Element:
    root = forge.honest()
    addressed(root)
    beside(root, "token")
    through_token(root)
    for target in ("body", "timestamp", "token", "id-To"):
        prefixed(root, target, "soapenv wsse")
        enveloped(root, target)
    signed_info_prefixed(root, "soapenv wsse")
    return sign(root)


def forms() -> dict[str, tuple[etree._Element, FixedKind | ForeignKind]]:
    """Honest messages that only the general engine takes on, by name, and whose key signs each."""
    made: dict[str, tuple[etree._Element, FixedKind | ForeignKind]] = {
        make.__name__.replace("_", "-"): (make(), "P-256")
        for make in (
            by_wss4j,
            by_node_soap,
            by_wcf,
            with_prefixes_in_the_body,
            through_the_token,
            through_the_token_in_plain_canonical_form,
            through_a_token_that_is_made_up,
            by_subject_key_identifier,
            in_soap_12,
            in_soap_12_for_the_next,
            for_the_next_actor,
            everything_at_once,
        )
    }
    for algorithm in (SignatureAlgorithm.RSA_SHA384, SignatureAlgorithm.RSA_SHA512):
        made[f"by-{algorithm}"] = by_rsa(algorithm), "RSA-2048"
    for kind in forge.FOREIGN_KINDS:
        for algorithm in ACCEPTED_METHODS:
            if algorithm.startswith("ecdsa"):
                token = CertificateNaming.BINARY_SECURITY_TOKEN
                made[f"{kind.lower()}-by-{algorithm}"] = by_foreign(kind, algorithm, token), kind
        usual = SignatureAlgorithm.ECDSA_SHA384
        for naming in (CertificateNaming.KEY_IDENTIFIER, CertificateNaming.ISSUER_SERIAL):
            name = naming.name.lower().replace("_", "-")
            made[f"{kind.lower()}-named-by-{name}"] = by_foreign(kind, usual, naming), kind
    return made
