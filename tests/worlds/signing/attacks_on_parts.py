"""Attacks on what is signed: parts moved and doubled, ids, times, namespaces, odd bytes. See ``attacks``."""

import copy
from datetime import timedelta

from lxml import etree

from contracts.codes import Code
from signing.profile.writing import sign_envelope
from tests.worlds.signing import forge
from tests.worlds.signing.attacks import DSIG, attack, forged_body, header_wrapper
from tests.worlds.signing.forge import NS, WSU_ID, Repeatable, one, redigest, reference, replace, resign

XML_ID = "{http://www.w3.org/XML/1998/namespace}id"


def body_of(root: etree._Element) -> etree._Element:
    return one(root, "/s:Envelope/s:Body")


def resigned_body(root: etree._Element) -> etree._Element:
    redigest(root, body_of(root), "body")
    return resign(root)


def canonical(root: etree._Element) -> bytes:
    return etree.tostring(root, method="c14n", exclusive=True)


# --- wrapping -------------------------------------------------------------------------------------------------------


@attack(Code.SIGNATURE_MISSING)
def a_signed_envelope_inside_an_unsigned_one(root):
    outer = etree.Element(f"{{{NS['s']}}}Envelope", nsmap={"s": NS["s"]})
    etree.SubElement(outer, f"{{{NS['s']}}}Body").append(root)
    return outer


@attack(Code.SIGNATURE_MISSING)
def a_signed_envelope_inside_the_header_of_an_unsigned_one(root):
    outer = etree.Element(f"{{{NS['s']}}}Envelope", nsmap={"s": NS["s"]})
    etree.SubElement(outer, f"{{{NS['s']}}}Header").append(root)
    outer.append(forged_body())
    return outer


@attack(Code.SIGNATURE_MISSING)
def the_security_header_inside_the_body(root):
    body_of(root)[0].append(one(root, "//wsse:Security"))


@attack(Code.SIGNATURE_MISSING)
def the_security_header_one_level_deeper(root):
    header_wrapper(root).append(one(root, "//wsse:Security"))


@attack(Code.SIGNATURE_MISSING)
def the_signature_moved_into_the_body(root):
    body_of(root)[0].append(one(root, "//ds:Signature"))


@attack(Code.SIGNATURE_INVALID)
def the_signature_inside_the_timestamp(root):
    """The header keeps one Timestamp, and a second Signature would be found by searching."""
    one(root, "//wsu:Timestamp").append(copy.deepcopy(one(root, "//ds:Signature")))


@attack(Code.NOT_SOAP)
def the_signed_body_before_the_header(root):
    root.insert(0, body_of(root))


@attack(Code.NOT_SOAP)
def a_second_header(root):
    root.insert(1, copy.deepcopy(root[0]))


@attack(Code.NOT_SOAP)
def an_element_behind_the_body(root):
    etree.SubElement(root, "{urn:evil}Trailer")


@attack(Code.NOT_SOAP)
def a_body_in_no_namespace(root):
    body_of(root).tag = "Body"


@attack(Code.SIGNATURE_PROFILE)
def the_timestamp_moved_into_an_object(root):
    stamp = one(root, "//wsu:Timestamp")
    etree.SubElement(one(root, "//ds:Signature"), f"{{{DSIG}}}Object").append(stamp)


@attack(Code.SIGNATURE_PROFILE)
def the_timestamp_moved_into_the_body(root):
    body_of(root)[0].append(one(root, "//wsu:Timestamp"))


@attack(Code.SIGNATURE_PROFILE)
def the_operation_of_another_signed_message(root):
    """Two messages of one sender, cut apart and put together: the digests go with neither."""
    other = forge.honest(forge.CONTENT.replace(b"m-1", b"m-2"))
    replace(one(root, "//ds:Signature"), one(other, "//ds:Signature"))
    one(root, "//wsu:Timestamp").set(WSU_ID, "elsewhere")


@attack(Code.BODY_TAMPERED)
def the_body_of_another_signed_message(root):
    replace(body_of(root), body_of(forge.honest(forge.CONTENT.replace(b"m-1", b"m-2"))))


@attack(Code.SIGNATURE_INVALID)
def the_timestamp_of_another_signed_message(root):
    later = etree.fromstring(
        sign_envelope(forge.CONTENT, Repeatable.of(forge.key()), now=forge.NOW + timedelta(minutes=4))
    )
    replace(one(root, "//wsu:Timestamp"), one(later, "//wsu:Timestamp"))


@attack(Code.SIGNATURE_INVALID)
def the_signature_value_of_another_signed_message(root):
    other = forge.honest(forge.CONTENT.replace(b"m-1", b"m-2"))
    replace(one(root, "//ds:SignatureValue"), one(other, "//ds:SignatureValue"))


# --- ids ------------------------------------------------------------------------------------------------------------


@attack(Code.SIGNATURE_PROFILE)
def an_element_of_the_signed_body_with_the_bodys_id(root):
    body_of(root)[0][1].set("Id", "body")
    return resigned_body(root)


