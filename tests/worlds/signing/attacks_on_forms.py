"""Attacks by way of the forms that big toolkits write: further prefixes, more references, other names. See ``attacks``.

Whoever owns a registered key may sign what it likes; what it must not get is a message that says one thing to the
verifier and another to the reader. Where a form only adds what nobody reads, the attack is on the adding.
"""

import base64
import copy
import hashlib

from lxml import etree

from contracts.codes import Code
from contracts.soap import SOAP_12, SoapVersion
from signing.keys.keypair import SignatureAlgorithm, SoftwareKey
from signing.profile.policy import CertificateNaming
from tests.worlds.signing import forge, forms
from tests.worlds.signing.attacks import DSIG, attack, header_wrapper
from tests.worlds.signing.forge import NS, WSU_ID, Repeatable, one, reference, replace, xml

PROFILE, TAMPERED, INVALID = Code.SIGNATURE_PROFILE, Code.BODY_TAMPERED, Code.SIGNATURE_INVALID
UNKNOWN = Code.UNKNOWN_SIGNER
SHA384, SHA512 = SignatureAlgorithm.RSA_SHA384, SignatureAlgorithm.RSA_SHA512
TOKEN = "//wsse:BinarySecurityToken"


def body_of(root: etree._Element) -> etree._Element:
    return one(root, "/s:Envelope/s:Body")


def forge_text(root: etree._Element) -> None:
    body_of(root)[0][1].text = "Бәрі жақсы"


# --- InclusiveNamespaces ----------------------------------------------------------------------------------------------


def listed(root: etree._Element, prefixes: str, target: str = "body") -> etree._Element:
    """The list put in and the digest put right, as far as it can be."""
    forms.prefixed(root, target, prefixes)
    return forms.sign(root)


@attack(TAMPERED)
def a_prefix_list_and_a_changed_body(root):
    signed = listed(root, "soapenv wsu d")
    forge_text(signed)


def with_prefix(root: etree._Element) -> etree._Element:
    """The prefix x, bound on the envelope."""
    opening = b"<soapenv:Envelope "
    return etree.fromstring(etree.tostring(root).replace(opening, opening + b'xmlns:x="urn:x" ', 1))


def written(root: etree._Element) -> bytes:
    """As it stands: the canonical form would drop namespaces that nothing uses."""
    return etree.tostring(root)


@attack(TAMPERED)
def a_prefix_that_is_bound_anew_after_signing(root):
    """The list covers a prefix that values of the Body use; somebody lets it mean another namespace."""
    return written(listed(with_prefix(root), "x")).replace(b'"urn:x"', b'"urn:evil"')


@attack(TAMPERED)
def a_prefix_list_added_after_digesting(root):
    """The digest is that of the form without the list."""
    one(reference(root, "body"), ".//ds:Transform").append(forms.inclusive("x"))
    return written(forms.sign(with_prefix(root)))


@attack(TAMPERED)
def a_listed_prefix_taken_off_the_envelope_after_signing(root):
    return written(listed(with_prefix(root), "x")).replace(b' xmlns:x="urn:x"', b"", 1)


@attack(INVALID)
def a_prefix_list_of_signed_info_added_after_signing(root):
    root = with_prefix(root)
    forms.signed_info_prefixed(root, "x")
    return written(root)


@attack(INVALID)
def a_prefix_of_signed_info_bound_anew_after_signing(root):
    root = with_prefix(root)
    forms.signed_info_prefixed(root, "x")
    return written(forms.sign(root)).replace(b'"urn:x"', b'"urn:evil"')


@attack(PROFILE)
def a_prefix_list_without_end(root):
    return listed(root, " ".join(f"p{number}" for number in range(33)))


@attack(PROFILE)
def a_prefix_list_with_one_prefix_twice(root):
    return listed(root, "d soapenv d")


@attack(PROFILE)
def a_prefix_list_with_a_name_of_ten_thousand_letters(root):
    return listed(root, "p" * 10_000)


@attack(PROFILE)
def a_prefix_list_with_an_expression(root):
    return listed(root, "d|//*")


@attack(PROFILE)
def a_prefix_list_with_a_line_end_in_it(root):
    return listed(root, "d&#10;wsu")


@attack(PROFILE)
def two_prefix_lists(root):
    forms.prefixed(root, "body", "d")
    return listed(root, "soapenv")


