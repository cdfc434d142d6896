"""Attacks on a signed message, each with the code it is refused by; the function's name names the attack.

All forgeries are made from an honest message; where the attacker owns a registered key, they are signed again with
it, so that nothing but the attack itself is wrong. ``vectors`` writes each of them to a file.
"""

import base64
import copy
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from contracts import xmlsafe
from contracts.codes import Code
from signing.keys.keypair import spki_of
from signing.profile.policy import CertificateNaming
from tests.worlds.signing import forge
from tests.worlds.signing.forge import (
    NS,
    WSU_ID,
    FixedKind,
    ForeignKind,
    one,
    redigest,
    reference,
    replace,
    resign,
    xml,
)

Forged = etree._Element | bytes
Bend = Callable[[etree._Element], Forged | None]
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
DSIG = "http://www.w3.org/2000/09/xmldsig#"


@dataclass(frozen=True)
class MessageAttack:
    """``bend`` changes an honest message of ``kind`` in place, or gives a root, or bytes to be kept as they are."""

    bend: Bend
    code: Code
    kind: FixedKind
    naming: CertificateNaming
    by: ForeignKind | None = None  # whose key the forgery names in the end, where that is another than ``kind``

    @property
    def name(self) -> str:
        return self.bend.__name__

    @property
    def says(self) -> str:
        return (self.bend.__doc__ or self.name.replace("_", " ")).strip().removesuffix(".")

    def message(self) -> bytes:
        """The same bytes at every call; in canonical form, unless the spelling is the attack."""
        root = forge.honest(kind=self.kind, naming=self.naming)
        forged = self.bend(root)
        if isinstance(forged, bytes):
            return forged
        whole = (root if forged is None else forged).getroottree()
        return etree.tostring(whole, method="c14n", exclusive=True, with_comments=True)


ATTACKS: list[MessageAttack] = []


def attack(
    code: Code,
    kind: FixedKind = "P-256",
    naming: CertificateNaming = CertificateNaming.BINARY_SECURITY_TOKEN,
    by: ForeignKind | None = None,
) -> Callable[[Bend], Bend]:
    def register(bend: Bend) -> Bend:
        ATTACKS.append(MessageAttack(bend, code, kind, naming, by))
        return bend

    return register


# --- signature wrapping: the signed part is moved away, another takes its place ---------------------------------


def forged_body(**attributes: str) -> etree._Element:
    body = xml('<s:Body><d:RegisterAppeal xmlns:d="urn:dalel:exchange:v1"><d:forged/></d:RegisterAppeal></s:Body>')
    for name, value in attributes.items():
        body.set({"wsu_id": WSU_ID, "xml_id": "{http://www.w3.org/XML/1998/namespace}id"}.get(name, name), value)
    return body


def wrap_body(root: etree._Element, into: etree._Element, **attributes: str) -> None:
    body = one(root, "/s:Envelope/s:Body")
    replace(body, forged_body(**attributes))
    into.append(body)


def header_wrapper(root: etree._Element) -> etree._Element:
    return etree.SubElement(one(root, "/s:Envelope/s:Header"), "{urn:evil}Wrapper")


@attack(Code.SIGNATURE_PROFILE)
def body_moved_to_the_header_and_a_forged_one_without_id(root):
    wrap_body(root, header_wrapper(root))


@attack(Code.SIGNATURE_PROFILE)
def body_moved_to_the_header_and_a_forged_one_with_another_id(root):
    wrap_body(root, header_wrapper(root), wsu_id="other")


@attack(Code.SIGNATURE_PROFILE)
def body_moved_to_the_header_and_a_forged_one_with_the_same_id(root):
    wrap_body(root, header_wrapper(root), wsu_id="body")


@attack(Code.SIGNATURE_PROFILE)
def forged_body_with_the_same_id_spelt_id_without_namespace(root):
    wrap_body(root, header_wrapper(root), Id="body")


@attack(Code.SIGNATURE_PROFILE)
def forged_body_with_the_same_id_spelt_xml_id(root):
    wrap_body(root, header_wrapper(root), wsu_id="other", xml_id="body")


@attack(Code.SIGNATURE_PROFILE)
def forged_body_with_the_same_id_in_capitals(root):
    wrap_body(root, header_wrapper(root), wsu_id="other", ID="body")


@attack(Code.SIGNATURE_PROFILE)
def body_moved_into_an_object_of_the_signature(root):
    wrap_body(root, etree.SubElement(one(root, "//ds:Signature"), f"{{{DSIG}}}Object"), wsu_id="other")


@attack(Code.SIGNATURE_PROFILE)
def body_moved_into_the_security_header(root):
    wrap_body(root, one(root, "//wsse:Security"), wsu_id="other")


