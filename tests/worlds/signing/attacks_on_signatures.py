"""Attacks on the signature itself: its algorithms, its value, and how it names the key. See ``attacks``."""

import base64
import copy
import hashlib

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from contracts import xmlsafe
from contracts.codes import Code
from signing.keys.keypair import SignatureAlgorithm
from signing.profile.policy import CertificateNaming
from tests.worlds.signing import forge
from tests.worlds.signing.attacks import C14N, DSIG, EXC_C14N, attack, issuer_serial_of
from tests.worlds.signing.forge import NS, Repeatable, one, redigest, reference, replace, resign, xml

MORE_2001 = "http://www.w3.org/2001/04/xmldsig-more#"
MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
WSS_2004 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
PKCS1, PSS = SignatureAlgorithm.RSA_SHA256, SignatureAlgorithm.RSA_PSS_SHA256


def method(root: etree._Element, uri: str) -> None:
    one(root, "//ds:SignatureMethod").set("Algorithm", uri)


def resigned_as(root: etree._Element, uri: str, kind: forge.FixedKind = "RSA-2048") -> etree._Element:
    method(root, uri)
    return resign(root, forge.key(kind))


def value_of(root: etree._Element) -> bytes:
    return base64.b64decode(one(root, "//ds:SignatureValue").text or "")


def set_value(root: etree._Element, value: bytes) -> None:
    one(root, "//ds:SignatureValue").text = base64.b64encode(value).decode()


# --- algorithms -----------------------------------------------------------------------------------------------------


@attack(Code.SIGNATURE_PROFILE, "RSA-2048")
def an_rsa_signature_over_sha1(root):
    return resigned_as(root, f"{DSIG}rsa-sha1")


@attack(Code.SIGNATURE_PROFILE, "RSA-2048")
def an_rsa_signature_over_md5(root):
    return resigned_as(root, f"{MORE_2001}rsa-md5")


@attack(Code.SIGNATURE_PROFILE, "RSA-2048")
def an_rsa_signature_over_ripemd160(root):
    return resigned_as(root, f"{MORE_2001}rsa-ripemd160")


@attack(Code.SIGNATURE_PROFILE, "RSA-2048")
def an_rsa_signature_over_sha1_by_the_uri_of_kazakh_stacks(root):
    """The legacy URI of НУЦ РК's older stacks, which is in no standard."""
    return resigned_as(root, f"{MORE_2001}rsa-sha1")


@attack(Code.SIGNATURE_PROFILE)
def an_ecdsa_signature_over_sha1(root):
    method(root, f"{MORE_2001}ecdsa-sha1")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE, "RSA-2048")
def a_dsa_signature(root):
    return resigned_as(root, f"{DSIG}dsa-sha1")


@attack(Code.SIGNATURE_PROFILE, "RSA-2048")
def an_hmac_over_sha1(root):
    return resigned_as(root, f"{DSIG}hmac-sha1")


@attack(Code.SIGNATURE_PROFILE, "RSA-2048")
def pss_over_sha1(root):
    return resigned_as(root, f"{MORE_2007}sha1-rsa-MGF1")


@attack(Code.SIGNATURE_PROFILE, "RSA-2048")
def pss_with_parameters_of_the_senders_choice(root):
    return resigned_as(root, f"{MORE_2007}rsa-pss")


@attack(Code.SIGNATURE_INVALID, "RSA-2048")
def a_pkcs1_signature_that_calls_itself_pss(root):
    method(root, f"{MORE_2007}sha256-rsa-MGF1")
    return resign(root, Repeatable.of(forge.key("RSA-2048"), PKCS1))


@attack(Code.SIGNATURE_INVALID, "RSA-2048")
def a_pss_signature_that_calls_itself_pkcs1(root):
    return resign(root, Repeatable.of(forge.key("RSA-2048"), PSS))


@attack(Code.SIGNATURE_PROFILE, "RSA-PSS")
def pkcs1_by_a_key_certified_for_pss_only(root):
    method(root, f"{MORE_2001}rsa-sha256")
    return resign(root, Repeatable.of(forge.key("RSA-PSS"), PKCS1))