@attack(Code.SIGNATURE_PROFILE)
def an_element_of_the_signed_body_with_the_timestamps_id(root):
    body_of(root)[0][1].set(XML_ID, "timestamp")
    return resigned_body(root)


@attack(Code.SIGNATURE_PROFILE)
def an_element_of_the_signed_body_with_the_tokens_id(root):
    body_of(root)[0].set("ID", "token")
    return resigned_body(root)


@attack(Code.SIGNATURE_PROFILE)
def a_body_with_the_tokens_id(root):
    body_of(root).set(WSU_ID, "token")
    reference(root, "body").set("URI", "#token")
    redigest(root, body_of(root), "token")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def an_id_in_an_old_namespace(root):
    body = body_of(root)
    del body.attrib[WSU_ID]
    body.set("{http://schemas.xmlsoap.org/ws/2003/06/utility}Id", "body")
    return resigned_body(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_in_percent_signs(root):
    reference(root, "body").set("URI", "#%62ody")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_in_capitals(root):
    reference(root, "body").set("URI", "#Body")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_with_a_space_behind_it(root):
    reference(root, "body").set("URI", "#body ")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_to_the_root_by_xpointer(root):
    reference(root, "body").set("URI", "#xpointer(/)")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_to_an_attachment(root):
    reference(root, "body").set("URI", "cid:body")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def no_reference_at_all(root):
    info = one(root, "//ds:SignedInfo")
    for target in ("body", "timestamp"):
        info.remove(reference(root, target))
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_reference_with_an_id(root):
    reference(root, "body").set("Id", "r1")
    return resign(root)


# --- times ----------------------------------------------------------------------------------------------------------


def timed(root: etree._Element, created: str, expires: str) -> etree._Element:
    one(root, "//wsu:Created").text, one(root, "//wsu:Expires").text = created, expires
    redigest(root, one(root, "//wsu:Timestamp"), "timestamp")
    return resign(root)


@attack(Code.TIMESTAMP_IN_FUTURE)
def a_message_from_the_future(root):
    return timed(root, "2026-11-24T09:30:00Z", "2026-11-24T09:35:00Z")


@attack(Code.TIMESTAMP_EXPIRED)
def a_message_of_yesterday(root):
    return timed(root, "2026-11-23T09:00:00Z", "2026-11-23T09:05:00Z")


@attack(Code.TIMESTAMP_EXPIRED)
def a_message_of_yesterday_by_its_offset(root):
    return timed(root, "2026-11-24T09:00:00+14:00", "2026-11-24T09:05:00+14:00")


@attack(Code.SIGNATURE_PROFILE)
def a_message_that_ends_before_it_begins(root):
    return timed(root, "2026-11-24T09:05:00Z", "2026-11-24T09:00:00Z")


@attack(Code.SIGNATURE_PROFILE)
def a_message_that_holds_until_the_end_of_days(root):
    return timed(root, "2026-11-24T09:00:00Z", "9999-12-31T23:59:59Z")


@attack(Code.SIGNATURE_PROFILE)
def an_instant_beyond_the_calendar(root):
    return timed(root, "2026-11-24T09:00:00Z", "9999-12-31T23:59:59-14:00")


@attack(Code.SIGNATURE_PROFILE)
def a_leap_second(root):
    return timed(root, "2026-11-24T08:59:60Z", "2026-11-24T09:05:00Z")


@attack(Code.SIGNATURE_PROFILE)
def an_instant_without_offset(root):
    return timed(root, "2026-11-24T09:00:00", "2026-11-24T09:05:00")


@attack(Code.SIGNATURE_PROFILE)
def an_instant_in_arabic_digits(root):
    return timed(root, "٢٠٢٦-11-24T09:00:00Z", "2026-11-24T09:05:00Z")


@attack(Code.SIGNATURE_PROFILE)
def a_timestamp_without_end(root):
    stamp = one(root, "//wsu:Timestamp")
    stamp.remove(one(root, "//wsu:Expires"))
    redigest(root, stamp, "timestamp")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_timestamp_with_two_ends(root):
    stamp = one(root, "//wsu:Timestamp")
    stamp.append(copy.deepcopy(one(root, "//wsu:Expires")))
    redigest(root, stamp, "timestamp")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def an_end_before_the_beginning_in_the_document(root):
    stamp = one(root, "//wsu:Timestamp")
    stamp.insert(0, one(root, "//wsu:Expires"))
    redigest(root, stamp, "timestamp")
    return resign(root)


@attack(Code.SIGNATURE_PROFILE)
def a_comment_that_cuts_an_instant(root):
    one(root, "//wsu:Expires").append(etree.Comment("…"))


@attack(Code.SIGNATURE_PROFILE)
def a_timestamp_without_id(root):
    del one(root, "//wsu:Timestamp").attrib[WSU_ID]


# --- namespaces, and bytes as they are --------------------------------------------------------------------------------


@attack(Code.SIGNATURE_MISSING)
def the_prefix_ds_for_another_namespace(root):
    return canonical(root).replace(f'xmlns:ds="{DSIG}"'.encode(), b'xmlns:ds="urn:not-dsig"')


@attack(Code.SIGNATURE_MISSING)
def security_of_a_later_standard(root):
    return canonical(root).replace(
        NS["wsse"].encode(), b"http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
    )


@attack(Code.BODY_TAMPERED)
def the_same_operation_in_another_namespace(root):
    return canonical(root).replace(b"urn:dalel:exchange:v1", b"urn:dalel:exchange:v2")


@attack(Code.BODY_TAMPERED)
def the_same_operation_with_another_prefix(root):
    """The same names to a reader of XML; to a canonical form, other bytes."""
    operation = canonical(body_of(root)[0])
    renamed = operation.replace(b"<d:", b"<e:").replace(b"</d:", b"</e:").replace(b"xmlns:d", b"xmlns:e")
    return canonical(root).replace(operation, renamed)


@attack(Code.BODY_TAMPERED)
def white_space_between_the_elements_of_the_operation(root):
    return canonical(root).replace(b"</d:header><d:text>", b"</d:header> <d:text>")


@attack(Code.BODY_TAMPERED)
def an_attribute_added_to_the_operation(root):
    return canonical(root).replace(b"<d:text>", b'<d:text lang="ru">')


@attack(Code.NOT_XML)
def a_relative_namespace_name(root):
    """It has no canonical form; other stacks digested the empty string instead."""
    return canonical(root).replace(b"urn:dalel:exchange:v1", b"dalel")


@attack(Code.BODY_TAMPERED)
def a_body_signed_as_it_stands_and_not_in_canonical_form(root):
    """Signed bytes and sent bytes are the same, and still prove nothing: the canonical form is another."""
    content = b'<d:Note xmlns:d="urn:dalel:exchange:v1"><d:text/></d:Note>'
    return sign_envelope(content, Repeatable.of(forge.key()), now=forge.NOW)


@attack(Code.BODY_TAMPERED)
def attributes_signed_out_of_order(root):
    content = b'<d:Note xmlns:d="urn:dalel:exchange:v1" b="1" a="2"></d:Note>'
    return sign_envelope(content, Repeatable.of(forge.key()), now=forge.NOW)


@attack(Code.BODY_TAMPERED)
def a_namespace_declared_and_not_used(root):
    content = b'<d:Note xmlns:d="urn:dalel:exchange:v1" xmlns:e="urn:evil"></d:Note>'
    return sign_envelope(content, Repeatable.of(forge.key()), now=forge.NOW)


@attack(Code.SIGNATURE_PROFILE)
def a_comment_signed_with_the_body(root):
    content = b'<d:Note xmlns:d="urn:dalel:exchange:v1">yes<!-- no --></d:Note>'
    return sign_envelope(content, Repeatable.of(forge.key()), now=forge.NOW)


@attack(Code.SIGNATURE_PROFILE)
def a_processing_instruction_signed_with_the_body(root):
    content = b'<d:Note xmlns:d="urn:dalel:exchange:v1"><?php evil()?></d:Note>'
    return sign_envelope(content, Repeatable.of(forge.key()), now=forge.NOW)


@attack(Code.NOT_SOAP)
def two_operations_signed_as_one_body(root):
    content = b'<d:Note xmlns:d="urn:dalel:exchange:v1"></d:Note><d:Note xmlns:d="urn:dalel:exchange:v1"></d:Note>'
    return sign_envelope(content, Repeatable.of(forge.key()), now=forge.NOW)


@attack(Code.NOT_SOAP)
def text_signed_beside_the_operation(root):
    content = b'<d:Note xmlns:d="urn:dalel:exchange:v1"></d:Note>and also'
    return sign_envelope(content, Repeatable.of(forge.key()), now=forge.NOW)


@attack(Code.NOT_SOAP)
def a_body_closed_by_its_own_content(root):
    """Well-formed as a whole, in the outline of our own form, and a second Body in it."""
    content = b'<d:a xmlns:d="urn:x"></d:a></soapenv:Body><soapenv:Body><d:b xmlns:d="urn:x"></d:b>'
    return sign_envelope(content, Repeatable.of(forge.key()), now=forge.NOW)


@attack(Code.DOCTYPE_FORBIDDEN)
def a_doctype_with_an_entity(root):
    return b'<!DOCTYPE x [<!ENTITY e "forged">]>' + canonical(root)


@attack(Code.DOCTYPE_FORBIDDEN)
def a_doctype_that_makes_an_attribute_an_id(root):
    return b"<!DOCTYPE x [<!ATTLIST Body name ID #IMPLIED>]>" + canonical(root)


@attack(Code.DOCTYPE_FORBIDDEN)
def a_doctype_that_gives_the_body_a_default_attribute(root):
    return b'<!DOCTYPE x [<!ATTLIST d:text role CDATA "judge">]>' + canonical(root)