@attack(Code.SIGNATURE_PROFILE)
def body_moved_into_the_forged_body(root):
    body = one(root, "/s:Envelope/s:Body")
    fresh = forged_body(wsu_id="other")
    replace(body, fresh)
    fresh[0].append(body)


@attack(Code.NOT_SOAP)
def a_forged_body_before_the_signed_one(root):
    root.insert(1, forged_body(wsu_id="other"))


@attack(Code.NOT_SOAP)
def a_forged_body_after_the_signed_one(root):
    root.append(forged_body(wsu_id="other"))


@attack(Code.NOT_SOAP)
def a_second_operation_in_the_signed_body(root):
    body = one(root, "/s:Envelope/s:Body")
    body.append(copy.deepcopy(body[0]))


def fresh_timestamp(identifier: str) -> etree._Element:
    return xml(
        f'<wsu:Timestamp wsu:Id="{identifier}"><wsu:Created>2026-11-24T09:00:00Z</wsu:Created>'
        "<wsu:Expires>2026-11-24T09:04:00Z</wsu:Expires></wsu:Timestamp>"
    )


@attack(Code.SIGNATURE_PROFILE)
def timestamp_moved_to_the_header_and_a_fresh_one_in_its_place(root):
    old = one(root, "//wsu:Timestamp")
    replace(old, fresh_timestamp("other"))
    header_wrapper(root).append(old)


@attack(Code.SIGNATURE_PROFILE)
def timestamp_moved_to_the_header_and_a_fresh_one_with_the_same_id(root):
    old = one(root, "//wsu:Timestamp")
    replace(old, fresh_timestamp("timestamp"))
    header_wrapper(root).append(old)


@attack(Code.SIGNATURE_PROFILE)
def a_fresh_timestamp_beside_the_signed_one(root):
    one(root, "//wsse:Security").insert(0, fresh_timestamp("other"))


@attack(Code.BODY_TAMPERED)
def body_and_timestamp_swap_their_ids(root):
    one(root, "/s:Envelope/s:Body").set(WSU_ID, "timestamp")
    one(root, "//wsu:Timestamp").set(WSU_ID, "body")


# --- two of what may be only one ----------------------------------------------------------------------------------


@attack(Code.SIGNATURE_PROFILE)
def two_security_headers(root):
    security = copy.deepcopy(one(root, "//wsse:Security"))
    one(root, "/s:Envelope/s:Header").insert(0, security)


@attack(Code.SIGNATURE_PROFILE)
def two_signatures(root):
    one(root, "//wsse:Security").append(copy.deepcopy(one(root, "//ds:Signature")))


@attack(Code.SIGNATURE_PROFILE)
def two_signed_infos(root):
    """CVE-2025-29774."""
    one(root, "//ds:Signature").insert(0, copy.deepcopy(one(root, "//ds:SignedInfo")))


@attack(Code.SIGNATURE_PROFILE)
def two_tokens(root):
    token = copy.deepcopy(one(root, "//wsse:BinarySecurityToken"))
    token.set(WSU_ID, "token2")
    one(root, "//wsse:Security").append(token)


@attack(Code.SIGNATURE_PROFILE)
def two_certificates_in_x509_data(root):
    certificate = f"<ds:X509Certificate>{base64.b64encode(forge.key().certificate.der).decode()}</ds:X509Certificate>"
    replace(one(root, "//ds:KeyInfo")[0], xml(f"<ds:X509Data>{certificate}{certificate}</ds:X509Data>"))


@attack(Code.SIGNATURE_PROFILE)
def a_user_name_beside_the_signature(root):
    one(root, "//wsse:Security").append(
        xml("<wsse:UsernameToken><wsse:Username>admin</wsse:Username></wsse:UsernameToken>")
    )


# --- references -----------------------------------------------------------------------------------------------------


@attack(Code.SIGNATURE_PROFILE)
def a_third_reference(root):
    one(root, "//ds:SignedInfo").append(copy.deepcopy(reference(root, "body")))
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def the_timestamp_is_not_signed(root):
    one(root, "//ds:SignedInfo").remove(reference(root, "timestamp"))
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def the_body_is_signed_twice_and_the_timestamp_never(root):
    replace(reference(root, "timestamp"), copy.deepcopy(reference(root, "body")))
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def the_token_is_signed_in_place_of_the_timestamp(root):
    redigest(root, one(root, "//wsse:BinarySecurityToken"), "timestamp")
    reference(root, "timestamp").set("URI", "#token")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_to_the_whole_document(root):
    reference(root, "body").set("URI", "")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_without_uri(root):
    del reference(root, "body").attrib["URI"]
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_to_a_file_of_the_server(root):
    reference(root, "body").set("URI", "file:///etc/hostname")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_to_another_server(root):
    reference(root, "body").set("URI", "http://127.0.0.1:9/body.xml")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_by_xpointer(root):
    reference(root, "body").set("URI", "#xpointer(id('body'))")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_body_whose_id_is_an_xpointer_to_elsewhere(root):
    """Compared as strings the reference is right; libxml2 would follow it to the header."""
    body = one(root, "/s:Envelope/s:Body")
    body.set(WSU_ID, "xpointer(//*[local-name()='Wrapper'])")
    reference(root, "body").set("URI", f"#{body.get(WSU_ID)}")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_with_a_type(root):
    reference(root, "body").set("Type", f"{DSIG}Manifest")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_body_with_two_ids(root):
    one(root, "/s:Envelope/s:Body").set("Id", "second")


