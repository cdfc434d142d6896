"""What every signature service does, whether the key is ours or NCANode's: one suite, so that neither is special."""

import hashlib
from datetime import timedelta

import pytest
from lxml import etree

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts import xmlsafe
from contracts.soap import DS, SOAP_ENV, WSSE, WSU
from signing.errors import KeyUnusable, OrderRefused
from signing.service import SignatureAnswer
from signing.trust.revocation import RevocationStatus
from signing.trust.subject import Capacity, KeyUse
from tests.conformance.keys.conftest import BIN, NAME, a_key

ENVELOPE = f"""<soapenv:Envelope xmlns:soapenv="{SOAP_ENV}" xmlns:s="http://bip.bee.kz/SyncChannel/v10/Types">
<soapenv:Body>
<s:SendMessage><request xmlns=""><text>Көше жарығы жанбайды</text></request></s:SendMessage></soapenv:Body>
</soapenv:Envelope>""".encode()
DOCUMENT = '<appeal xmlns="urn:x" xml:lang="kk"><text>Тұрғын үй кезегі &amp; жер</text> </appeal>'.encode()
DATA = "Тұрғын үй кезегіне қоюды сұраймын.".encode()


async def signed(world, what: str):
    """A signature of each kind, with the call that judges it."""
    service = world.service
    match what:
        case "body":
            envelope = await service.sign_body(ENVELOPE)
            return envelope, service.judge_body
        case "document":
            return await service.sign_document(DOCUMENT), service.judge_document
        case _:
            signature = await service.sign_data(DATA)
            return signature, lambda given: service.judge_data(DATA, given)


KINDS = ("body", "document", "data")


@pytest.mark.parametrize("what", KINDS)
async def test_what_it_signs_holds_and_names_the_holder(world, what):
    given, judge = await signed(world, what)

    opinion = await judge(given)

    assert opinion.verdict is SignatureAnswer.HOLDS, opinion.detail
    (holder,) = opinion.holders
    assert (holder.bin, holder.organisation, holder.serial) == (BIN, NAME, world.key.certificate.serial)
    assert holder.key_use is KeyUse.SEALING
    assert holder.capacities == (Capacity.ORGANISATION,)
    assert holder.revocation is RevocationStatus.GOOD
    assert holder.not_after == world.key.certificate.not_after


@pytest.mark.parametrize("what", KINDS)
async def test_another_implementation_agrees(world, what):
    given, _ = await signed(world, what)
    other = world.local(a_key(world.authority, world.clock, "P-256"))

    judge = {"body": other.judge_body, "document": other.judge_document}
    opinion = await (judge[what](given) if what in judge else other.judge_data(DATA, given))

    assert opinion.verdict is SignatureAnswer.HOLDS, opinion.detail


@pytest.mark.parametrize("what", ["body", "document"])
async def test_a_changed_letter_fails(world, what):
    given, judge = await signed(world, what)
    root = etree.fromstring(given)
    next(each for each in root.iter() if etree.QName(each).localname == "text").text = "Басқа сөз"

    opinion = await judge(etree.tostring(root))

    assert opinion.verdict is SignatureAnswer.FAILS


async def test_a_cms_over_other_data_fails(world):
    signature = await world.service.sign_data(DATA)

    assert (await world.service.judge_data(DATA + b" ", signature)).verdict is SignatureAnswer.FAILS


@pytest.mark.parametrize("what", KINDS)
async def test_a_revoked_certificate_fails(world, what):
    given, judge = await signed(world, what)
    world.revoke(world.key.certificate)

    opinion = await judge(given)

    assert opinion.verdict is SignatureAnswer.FAILS
    assert opinion.holders[0].revocation is RevocationStatus.REVOKED
    assert opinion.holders[0].revoked_at == world.clock.now()


@pytest.mark.parametrize("what", KINDS)
async def test_an_authority_that_does_not_answer_makes_it_unknown_and_never_good(world, what):
    given, judge = await signed(world, what)
    world.silence_the_authority()

    opinion = await judge(given)

    assert opinion.verdict is SignatureAnswer.UNKNOWN
    assert opinion.holders[0].revocation is RevocationStatus.UNKNOWN


@pytest.mark.parametrize("what", KINDS)
async def test_a_certificate_that_has_ended_fails(world, what):
    given, judge = await signed(world, what)
    world.clock.advance(days=900)

    assert (await judge(given)).verdict is SignatureAnswer.FAILS


@pytest.mark.parametrize("order", KINDS)
async def test_a_key_whose_certificate_has_ended_signs_nothing(world, order):
    world.clock.advance(days=900)

    with pytest.raises(KeyUnusable, match="not in force"):
        await signed(world, order)