@attack(Code.SIGNATURE_INVALID, "RSA-PSS")
def pss_with_a_salt_of_20_bytes(root):
    return resign(root, Repeatable(forge.key("RSA-PSS"), PSS, bytes(20)))


@attack(Code.SIGNATURE_INVALID, "RSA-PSS")
def pss_without_salt(root):
    return resign(root, Repeatable(forge.key("RSA-PSS"), PSS, b""))


@attack(Code.SIGNATURE_INVALID, "RSA-PSS")
def pss_by_another_key_certified_for_pss(root):
    return resign(root, forge.stranger("RSA-PSS"))


@attack(Code.SIGNATURE_PROFILE, "RSA-2048")
def ecdsa_by_an_rsa_key(root):
    method(root, f"{MORE_2001}ecdsa-sha256")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE, "RSA-2048")
def the_right_algorithm_in_capitals(root):
    return resigned_as(root, f"{MORE_2001}RSA-SHA256")


@attack(Code.SIGNATURE_PROFILE, "RSA-2048")
def the_right_algorithm_with_a_space_behind_it(root):
    return resigned_as(root, f"{MORE_2001}rsa-sha256 ")


@attack(Code.SIGNATURE_PROFILE)
def no_signature_algorithm(root):
    del one(root, "//ds:SignatureMethod").attrib["Algorithm"]
    return resign(root)


def digest_method(root: etree._Element, uri: str, digest: bytes) -> etree._Element:
    body = reference(root, "body")
    one(body, "ds:DigestMethod").set("Algorithm", uri)
    one(body, "ds:DigestValue").text = base64.b64encode(digest).decode()
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def an_md5_digest(root):
    canonical = xmlsafe.canonical(one(root, "/s:Envelope/s:Body"))
    return digest_method(root, f"{MORE_2001}md5", hashlib.md5(canonical).digest())


@attack(Code.SIGNATURE_PROFILE)
def a_ripemd160_digest(root):
    return digest_method(root, "http://www.w3.org/2001/04/xmlenc#ripemd160", bytes(20))


@attack(Code.SIGNATURE_PROFILE)
def a_sha1_digest_of_the_timestamp(root):
    stamp = reference(root, "timestamp")
    one(stamp, "ds:DigestMethod").set("Algorithm", f"{DSIG}sha1")
    digest = hashlib.sha1(xmlsafe.canonical(one(root, "//wsu:Timestamp"))).digest()
    one(stamp, "ds:DigestValue").text = base64.b64encode(digest).decode()
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def an_empty_digest_value(root):
    """CVE-2025-66568: a failed canonical form as the empty string."""
    one(reference(root, "body"), "ds:DigestValue").text = ""
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def two_digest_values(root):
    body = reference(root, "body")
    body.append(copy.deepcopy(one(body, "ds:DigestValue")))
    return resign(root)


def transform(root: etree._Element, uri: str, parameter: str = "") -> etree._Element:
    replace(
        one(reference(root, "body"), "ds:Transforms"),
        xml(f'<ds:Transforms><ds:Transform Algorithm="{uri}">{parameter}</ds:Transform></ds:Transforms>'),
    )
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def an_enveloped_signature_transform(root):
    return transform(root, f"{DSIG}enveloped-signature")


@attack(Code.SIGNATURE_PROFILE)
def a_base64_transform(root):
    return transform(root, f"{DSIG}base64")


@attack(Code.SIGNATURE_PROFILE)
def the_token_transform_of_ws_security(root):
    return transform(root, f"{WSS_2004}soap-message-security-1.0#STR-Transform")


@attack(Code.SIGNATURE_PROFILE)
def an_xpath_filter_that_hides_the_operation(root):
    xpath = '<x:XPath xmlns:x="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">//*</x:XPath>'
    return transform(root, "http://www.w3.org/2002/06/xmldsig-filter2", xpath)


@attack(Code.SIGNATURE_PROFILE)
def exclusive_c14n_with_comments(root):
    return transform(root, f"{EXC_C14N}WithComments")


@attack(Code.SIGNATURE_PROFILE)
def c14n_11_of_the_body(root):
    return transform(root, "http://www.w3.org/2006/12/xml-c14n11")