# --- algorithms -------------------------------------------------------------------------------------------------------


@attack(Code.SIGNATURE_PROFILE)
def a_sha1_digest(root):
    body = reference(root, "body")
    one(body, "ds:DigestMethod").set("Algorithm", f"{DSIG}sha1")
    digest = hashlib.sha1(xmlsafe.canonical(one(root, "/s:Envelope/s:Body"))).digest()  # the attack
    one(body, "ds:DigestValue").text = base64.b64encode(digest).decode()
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_digest_cut_short(root):
    one(reference(root, "body"), "ds:DigestValue").text = base64.b64encode(b"short").decode()
    return resign(root)


def signature_method(root: etree._Element, uri: str) -> etree._Element:
    one(root, "//ds:SignatureMethod").set("Algorithm", uri)
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_sha1_signature(root):
    return signature_method(root, f"{DSIG}rsa-sha1")


@attack(Code.SIGNATURE_PROFILE)
def an_md5_signature(root):
    return signature_method(root, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5")


@attack(Code.SIGNATURE_PROFILE)
def a_signature_of_the_other_kind_of_key(root):
    return signature_method(root, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")


@attack(Code.SIGNATURE_PROFILE)
def an_hmac_with_the_public_key_as_its_secret(root):
    one(root, "//ds:SignatureMethod").set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    secret = spki_of(forge.key().certificate.public_key)
    value = hmac.digest(secret, xmlsafe.canonical(one(root, "//ds:SignedInfo")), "sha256")
    one(root, "//ds:SignatureValue").text = base64.b64encode(value).decode()


@attack(Code.SIGNATURE_PROFILE)
def a_signature_method_with_a_length(root):
    """CVE-2009-0217."""
    one(root, "//ds:SignatureMethod").append(xml("<ds:HMACOutputLength>8</ds:HMACOutputLength>"))
    return resign(root)


@attack(Code.SIGNATURE_INVALID)
def an_ecdsa_signature_of_nothing_but_zeros(root):
    """CVE-2022-21449."""
    one(root, "//ds:SignatureValue").text = base64.b64encode(bytes(64)).decode()


@attack(Code.SIGNATURE_INVALID)
def an_empty_signature_value(root):
    one(root, "//ds:SignatureValue").text = ""


@attack(Code.SIGNATURE_PROFILE)
def an_inclusive_c14n_of_signed_info(root):
    one(root, "//ds:CanonicalizationMethod").set("Algorithm", C14N)
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def an_inclusive_c14n_of_the_body(root):
    one(reference(root, "body"), ".//ds:Transform").set("Algorithm", C14N)
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_c14n_with_comments(root):
    one(reference(root, "body"), ".//ds:Transform").set("Algorithm", f"{EXC_C14N}WithComments")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_without_transforms(root):
    """libxmlsec would then take inclusive C14N in spite of its allow-list."""
    body = reference(root, "body")
    body.remove(one(body, "ds:Transforms"))
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def an_xpath_that_hides_the_content_from_the_digest(root):
    transform = xml(
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>1</ds:XPath></ds:Transform>'
    )
    one(reference(root, "body"), "ds:Transforms").insert(0, transform)
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def an_xslt_transform(root):
    one(reference(root, "body"), ".//ds:Transform").set("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")
    return resign(root)


# --- keys -------------------------------------------------------------------------------------------------------------


def foreign():
    return forge.stranger()


@attack(Code.UNKNOWN_SIGNER)
def a_foreign_certificate_of_the_same_authority_with_its_own_key(root):
    one(root, "//wsse:BinarySecurityToken").text = base64.b64encode(foreign().certificate.der).decode()
    return resign(root, foreign())


@attack(Code.SIGNATURE_INVALID)
def a_foreign_key_under_a_registered_certificate(root):
    return resign(root, foreign())


@attack(Code.UNKNOWN_SIGNER)
def a_token_that_is_no_certificate(root):
    one(root, "//wsse:BinarySecurityToken").text = base64.b64encode(b"\x30\x82\xff\xff" * 9).decode()


@attack(Code.SIGNATURE_PROFILE)
def a_key_value_in_place_of_a_certificate(root):
    replace(one(root, "//ds:KeyInfo")[0], xml("<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>"))
    return resign(root, foreign())


@attack(Code.SIGNATURE_PROFILE)
def a_key_value_beside_the_certificate(root):
    one(root, "//ds:KeyInfo").insert(0, xml("<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>"))
    return resign(root, foreign())


@attack(Code.SIGNATURE_PROFILE)
def no_key_info(root):
    one(root, "//ds:Signature").remove(one(root, "//ds:KeyInfo"))


@attack(Code.SIGNATURE_PROFILE)
def a_token_reference_into_the_body(root):
    one(root, "//wsse:SecurityTokenReference/wsse:Reference").set("URI", "#body")


@attack(Code.SIGNATURE_PROFILE)
def a_token_that_calls_itself_a_path(root):
    one(root, "//wsse:BinarySecurityToken").set("ValueType", "urn:X509PKIPathv1")


def issuer_serial_of(certificate) -> str:
    return (
        f"<ds:X509IssuerSerial><ds:X509IssuerName>{certificate.issuer}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{certificate.serial}</ds:X509SerialNumber></ds:X509IssuerSerial>"
    )


@attack(Code.UNKNOWN_SIGNER)
def a_registered_serial_number_beside_a_foreign_certificate(root):
    der = base64.b64encode(foreign().certificate.der).decode()
    pair = issuer_serial_of(forge.key().certificate)
    data = xml(f"<ds:X509Data>{pair}<ds:X509Certificate>{der}</ds:X509Certificate></ds:X509Data>")
    replace(one(root, "//ds:KeyInfo")[0], data)
    return resign(root, foreign())


@attack(Code.SIGNATURE_PROFILE)
def two_registered_certificates_named_at_once(root):
    der = base64.b64encode(forge.key().certificate.der).decode()
    pair = issuer_serial_of(forge.key("RSA-2048").certificate)
    data = xml(f"<ds:X509Data>{pair}<ds:X509Certificate>{der}</ds:X509Certificate></ds:X509Data>")
    replace(one(root, "//ds:KeyInfo")[0], data)


# --- content --------------------------------------------------------------------------------------------------------


@attack(Code.BODY_TAMPERED)
def a_changed_body(root):
    one(root, "/s:Envelope/s:Body")[0][1].text = "Бәрі жақсы"


@attack(Code.SIGNATURE_INVALID)
def a_changed_body_with_its_digest_put_right(root):
    body = one(root, "/s:Envelope/s:Body")
    body[0][1].text = "Бәрі жақсы"
    redigest(root, body, "body")


@attack(Code.SIGNATURE_INVALID)
def a_prolonged_timestamp(root):
    one(root, "//wsu:Expires").text = "2026-11-24T09:50:00Z"


@attack(Code.SIGNATURE_PROFILE)
def a_comment_in_a_digest_value(root):
    """CVE-2025-29775."""
    value = one(reference(root, "body"), "ds:DigestValue")
    value.insert(0, etree.Comment("forged"))


@attack(Code.SIGNATURE_PROFILE)
def a_comment_that_cuts_a_text_of_the_body(root):
    one(root, "/s:Envelope/s:Body")[0][1].append(etree.Comment("C14N does not see me, .text ends here"))


@attack(Code.SIGNATURE_PROFILE)
def a_processing_instruction(root):
    root.append(etree.ProcessingInstruction("php", "evil()"))


@attack(Code.NOT_SOAP)
def text_beside_the_operation(root):
    one(root, "/s:Envelope/s:Body").text = "and also"


# --- envelopes ------------------------------------------------------------------------------------------------------


@attack(Code.SIGNATURE_MISSING)
def no_header(root):
    root.remove(root[0])


@attack(Code.SIGNATURE_MISSING)
def no_security_header(root):
    root[0].remove(root[0][0])


@attack(Code.SIGNATURE_MISSING)
def a_security_header_for_somebody_else(root):
    one(root, "//wsse:Security").set(f"{{{NS['s']}}}actor", "urn:somebody:else")


@attack(Code.SIGNATURE_MISSING)
def no_signature(root):
    one(root, "//wsse:Security").remove(one(root, "//ds:Signature"))


@attack(Code.SIGNATURE_PROFILE)
def no_timestamp(root):
    one(root, "//wsse:Security").remove(one(root, "//wsu:Timestamp"))


@attack(Code.NOT_SOAP)
def a_header_block_that_must_be_understood(root):
    etree.SubElement(root[0], "{urn:x}Unknown").set(f"{{{NS['s']}}}mustUnderstand", "1")


@attack(Code.BODY_TAMPERED)
def soap_12(root):
    """An envelope of the other version than was signed."""
    return etree.fromstring(etree.tostring(root).replace(NS["s"].encode(), b"http://www.w3.org/2003/05/soap-envelope"))


@attack(Code.NOT_SOAP)
def something_else_altogether(root):
    return etree.fromstring(b"<html/>")