@pytest.mark.parametrize("what", KINDS)
async def test_a_certificate_of_an_unknown_authority_fails(world, what):
    foreign = SandboxAuthority.create("Another authority", now=world.clock.now())
    other = world.local(a_key(foreign, world.clock, "RSA-2048"), authority=foreign)
    match what:
        case "body":
            opinion = await world.service.judge_body(await other.sign_body(ENVELOPE))
        case "document":
            opinion = await world.service.judge_document(await other.sign_document(DOCUMENT))
        case _:
            opinion = await world.service.judge_data(DATA, await other.sign_data(DATA))

    assert opinion.verdict is SignatureAnswer.FAILS


@pytest.mark.parametrize("what", ["document", "data"])
async def test_a_certificate_without_nonrepudiation_signs_no_document(world, what):
    other = world.local(a_key(world.authority, world.clock, "RSA-2048", usage=Usage.MESSAGE))
    if what == "document":
        opinion = await world.service.judge_document(await other.sign_document(DOCUMENT))
    else:
        opinion = await world.service.judge_data(DATA, await other.sign_data(DATA))

    assert opinion.verdict is SignatureAnswer.FAILS


async def test_each_later_signature_of_a_document_covers_the_earlier_ones(world):
    other = world.local(a_key(world.authority, world.clock, "RSA-2048"))
    once = await world.service.sign_document(DOCUMENT)
    twice = await other.sign_document(once)

    opinion = await world.service.judge_document(twice)
    assert opinion.verdict is SignatureAnswer.HOLDS, opinion.detail
    assert len(opinion.holders) == 2

    root = etree.fromstring(twice)
    root.remove(root[-2])  # the first signer's
    assert (await world.service.judge_document(etree.tostring(root))).verdict is SignatureAnswer.FAILS


async def test_what_stood_in_the_envelope_stands_there_still(world):
    before = xmlsafe.canonical(xmlsafe.parse(ENVELOPE)[-1][0])

    after = xmlsafe.parse(await world.service.sign_body(ENVELOPE))

    assert hashlib.sha256(xmlsafe.canonical(after[-1][0])).digest() == hashlib.sha256(before).digest()
    (security,) = after[0]
    assert security.tag == f"{{{WSSE}}}Security"
    assert [child.tag for child in security] == [f"{{{DS}}}Signature"]  # no Timestamp, no token: the ШЭП profile
    assert after[-1].get(f"{{{WSU}}}Id", "").startswith("id-")


def moved(envelope: bytes) -> bytes:
    """The signed Body stands in the header, another in its place: what the first Signature covers is still there."""
    root = etree.fromstring(envelope)
    body = root[-1]
    forged = etree.fromstring(etree.tostring(body))
    forged.attrib.clear()
    forged.set(f"{{{WSU}}}Id", "id-forged")
    next(each for each in forged.iter() if etree.QName(each).localname == "text").text = "Басқа өтініш"
    root.replace(body, forged)
    wrapper = etree.SubElement(root[0], "wrapper")
    wrapper.append(body)
    return etree.tostring(root)


def doubled(envelope: bytes) -> bytes:
    """A second Signature before ours in the document."""
    root = etree.fromstring(envelope)
    root[0].insert(0, etree.fromstring(etree.tostring(root[0][0][0])))
    return etree.tostring(root)


@pytest.mark.parametrize("attack", [moved, doubled])
async def test_a_signature_over_something_else_than_the_body_is_refused(world, attack):
    envelope = await world.service.sign_body(ENVELOPE)

    with pytest.raises(OrderRefused):
        await world.service.judge_body(attack(envelope))


@pytest.mark.parametrize("given", [b"", b"<a/>", b"\xff\xfe\x00", b"<!DOCTYPE a><a/>", b"MIIB"])
async def test_what_is_no_such_thing_is_refused_in_our_words(world, given):
    service = world.service
    for order in (service.sign_body, service.judge_body, service.judge_document):
        with pytest.raises(OrderRefused):
            await order(given)
    with pytest.raises(OrderRefused):
        await service.judge_data(DATA, given)


async def test_an_envelope_that_is_signed_already_is_not_signed_again(world):
    envelope = await world.service.sign_body(ENVELOPE)

    with pytest.raises((OrderRefused, KeyUnusable)):
        await world.service.sign_body(envelope)


async def test_a_certificate_is_told_and_judged(world):
    opinion = await world.service.describe(world.key.certificate.der)

    assert opinion.verdict is SignatureAnswer.HOLDS, opinion.detail
    assert opinion.holders[0].bin == BIN

    world.clock.advance(days=900)
    assert (await world.service.describe(world.key.certificate.der)).verdict is SignatureAnswer.FAILS


async def test_it_is_good_again_when_the_authority_answers_again(world):
    given, judge = await signed(world, "data")
    world.clock.advance(seconds=timedelta(minutes=1).total_seconds())

    assert (await judge(given)).verdict is SignatureAnswer.HOLDS