@attack(Code.SIGNATURE_PROFILE)
def a_second_transform(root):
    one(reference(root, "body"), "ds:Transforms").append(xml(f'<ds:Transform Algorithm="{C14N}"/>'))
    return resign(root)


# --- values ---------------------------------------------------------------------------------------------------------


@attack(Code.SIGNATURE_INVALID)
def ecdsa_halves_with_leading_zeros(root):
    """A second spelling of a true signature, which libxmlsec takes."""
    value = value_of(root)
    set_value(root, b"\0" + value[:32] + b"\0" + value[32:])


@attack(Code.SIGNATURE_INVALID)
def ecdsa_in_der(root):
    value = value_of(root)
    r, s = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
    set_value(root, encode_dss_signature(r, s))


@attack(Code.SIGNATURE_INVALID)
def ecdsa_with_s_of_zero(root):
    set_value(root, value_of(root)[:32] + bytes(32))


@attack(Code.SIGNATURE_INVALID)
def ecdsa_with_r_of_zero(root):
    set_value(root, bytes(32) + value_of(root)[32:])


@attack(Code.SIGNATURE_INVALID)
def ecdsa_halves_swapped(root):
    set_value(root, value_of(root)[32:] + value_of(root)[:32])


@attack(Code.SIGNATURE_INVALID)
def a_signature_of_the_digest_in_place_of_signed_info(root):
    set_value(root, Repeatable.of(forge.key()).sign(xmlsafe.canonical(one(root, "/s:Envelope/s:Body"))))


@attack(Code.SIGNATURE_INVALID, "RSA-2048")
def an_rsa_value_with_a_zero_before_it(root):
    set_value(root, b"\0" + value_of(root))


@attack(Code.SIGNATURE_INVALID, "RSA-2048")
def an_rsa_value_plus_the_modulus(root):
    modulus = forge.key("RSA-2048").private_key.private_numbers().public_numbers.n
    set_value(root, (int.from_bytes(value_of(root), "big") + modulus).to_bytes(257, "big"))


@attack(Code.SIGNATURE_INVALID, "RSA-2048")
def an_rsa_value_of_one(root):
    set_value(root, (1).to_bytes(256, "big"))


@attack(Code.SIGNATURE_INVALID, "RSA-2048")
def an_rsa_value_of_nothing_but_zeros(root):
    set_value(root, bytes(256))


@attack(Code.SIGNATURE_PROFILE)
def a_signature_value_with_a_stroke_in_its_base64(root):
    value = one(root, "//ds:SignatureValue")
    value.text = f"-{value.text}"


@attack(Code.SIGNATURE_PROFILE)
def a_signature_value_with_an_element_in_it(root):
    one(root, "//ds:SignatureValue").append(xml("<ds:Object/>"))


@attack(Code.SIGNATURE_PROFILE)
def two_signature_values(root):
    value = one(root, "//ds:SignatureValue")
    value.addnext(copy.deepcopy(value))


@attack(Code.SIGNATURE_PROFILE)
def a_comment_in_a_signature_value(root):
    one(root, "//ds:SignatureValue").insert(0, etree.Comment("forged"))


@attack(Code.SIGNATURE_PROFILE)
def an_object_beside_signed_info(root):
    one(root, "//ds:Signature").append(xml("<ds:Object/>"))


@attack(Code.SIGNATURE_PROFILE)
def a_signed_manifest_in_place_of_the_body(root):
    manifest = xml('<ds:Object><ds:Manifest Id="manifest"/></ds:Object>')
    one(root, "//ds:Signature").append(manifest)
    redigest(root, manifest[0], "body")
    reference(root, "body").set("URI", "#manifest")
    return resign(root)


# --- naming the key -------------------------------------------------------------------------------------------------


def named_by(root: etree._Element, key_info: str) -> None:
    """Put ``key_info`` into KeyInfo, and take the token away."""
    replace(one(root, "//ds:KeyInfo"), xml(f"<ds:KeyInfo>{key_info}</ds:KeyInfo>"))
    for token in root.findall(f".//{{{NS['wsse']}}}BinarySecurityToken"):
        one(root, "//wsse:Security").remove(token)


@attack(Code.SIGNATURE_PROFILE)
def a_key_by_name(root):
    named_by(root, "<ds:KeyName>akimat-almaty</ds:KeyName>")