@attack(PROFILE)
def a_prefix_list_of_another_namespace(root):
    prefixes = xml('<c:InclusiveNamespaces xmlns:c="urn:evil" PrefixList="d"/>')
    one(reference(root, "body"), ".//ds:Transform").append(prefixes)
    return forms.sign(root)


@attack(PROFILE)
def an_xpath_inside_a_prefix_list(root):
    prefixes = forms.inclusive("d")
    prefixes.append(xml("<ds:XPath>self::node()</ds:XPath>"))
    one(reference(root, "body"), ".//ds:Transform").append(prefixes)
    return forms.sign(root)


@attack(PROFILE)
def an_xpath_beside_a_prefix_list(root):
    transform = one(reference(root, "body"), ".//ds:Transform")
    transform.append(forms.inclusive("d"))
    transform.append(xml("<ds:XPath>self::node()</ds:XPath>"))
    return forms.sign(root)


@attack(PROFILE)
def a_prefix_list_for_inclusive_c14n(root):
    transform = one(reference(root, "body"), ".//ds:Transform")
    transform.set("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
    transform.append(forms.inclusive("d"))
    return forms.sign(root)


@attack(PROFILE)
def a_prefix_list_for_thousands_of_elements(root):
    """Each prefix is looked up at each element."""
    body_of(root)[0].extend([etree.Element("{urn:dalel:exchange:v1}x") for _ in range(1000)])
    return listed(root, " ".join(f"p{number}" for number in range(32)))


@attack(PROFILE)
def a_prefix_list_with_an_attribute_more(root):
    prefixes = forms.inclusive("d")
    prefixes.set("Filter", "subtract")
    one(reference(root, "body"), ".//ds:Transform").append(prefixes)
    return forms.sign(root)


# --- enveloped-signature ----------------------------------------------------------------------------------------------


@attack(PROFILE)
def enveloped_signature_after_c14n(root):
    one(reference(root, "body"), "ds:Transforms").append(forms.transform(f"{DSIG}enveloped-signature"))
    return forms.sign(root)


@attack(PROFILE)
def enveloped_signature_twice(root):
    for _ in range(2):
        forms.enveloped(root, "body")
    return forms.sign(root)


@attack(PROFILE)
def enveloped_signature_and_no_c14n(root):
    """What follows is then inclusive C14N, unsaid."""
    one(reference(root, "body"), ".//ds:Transform").set("Algorithm", f"{DSIG}enveloped-signature")
    return forms.sign(root)


@attack(PROFILE)
def enveloped_signature_with_a_parameter(root):
    forms.enveloped(root, "body")
    one(reference(root, "body"), ".//ds:Transform[1]").append(xml("<ds:XPath>1</ds:XPath>"))
    return forms.sign(root)


@attack(PROFILE)
def enveloped_signature_of_the_whole_document(root):
    forms.enveloped(root, "body")
    reference(root, "body").set("URI", "")
    return forms.sign(root)


@attack(PROFILE)
def enveloped_signature_of_the_envelope(root):
    root.set(WSU_ID, "envelope")
    forms.enveloped(root, "body")
    reference(root, "body").set("URI", "#envelope")
    return forms.sign(root)


@attack(PROFILE)
def enveloped_signature_of_the_security_header(root):
    one(root, "//wsse:Security").set(WSU_ID, "security")
    more = copy.deepcopy(reference(root, "body"))
    more.set("URI", "#security")
    one(root, "//ds:SignedInfo").append(more)
    forms.enveloped(root, "security")
    return forms.sign(root)


@attack(TAMPERED)
def a_signature_in_the_body_that_enveloped_signature_would_hide(root):
    """A verifier that takes away every Signature would digest the Body without the forged part."""
    forms.enveloped(root, "body")
    body_of(root)[0].append(xml("<ds:Signature><ds:Object>forged</ds:Object></ds:Signature>"))
    return forms.sign(root)


@attack(TAMPERED)
def an_operation_hidden_in_a_signature_in_the_body(root):
    forms.enveloped(root, "body")
    operation = body_of(root)[0]
    hidden = xml("<ds:Signature/>")
    replace(operation, hidden)
    hidden.append(operation)
    return forms.sign(root)


@attack(TAMPERED)
def enveloped_signature_and_a_changed_body(root):
    forms.enveloped(root, "body")
    forge_text(forms.sign(root))


@attack(PROFILE)
def three_transforms(root):
    forms.enveloped(root, "body")
    one(reference(root, "body"), "ds:Transforms").append(forms.transform(f"{DSIG}base64"))
    return forms.sign(root)


@attack(PROFILE)
def base64_before_c14n(root):
    one(reference(root, "body"), "ds:Transforms").insert(0, forms.transform(f"{DSIG}base64"))
    return forms.sign(root)


@attack(PROFILE)
def xslt_before_c14n(root):
    xslt = forms.transform("http://www.w3.org/TR/1999/REC-xslt-19991116")
    one(reference(root, "body"), "ds:Transforms").insert(0, xslt)
    return forms.sign(root)


# --- the token as a third reference -----------------------------------------------------------------------------------


@attack(INVALID, by="P-384")
def a_signed_token_that_is_another_now(root):
    """Another registered certificate: the digest of the first one gives the exchange away."""
    forms.beside(root, "token")
    forms.sign(root)
    other = forge.foreign_key("P-384").certificate
    one(root, TOKEN).text = base64.b64encode(other.der).decode()
    forms.by_method(root, SignatureAlgorithm.ECDSA_SHA384)


@attack(UNKNOWN)
def a_signed_token_of_a_stranger(root):
    one(root, TOKEN).text = base64.b64encode(forge.stranger().certificate.der).decode()
    forms.beside(root, "token")
    return forms.sign(root, Repeatable.of(forge.stranger()))


@attack(INVALID)
def a_signed_token_in_another_spelling(root):
    forms.beside(root, "token")
    forms.sign(root)
    one(root, TOKEN).text = f"\n{one(root, TOKEN).text}\n"


@attack(PROFILE)
def a_token_signed_in_place_of_the_body(root):
    reference(root, "body").set("URI", "#token")
    forms.digested(root, "token")
    return forms.sign(root)


@attack(PROFILE)
def a_token_signed_twice(root):
    for _ in range(2):
        one(root, "//ds:SignedInfo").append(copy.deepcopy(reference(root, "timestamp")))
        one(root, "//ds:SignedInfo/ds:Reference[last()]").set("URI", "#token")
    return forms.sign(root)


@attack(INVALID)
def a_signed_token_with_a_false_digest(root):
    one(forms.beside(root, "token"), "ds:DigestValue").text = forms.digest_of(b"")
    return forms.sign(root)


@attack(INVALID)
def a_signed_token_with_the_digest_of_the_body(root):
    forms.beside(root, "token")
    forms.digested(root, "token", forms.octets(body_of(root)))
    return forms.sign(root)


@attack(PROFILE)
def a_token_in_the_header_block_of_the_senders_own(root):
    """Signed by its id, and found elsewhere than in Security."""
    token = copy.deepcopy(one(root, TOKEN))
    token.set(WSU_ID, "other")
    header_wrapper(root).append(token)
    forms.beside(root, "other")
    return forms.sign(root)


@attack(PROFILE)
def a_signed_token_and_its_double(root):
    forms.beside(root, "token")
    forms.sign(root)
    one(root, "//wsse:Security").append(copy.deepcopy(one(root, TOKEN)))


@attack(INVALID)
def a_reference_to_the_token_added_after_signing(root):
    forms.beside(root, "token")


@attack(INVALID)
def a_reference_to_the_token_taken_away_after_signing(root):
    forms.beside(root, "token")
    forms.sign(root)
    one(root, "//ds:SignedInfo").remove(reference(root, "token"))


@attack(PROFILE)
def the_key_info_signed_in_place_of_the_token(root):
    one(root, "//ds:KeyInfo").set("Id", "info")
    forms.beside(root, "info")
    return forms.sign(root)


@attack(PROFILE)
def the_signed_info_refers_to_itself(root):
    one(root, "//ds:SignedInfo").set("Id", "info")
    forms.beside(root, "info")
    return forms.sign(root)


# --- the STR-Transform ------------------------------------------------------------------------------------------------


@attack(INVALID, by="P-384")
def a_token_swapped_behind_its_reference(root):
    forms.through_token(root)
    forms.sign(root)
    other = forge.foreign_key("P-384").certificate
    one(root, TOKEN).text = base64.b64encode(other.der).decode()
    forms.by_method(root, SignatureAlgorithm.ECDSA_SHA384)


@attack(INVALID)
def a_token_reference_that_digests_itself(root):
    """The digest is that of the reference and not of what it names."""
    more = forms.through_token(root)
    one(more, "ds:DigestValue").text = forms.digest_of(forms.octets(one(root, "//*[@wsu:Id='str']")))
    return forms.sign(root)


@attack(INVALID)
def a_token_reference_that_digests_nothing(root):
    forms.through_token(root, b"")
    return forms.sign(root)


@attack(INVALID)
def a_token_reference_that_digests_a_strangers_token(root):
    forms.identified(root, forms.SKI, forms.key_identifier())
    forms.through_token(root, forms.made_up_token(forge.stranger().certificate.der))
    return forms.sign(root)


@attack(PROFILE)
def the_str_transform_of_the_timestamp(root):
    through = one(forms.through_token(root), "ds:Transforms")
    one(root, "//ds:SignedInfo").remove(reference(root, "str"))
    replace(one(reference(root, "timestamp"), "ds:Transforms"), through)
    return forms.sign(root)


@attack(PROFILE)
def the_str_transform_of_the_body(root):
    through = one(forms.through_token(root), "ds:Transforms")
    one(root, "//ds:SignedInfo").remove(reference(root, "str"))
    replace(one(reference(root, "body"), "ds:Transforms"), through)
    return forms.sign(root)


@attack(PROFILE)
def the_str_transform_of_the_token_itself(root):
    forms.through_token(root).set("URI", "#token")
    return forms.sign(root)


@attack(PROFILE)
def the_str_transform_by_inclusive_c14n(root):
    more = forms.through_token(root)
    one(more, ".//ds:CanonicalizationMethod").set("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
    return forms.sign(root)


@attack(PROFILE)
def the_str_transform_without_parameters(root):
    transform = one(forms.through_token(root), ".//ds:Transform")
    transform.remove(transform[0])
    return forms.sign(root)


@attack(PROFILE)
def the_str_transform_behind_another(root):
    one(forms.through_token(root), "ds:Transforms").insert(0, forms.transform(f"{DSIG}enveloped-signature"))
    return forms.sign(root)


@attack(PROFILE)
def the_str_transform_with_an_expression(root):
    one(forms.through_token(root), ".//wsse:TransformationParameters").append(xml("<ds:XPath>1</ds:XPath>"))
    return forms.sign(root)


@attack(PROFILE)
def a_second_token_reference_in_the_header(root):
    """Signed through a token reference of the sender's own, which KeyInfo knows nothing of."""
    forms.through_token(root)
    wrapper = header_wrapper(root)
    wrapper.append(copy.deepcopy(one(root, "//*[@wsu:Id='str']")))
    wrapper[0].set(WSU_ID, "other")
    reference(root, "str").set("URI", "#other")
    return forms.sign(root)


@attack(TAMPERED)
def a_changed_body_beside_a_signed_token_reference(root):
    forms.through_token(root)
    forge_text(forms.sign(root))


@attack(INVALID)
def a_changed_body_with_its_digest_put_right_beside_a_signed_token_reference(root):
    forms.through_token(root)
    forms.sign(root)
    forge_text(root)
    forms.digested(root, "body")


@attack(INVALID)
def a_foreign_key_beside_a_signed_token_reference(root):
    forms.through_token(root)
    return forms.sign(root, Repeatable.of(forge.stranger()))


# --- signed headers ---------------------------------------------------------------------------------------------------


@attack(INVALID)
def a_signed_address_changed(root):
    forms.addressed(root)
    forms.sign(root)
    one(root, "//*[@wsu:Id='id-To']").text = "https://evil.example/"


@attack(PROFILE)
def a_signed_address_taken_away(root):
    forms.addressed(root)
    forms.sign(root)
    root[0].remove(one(root, "//*[@wsu:Id='id-To']"))


@attack(PROFILE)
def a_signed_address_in_place_of_the_timestamp(root):
    forms.addressed(root)
    one(root, "//ds:SignedInfo").remove(reference(root, "timestamp"))
    return forms.sign(root)


@attack(PROFILE)
def a_signed_address_in_place_of_the_body(root):
    forms.addressed(root)
    one(root, "//ds:SignedInfo").remove(reference(root, "body"))
    return forms.sign(root)


@attack(PROFILE)
def the_signed_body_wrapped_into_a_signed_address(root):
    """All digests hold; the Body at its place is another."""
    forms.addressed(root)
    old = body_of(root)
    forged = copy.deepcopy(old)
    forged.set(WSU_ID, "other")
    replace(old, forged)
    header_wrapper(root).append(old)
    return forms.sign(root)


@attack(PROFILE)
def a_signed_element_below_a_header_block(root):
    wrapper = header_wrapper(root)
    etree.SubElement(wrapper, "{urn:evil}Inner").set(WSU_ID, "inner")
    forms.beside(root, "inner")
    return forms.sign(root)


@attack(PROFILE)
def a_signed_element_of_the_body(root):
    body_of(root)[0][1].set(WSU_ID, "text")
    forms.digested(root, "body")
    forms.beside(root, "text")
    return forms.sign(root)


@attack(PROFILE)
def the_header_signed_as_a_whole(root):
    root[0].set(WSU_ID, "header")
    forms.beside(root, "header")
    return forms.sign(root)


@attack(PROFILE)
def somebody_elses_security_header_signed(root):
    other = etree.SubElement(root[0], f"{{{NS['wsse']}}}Security")
    other.set(f"{{{NS['s']}}}actor", "urn:somebody:else")
    other.set(WSU_ID, "other")
    forms.beside(root, "other")
    return forms.sign(root)


@attack(PROFILE)
def thirteen_references(root):
    for number in range(11):
        block = etree.SubElement(root[0], f"{{urn:x}}b{number}")
        block.set(WSU_ID, f"b{number}")
        forms.beside(root, f"b{number}")
    return forms.sign(root)


@attack(PROFILE)
def two_addresses_of_one_id(root):
    forms.addressed(root)
    root[0].append(copy.deepcopy(one(root, "//*[@wsu:Id='id-To']")))
    return forms.sign(root)


@attack(INVALID)
def an_address_signed_with_the_digest_of_another(root):
    forms.addressed(root)
    forms.digested(root, "id-To", forms.octets(one(root, "//*[@wsu:Id='id-Action']")))
    return forms.sign(root)


@attack(PROFILE)
def an_address_with_two_ids(root):
    forms.addressed(root)
    one(root, "//*[@wsu:Id='id-To']").set("Id", "second")
    forms.digested(root, "id-To")
    return forms.sign(root)


# --- names by a digest ------------------------------------------------------------------------------------------------


def thumbprint_of(key: SoftwareKey) -> bytes:
    return hashlib.sha1(key.certificate.der).digest()


@attack(UNKNOWN)
def the_thumbprint_of_a_stranger(root):
    forms.identified(root, forms.THUMBPRINT, thumbprint_of(forge.stranger()))
    return forms.sign(root, Repeatable.of(forge.stranger()))


@attack(INVALID)
def a_strangers_key_under_a_registered_thumbprint(root):
    forms.identified(root, forms.THUMBPRINT, thumbprint_of(forge.key()))
    return forms.sign(root, Repeatable.of(forge.stranger()))


@attack(PROFILE)
def a_thumbprint_cut_short(root):
    forms.identified(root, forms.THUMBPRINT, thumbprint_of(forge.key())[:19])
    return forms.sign(root)


@attack(PROFILE)
def an_empty_thumbprint(root):
    forms.identified(root, forms.THUMBPRINT, b"")
    return forms.sign(root)


@attack(PROFILE)
def a_thumbprint_in_hex(root):
    forms.identified(root, forms.THUMBPRINT, thumbprint_of(forge.key()), f"{forms.WSS_2004}#HexBinary")
    return forms.sign(root)


@attack(PROFILE)
def a_thumbprint_of_a_later_digest(root):
    """No standard names one by SHA-256; a verifier that guesses may be led."""
    uri = forms.THUMBPRINT.replace("SHA1", "SHA256")
    forms.identified(root, uri, hashlib.sha256(forge.key().certificate.der).digest())
    return forms.sign(root)


@attack(PROFILE)
def a_thumbprint_beside_a_token_reference(root):
    identifier = xml(
        f'<wsse:KeyIdentifier ValueType="{forms.THUMBPRINT}">'
        f"{base64.b64encode(thumbprint_of(forge.stranger())).decode()}</wsse:KeyIdentifier>"
    )
    one(root, "//wsse:SecurityTokenReference").append(identifier)
    return forms.sign(root)


@attack(PROFILE)
def two_thumbprints(root):
    forms.identified(root, forms.THUMBPRINT, thumbprint_of(forge.key()))
    identifier = one(root, "//wsse:KeyIdentifier")
    identifier.addnext(copy.deepcopy(identifier))
    return forms.sign(root)


@attack(PROFILE)
def a_thumbprint_of_another_kind_of_key(root):
    forms.identified(root, forms.THUMBPRINT, thumbprint_of(forge.key("RSA-2048")))
    return forms.sign(root)


@attack(TAMPERED)
def a_changed_body_under_a_thumbprint(root):
    forms.identified(root, forms.THUMBPRINT, thumbprint_of(forge.key()))
    forge_text(forms.sign(root))


@attack(UNKNOWN)
def the_key_identifier_of_a_stranger(root):
    identifier = hashlib.sha1(b"stranger").digest()
    forms.identified(root, forms.SKI, identifier)
    return forms.sign(root, Repeatable.of(forge.stranger()))


@attack(INVALID)
def a_strangers_key_under_a_registered_key_identifier(root):
    forms.identified(root, forms.SKI, forms.key_identifier())
    return forms.sign(root, Repeatable.of(forge.stranger()))


@attack(UNKNOWN)
def an_empty_key_identifier(root):
    forms.identified(root, forms.SKI, b"")
    return forms.sign(root)


@attack(UNKNOWN)
def a_key_identifier_cut_short(root):
    forms.identified(root, forms.SKI, forms.key_identifier()[:19])
    return forms.sign(root)


@attack(UNKNOWN)
def a_key_identifier_in_the_wrapping_of_its_extension(root):
    forms.identified(root, forms.SKI, b"\x04\x14" + forms.key_identifier())
    return forms.sign(root)


@attack(UNKNOWN)
def a_thumbprint_that_calls_itself_a_key_identifier(root):
    forms.identified(root, forms.SKI, thumbprint_of(forge.key()))
    return forms.sign(root)


@attack(UNKNOWN)
def a_key_identifier_that_calls_itself_a_thumbprint(root):
    forms.identified(root, forms.THUMBPRINT, forms.key_identifier())
    return forms.sign(root)


@attack(PROFILE)
def a_key_identifier_of_another_kind_of_key(root):
    forms.identified(root, forms.SKI, forms.key_identifier("RSA-2048"))
    return forms.sign(root)


@attack(PROFILE)
def a_key_identifier_of_nobodys_kind(root):
    forms.identified(root, "urn:evil", forms.key_identifier())
    return forms.sign(root)


@attack(PROFILE)
def a_key_identifier_with_a_stroke_in_its_base64(root):
    forms.identified(root, forms.SKI, forms.key_identifier())
    one(root, "//wsse:KeyIdentifier").text = f"-{one(root, '//wsse:KeyIdentifier').text}"


@attack(TAMPERED)
def a_changed_body_under_a_key_identifier(root):
    forms.identified(root, forms.SKI, forms.key_identifier())
    forge_text(forms.sign(root))


# --- SOAP 1.2 ---------------------------------------------------------------------------------------------------------


NEXT_11, NEXT_12 = "http://schemas.xmlsoap.org/soap/actor/next", f"{SOAP_12}/role/next"


def in_12() -> etree._Element:
    return forge.honest(version=SoapVersion.V12)


def unknown_block(root: etree._Element, **attributes: str) -> etree._Element:
    """``attributes``: of the envelope's own namespace."""
    namespace = etree.QName(root).namespace
    block = etree.SubElement(root[0], "{urn:x}Unknown")
    for name, value in attributes.items():
        block.set(f"{{{namespace}}}{name}", value)
    return root


@attack(TAMPERED)
def a_changed_body_in_soap_12(root):
    root = in_12()
    root[1][0][1].text = "Бәрі жақсы"
    return root


@attack(Code.NOT_SOAP)
def a_soap_11_body_in_a_soap_12_envelope(root):
    mixed = in_12()
    mixed.replace(mixed[1], body_of(root))
    return mixed


@attack(Code.NOT_SOAP)
def a_soap_12_body_in_a_soap_11_envelope(root):
    root.replace(root[1], in_12()[1])


@attack(Code.NOT_SOAP)
def two_bodies_of_two_versions(root):
    root.append(in_12()[1])


@attack(Code.NOT_SOAP)
def an_envelope_of_a_version_to_come(root):
    return etree.fromstring(etree.tostring(root).replace(NS["s"].encode(), b"http://www.w3.org/2030/soap-envelope"))


@attack(Code.NOT_SOAP)
def a_block_that_must_be_understood_in_soap_12(root):
    return unknown_block(in_12(), mustUnderstand="true")


@attack(Code.NOT_SOAP)
def a_block_that_the_next_must_understand_in_soap_12(root):
    return unknown_block(in_12(), mustUnderstand="1", role=NEXT_12)


@attack(Code.NOT_SOAP)
def a_block_that_the_next_must_understand(root):
    return unknown_block(root, mustUnderstand="1", actor=NEXT_11)


@attack(Code.SIGNATURE_MISSING)
def a_security_header_for_another_role(root):
    root = in_12()
    root[0][0].set(f"{{{SOAP_12}}}role", "urn:somebody:else")
    return root


@attack(PROFILE)
def a_second_security_header_for_the_next(root):
    root[0].append(copy.deepcopy(root[0][0]))
    root[0][1].set(f"{{{NS['s']}}}actor", NEXT_11)


@attack(PROFILE)
def a_soap_12_body_moved_to_the_header_and_a_forged_one_in_its_place(root):
    root = in_12()
    old = root[1]
    forged = copy.deepcopy(old)
    forged.set(WSU_ID, "other")
    root.replace(old, forged)
    etree.SubElement(root[0], "{urn:evil}Wrapper").append(old)
    return root


# --- longer digests and curves ----------------------------------------------------------------------------------------


def rsa_by(root: etree._Element, named: SignatureAlgorithm, made: SignatureAlgorithm) -> etree._Element:
    forms.by_method(root, named)
    return forms.sign(root, Repeatable(forge.key("RSA-2048"), made))


@attack(INVALID, "RSA-2048")
def sha256_that_calls_itself_sha512(root):
    return rsa_by(root, SHA512, SignatureAlgorithm.RSA_SHA256)


@attack(INVALID, "RSA-2048")
def sha512_that_calls_itself_sha384(root):
    return rsa_by(root, SHA384, SHA512)


@attack(INVALID, "RSA-2048")
def sha384_that_calls_itself_sha256(root):
    return rsa_by(root, SignatureAlgorithm.RSA_SHA256, SHA384)


@attack(PROFILE, "RSA-PSS")
def sha512_by_a_key_certified_for_pss_only(root):
    forms.by_method(root, SHA512)
    return forms.sign(root, Repeatable(forge.key("RSA-PSS"), SHA512))


@attack(PROFILE)
def sha512_of_rsa_by_a_curve(root):
    forms.by_method(root, SHA512)
    return forms.sign(root)


@attack(TAMPERED, "RSA-2048")
def a_changed_body_under_sha512(root):
    forge_text(rsa_by(root, SHA512, SHA512))


@attack(INVALID, "RSA-2048")
def a_sha512_value_with_a_zero_before_it(root):
    value = one(rsa_by(root, SHA512, SHA512), "//ds:SignatureValue")
    value.text = base64.b64encode(b"\0" + base64.b64decode(value.text or "")).decode()


@attack(INVALID, "RSA-2048")
def a_strangers_sha512(root):
    forms.by_method(root, SHA512)
    return forms.sign(root, Repeatable(forge.stranger("RSA-2048"), SHA512))


@attack(PROFILE, "RSA-2048")
def sha224_of_rsa(root):
    one(root, "//ds:SignatureMethod").set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224")
    return forms.sign(root, Repeatable.of(forge.key("RSA-2048")))


@attack(PROFILE, "RSA-2048")
def pss_with_sha512(root):
    one(root, "//ds:SignatureMethod").set("Algorithm", "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1")
    return forms.sign(root, Repeatable.of(forge.key("RSA-2048")))


@attack(PROFILE)
def a_sha512_digest_of_the_body(root):
    its = reference(root, "body")
    one(its, "ds:DigestMethod").set("Algorithm", "http://www.w3.org/2001/04/xmlenc#sha512")
    one(its, "ds:DigestValue").text = base64.b64encode(hashlib.sha512(forms.octets(body_of(root))).digest()).decode()
    return forms.sign(root)


@attack(PROFILE)
def a_sha512_digest_that_calls_itself_sha256(root):
    digest = hashlib.sha512(forms.octets(body_of(root))).digest()
    one(reference(root, "body"), "ds:DigestValue").text = base64.b64encode(digest).decode()
    return forms.sign(root)


@attack(TAMPERED)
def a_sha512_digest_cut_to_the_length_of_sha256(root):
    digest = hashlib.sha512(forms.octets(body_of(root))).digest()[:32]
    one(reference(root, "body"), "ds:DigestValue").text = base64.b64encode(digest).decode()
    return forms.sign(root)


P384, P521 = SignatureAlgorithm.ECDSA_SHA384, SignatureAlgorithm.ECDSA_SHA512
BY_TOKEN = CertificateNaming.BINARY_SECURITY_TOKEN


def valued(root: etree._Element, value: bytes) -> etree._Element:
    one(root, "//ds:SignatureValue").text = base64.b64encode(value).decode()
    return root


def value_of(root: etree._Element) -> bytes:
    return base64.b64decode(one(root, "//ds:SignatureValue").text or "")


@attack(INVALID, by="P-384")
def a_p_384_signature_of_nothing_but_zeros(root):
    return valued(forms.by_foreign("P-384", P384, BY_TOKEN), bytes(96))


@attack(INVALID, by="P-521")
def a_p_521_signature_of_nothing_but_zeros(root):
    return valued(forms.by_foreign("P-521", P521, BY_TOKEN), bytes(132))


@attack(INVALID, by="P-521")
def a_p_521_signature_in_65_bytes_each(root):
    signed = forms.by_foreign("P-521", P521, BY_TOKEN)
    value = value_of(signed)
    return valued(signed, value[1:66] + value[67:])


@attack(INVALID, by="P-384")
def p_384_halves_with_leading_zeros(root):
    signed = forms.by_foreign("P-384", P384, BY_TOKEN)
    value = value_of(signed)
    return valued(signed, b"\0" + value[:48] + b"\0" + value[48:])


@attack(INVALID, by="P-384")
def a_p_384_value_in_the_length_of_p_256(root):
    return valued(forms.by_foreign("P-384", P384, BY_TOKEN), bytes(range(64)))


@attack(INVALID, by="P-384")
def a_p_256_signature_under_a_p_384_certificate(root):
    signed = forms.by_foreign("P-384", SignatureAlgorithm.ECDSA_SHA256, BY_TOKEN)
    return forms.sign(signed, Repeatable.of(forge.key()))


@attack(INVALID, by="P-384")
def a_strangers_p_384_signature(root):
    signed = forms.by_foreign("P-384", P384, BY_TOKEN)
    return forms.sign(signed, Repeatable(forge.foreign_key("P-384", "stranger"), P384))


@attack(INVALID, by="P-384")
def ecdsa_over_sha384_that_calls_itself_sha512(root):
    signed = forms.by_foreign("P-384", P384, BY_TOKEN)
    forms.by_method(signed, P521)
    return forms.sign(signed, Repeatable(forge.foreign_key("P-384"), P384))


@attack(PROFILE, by="P-384")
def rsa_sha384_by_a_p_384_key(root):
    signed = forms.by_foreign("P-384", P384, BY_TOKEN)
    forms.by_method(signed, SHA384)
    return forms.sign(signed, Repeatable(forge.foreign_key("P-384"), P384))


@attack(TAMPERED, by="P-521")
def a_changed_body_under_p_521(root):
    signed = forms.by_foreign("P-521", P521, BY_TOKEN)
    forge_text(signed)
    return signed


@attack(PROFILE)
def ecdsa_over_sha224(root):
    one(root, "//ds:SignatureMethod").set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224")
    return forms.sign(root)


@attack(UNKNOWN, by="P-521")
def a_strangers_p_521_certificate(root):
    signed = forms.by_foreign("P-521", P521, BY_TOKEN)
    stranger = forge.foreign_key("P-521", "stranger")
    one(signed, TOKEN).text = base64.b64encode(stranger.certificate.der).decode()
    return forms.sign(signed, Repeatable(stranger, P521))