@attack(Code.SIGNATURE_PROFILE)
def a_key_to_be_fetched(root):
    named_by(root, '<ds:RetrievalMethod URI="http://127.0.0.1:9/key"/>')


@attack(Code.SIGNATURE_PROFILE)
def a_certificate_by_its_key_identifier(root):
    named_by(root, "<ds:X509Data><ds:X509SKI>AAAA</ds:X509SKI></ds:X509Data>")


@attack(Code.SIGNATURE_PROFILE)
def an_encrypted_key(root):
    named_by(root, '<e:EncryptedKey xmlns:e="http://www.w3.org/2001/04/xmlenc#"/>')


@attack(Code.SIGNATURE_PROFILE, naming=CertificateNaming.KEY_IDENTIFIER)
def two_key_identifiers(root):
    identifier = one(root, "//wsse:KeyIdentifier")
    foreign = copy.deepcopy(identifier)
    foreign.text = base64.b64encode(forge.stranger().certificate.der).decode()
    identifier.addnext(foreign)
    return resign(root, forge.stranger())


@attack(Code.UNKNOWN_SIGNER, naming=CertificateNaming.KEY_IDENTIFIER)
def a_key_identifier_with_a_foreign_certificate(root):
    one(root, "//wsse:KeyIdentifier").text = base64.b64encode(forge.stranger().certificate.der).decode()
    return resign(root, forge.stranger())


@attack(Code.UNKNOWN_SIGNER, naming=CertificateNaming.KEY_IDENTIFIER)
def a_registered_certificate_with_a_byte_behind_it(root):
    one(root, "//wsse:KeyIdentifier").text = base64.b64encode(forge.key().certificate.der + b"\0").decode()


@attack(Code.SIGNATURE_PROFILE, naming=CertificateNaming.KEY_IDENTIFIER)
def a_key_identifier_in_hex(root):
    identifier = one(root, "//wsse:KeyIdentifier")
    identifier.set("EncodingType", f"{WSS_2004}soap-message-security-1.0#HexBinary")


@attack(Code.UNKNOWN_SIGNER, naming=CertificateNaming.ISSUER_SERIAL)
def a_serial_number_that_nobody_has(root):
    one(root, "//ds:X509SerialNumber").text = "1"


@attack(Code.UNKNOWN_SIGNER, naming=CertificateNaming.ISSUER_SERIAL)
def an_issuer_that_nobody_has(root):
    one(root, "//ds:X509IssuerName").text = "CN=forged,C=KZ"


@attack(Code.SIGNATURE_INVALID, naming=CertificateNaming.ISSUER_SERIAL)
def a_foreign_key_under_a_registered_issuer_and_serial(root):
    return resign(root, forge.stranger())


@attack(Code.SIGNATURE_PROFILE, naming=CertificateNaming.ISSUER_SERIAL)
def a_serial_number_in_hex(root):
    one(root, "//ds:X509SerialNumber").text = hex(forge.key().certificate.serial)


@attack(Code.SIGNATURE_PROFILE, naming=CertificateNaming.ISSUER_SERIAL)
def a_negative_serial_number(root):
    one(root, "//ds:X509SerialNumber").text = "-1"


@attack(Code.SIGNATURE_PROFILE, naming=CertificateNaming.ISSUER_SERIAL)
def two_serial_numbers(root):
    data = one(root, "//ds:X509Data")
    data.append(xml(f"<ds:x>{issuer_serial_of(forge.stranger().certificate)}</ds:x>")[0])


@attack(Code.SIGNATURE_PROFILE)
def a_second_key_info(root):
    info = one(root, "//ds:KeyInfo")
    info.addnext(copy.deepcopy(info))


@attack(Code.SIGNATURE_PROFILE)
def a_token_reference_with_a_path(root):
    one(root, "//wsse:SecurityTokenReference/wsse:Reference").set(
        "ValueType", f"{WSS_2004}x509-token-profile-1.0#X509PKIPathv1"
    )


@attack(Code.SIGNATURE_PROFILE)
def a_token_reference_to_another_server(root):
    one(root, "//wsse:SecurityTokenReference/wsse:Reference").set("URI", "http://127.0.0.1:9/token")
