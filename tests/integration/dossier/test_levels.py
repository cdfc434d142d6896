"""A dossier with its proofs, B-T to B-LTA: every byte is held, and time is told by those who can prove it."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from dossier.check.report import Indication, StepVerdict, SubIndication
from dossier.check.subject import InspectedContainer
from dossier.packaging import layout
from dossier.packaging.assembly import assemble
from dossier.packaging.container import Container
from dossier.packaging.description_xml import parse_description
from dossier.packaging.extension import ExtensionImpossible, extend, write_extended
from signing.trust.revocation import RevocationValues
from signing.xades.container import UnsignedProperties, ValidationValues, XadesLevel, read_signature, rebuild
from tests.worlds.dossier_files import (
    NOW,
    STAMPED_AT,
    at_level,
    contents_of,
    dossier,
    inspected,
    known_of_the_seal,
    owner_of,
    packed,
    parts,
    proven_input,
    renewed,
    stamped,
)
from tests.worlds.dossiers import (
    AKIMAT,
    ASSEMBLED_AT,
    EXCHANGE,
    NAMES,
    START,
    anchors,
    authority,
    dossier_input,
    message_key,
    seal_key,
    story,
)
from tests.worlds.proofs import SEALED_AT, Authorities, extended, ledger_evidence, no_stamp, stamp_at, tsa_key

DAY = timedelta(days=1)
AFTER_ITS_END = START + 900 * DAY
"""When the certificates of seal and authorities are over."""
SEAL = seal_key().certificate


@pytest.mark.parametrize("level", [XadesLevel.T, XadesLevel.LT, XadesLevel.LTA])
def test_a_dossier_of_every_level_passes_every_step(level):
    report = inspected(at_level(level))
    assert report.indication is Indication.TOTAL_PASSED
    assert report.level == level
    assert report.proven_at == STAMPED_AT
    absent = [step.number for step in report.steps if step.verdict is StepVerdict.ABSENT]
    assert absent == ([9] if level is XadesLevel.T else [])


def test_the_same_case_with_the_same_tokens_gives_the_same_bytes(tmp_path):
    assemble(proven_input(), seal_key(), tmp_path / "a", stamp_at(STAMPED_AT))
    again = assemble(proven_input(), seal_key(), tmp_path / "b", stamp_at(STAMPED_AT))
    assert again.level == "B-T"
    assert (
        hashlib.sha256((tmp_path / "a").read_bytes()).digest() == hashlib.sha256((tmp_path / "b").read_bytes()).digest()
    )


# --- the law: no byte can change unnoticed, also of what no signature is over -----------------------------------------


@pytest.mark.parametrize("level", [XadesLevel.T, XadesLevel.LT, XadesLevel.LTA])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_flipped_byte_anywhere_is_found_and_its_part_named(level, data):
    original = at_level(level)
    at, mask = data.draw(st.integers(0, len(original) - 1)), data.draw(st.integers(1, 255))

    report = inspected(original[:at] + bytes([original[at] ^ mask]) + original[at + 1 :])

    assert report.indication is Indication.TOTAL_FAILED
    owner = owner_of(at, original)
    assert owner is None or owner in parts(report)


@pytest.mark.parametrize(
    "made", [stamped, partial(at_level, XadesLevel.LT), partial(at_level, XadesLevel.LTA), renewed]
)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_flipped_byte_of_any_token_certificate_or_answer_is_found(made, data):
    """Inside the values, spelt again as we spell them and packed with right checksums, as a forger would."""
    read = signature_of(made())
    values = unsigned_values(read.unsigned)
    value = data.draw(st.sampled_from(values))
    at, mask = data.draw(st.integers(0, len(value) - 1)), data.draw(st.integers(1, 255))
    flipped = value[:at] + bytes([value[at] ^ mask]) + value[at + 1 :]
    old, new = b64encode(value), b64encode(flipped)

    forged = with_signature(made(), rebuild(read).replace(old, new))

    report = inspected(forged, now=NOW + 100 * DAY)
    assert report.indication is Indication.TOTAL_FAILED
    assert layout.SIGNATURE in parts(report)


def unsigned_values(unsigned: UnsignedProperties) -> list[bytes]:
    values = unsigned.values or ValidationValues()
    held = [certificate.der for certificate in values.certificates]
    held += [*values.revocation.ocsp, *values.revocation.crls, *(archive.token for archive in unsigned.archives)]
    for archive in unsigned.archives:
        held += [*(one.der for one in archive.values.certificates), *archive.values.revocation.ocsp]
    return held + ([unsigned.token] if unsigned.token else [])


def signature_of(data: bytes):
    return read_signature(dict(contents_of(data))[layout.SIGNATURE])


def with_signature(data: bytes, signature: bytes) -> bytes:
    return packed((name, signature if name == layout.SIGNATURE else held) for name, held in contents_of(data))


def with_unsigned(data: bytes, **changes: object) -> bytes:
    read = signature_of(data)
    return with_signature(data, rebuild(replace(read, unsigned=replace(read.unsigned, **changes))))


# --- the time stamp ---------------------------------------------------------------------------------------------------


def test_a_dossier_that_lost_its_time_stamp_is_found():
    """It says under its signature that it was filed with one."""
    report = inspected(with_unsigned(stamped(), token=None))
    assert report.indication is Indication.TOTAL_FAILED
    assert layout.DESCRIPTION in parts(report)


def test_a_time_stamp_of_something_else_is_found():
    elsewhere = stamp_at(STAMPED_AT)(hashlib.sha256(b"something else").digest())
    report = inspected(with_unsigned(stamped(), token=elsewhere))
    assert report.sub_indication is SubIndication.HASH_FAILURE
    assert report.steps[7].verdict is StepVerdict.FAILED


def test_a_time_stamp_of_an_authority_that_nobody_vouches_for_proves_nothing():
    rogue = SandboxAuthority.create("Rogue CA", now=START)
    key = rogue.issue("Rogue TSA", bin=NAMES[EXCHANGE][1], usage=Usage.TIME_STAMPS, now=START)
    report = inspected(with_unsigned(stamped(), token=token_over(stamped(), STAMPED_AT, key)))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    assert report.proven_at is None


def test_a_time_stamp_older_than_the_claimed_time_leaves_it_undecided():
    report = inspected(with_unsigned(stamped(), token=token_over(stamped(), ASSEMBLED_AT - DAY)))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def test_a_time_stamp_from_the_future_leaves_it_undecided():
    report = inspected(with_unsigned(stamped(), token=token_over(stamped(), NOW + DAY)))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.TIMESTAMP_ORDER_FAILURE


def token_over(data: bytes, at, key=None) -> bytes:
    made = []

    def keep(digest: bytes) -> bytes:
        made.append(stamp_at(at, key)(digest))
        return made[-1]

    bare = with_unsigned(data, token=None)
    authorities = Authorities(at)
    with_token(bare, replace(authorities.sources, stamp=keep))
    return made[0]


def with_token(bare: bytes, sources) -> None:
    with opened(bare) as container:
        next(extend(InspectedContainer(container, anchors(), NOW), XadesLevel.T, sources))


@contextmanager
def opened(data: bytes) -> Iterator[Container]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "d.asice"
        path.write_bytes(data)
        with Container.open(path) as container:
            yield container


# --- the certificate's end, and revocation ----------------------------------------------------------------------------


def test_with_a_time_stamp_a_dossier_outlives_the_certificate_of_its_signer():
    """The authority that stamped is still in force, the signer's certificate is not."""
    lasting = tsa_key("Lasting TSA", days=3000)
    data = stamped_by(lasting)
    assert inspected(data, now=AFTER_ITS_END).indication is Indication.TOTAL_PASSED
    without = inspected(dossier(), now=AFTER_ITS_END)
    assert without.sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE


def stamped_by(key, at=STAMPED_AT) -> bytes:
    return with_unsigned(stamped(), token=token_over(stamped(), at, key))


def test_once_the_authority_that_stamped_is_over_only_an_archive_time_stamp_helps():
    assert inspected(stamped(), now=AFTER_ITS_END).sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE
    lasting = Authorities(STAMPED_AT + 9 * DAY, tsa=tsa_key("Lasting TSA", days=3000))
    archived, _ = extended(stamped(), XadesLevel.LTA, lasting)
    report = inspected(archived, now=AFTER_ITS_END)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.proven_at == STAMPED_AT


def test_an_archive_time_stamp_that_nobody_vouches_for_lends_no_time():
    rogue = SandboxAuthority.create("Rogue CA", now=START)
    key = rogue.issue("Rogue TSA", bin=NAMES[EXCHANGE][1], usage=Usage.TIME_STAMPS, now=START, days=3000)
    archived, _ = extended(stamped(), XadesLevel.LTA, Authorities(STAMPED_AT + DAY, tsa=key))
    report = inspected(archived, now=AFTER_ITS_END)
    assert report.indication is Indication.INDETERMINATE
    assert report.proven_at is None


def test_an_archive_time_stamp_is_renewed_before_its_authority_ends():
    renewed, steps = extended(
        at_level(XadesLevel.LTA), XadesLevel.LTA, Authorities(START + 800 * DAY, tsa=tsa_key("Lasting TSA", days=3000))
    )
    assert [added.level for added in steps] == [XadesLevel.LTA]
    assert inspected(at_level(XadesLevel.LTA), now=AFTER_ITS_END).indication is Indication.INDETERMINATE
    report = inspected(renewed, now=AFTER_ITS_END)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.proven_at == STAMPED_AT


def revoked(at) -> bytes:
    """Carried to B-LT ten days later, when the authority says that the signer's certificate is revoked since ``at``."""
    return extended(stamped(), XadesLevel.LT, Authorities(STAMPED_AT + 10 * DAY, {SEAL.sha256: at}))[0]


def test_a_certificate_revoked_after_the_time_stamp_does_no_harm():
    report = inspected(revoked(STAMPED_AT + DAY))
    assert report.indication is Indication.TOTAL_PASSED


def test_a_certificate_revoked_between_what_it_signed_and_the_time_stamp_leaves_it_undecided():
    report = inspected(revoked(STAMPED_AT - timedelta(seconds=1)))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.REVOKED_NO_POE


def test_a_certificate_revoked_before_the_ledger_it_signed_was_stamped_fails():
    """The signature covers a token that is younger than the revocation, so it was made after it."""
    report = inspected(revoked(SEALED_AT - DAY))
    assert report.indication is Indication.TOTAL_FAILED
    assert report.sub_indication is SubIndication.REVOKED


def test_without_a_time_stamp_a_revoked_certificate_leaves_it_undecided(tmp_path):
    answer = Authorities(ASSEMBLED_AT, {SEAL.sha256: START + DAY}).revocation_of(SEAL, *anchors())
    assemble(dossier_input(revocation=answer), seal_key(), tmp_path / "d.asice")
    report = inspected((tmp_path / "d.asice").read_bytes())
    assert report.sub_indication is SubIndication.REVOKED_NO_POE


def test_long_term_values_that_leave_revocation_open_leave_the_verdict_open(tmp_path):
    assemble(proven_input(revocation=RevocationValues()), seal_key(), tmp_path / "d", stamp_at(STAMPED_AT))
    carried, _ = extended((tmp_path / "d").read_bytes(), XadesLevel.LT, Authorities(STAMPED_AT))
    values = signature_of(carried).unsigned.values
    assert values is not None
    kept = replace(values, revocation=RevocationValues(ocsp=values.revocation.ocsp[1:]))
    report = inspected(with_unsigned(carried, values=kept))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.TRY_LATER


def with_party_revoked(tmp_path, since) -> bytes:
    """The authority's answer on the akimat's certificate lies in the dossier."""
    key = message_key(AKIMAT)
    known = Authorities(SEALED_AT, {key.certificate.sha256: since}).revocation_of(key.certificate, *anchors())
    return assembled(tmp_path, revocation=known_of_the_seal() + known)


def test_a_message_signed_after_its_certificate_was_revoked_is_left_undecided(tmp_path):
    report = inspected(with_party_revoked(tmp_path, START + DAY))
    assert report.sub_indication is SubIndication.REVOKED_NO_POE
    assert report.steps[12].verdict is StepVerdict.INDETERMINATE
    assert any(part.startswith("messages/") for part in parts(report))


def test_a_message_signed_before_its_certificate_was_revoked_stays_proven(tmp_path):
    assert inspected(with_party_revoked(tmp_path, ASSEMBLED_AT - DAY)).is_passed


# --- long-term values -------------------------------------------------------------------------------------------------


def test_a_value_about_somebody_else_is_found():
    other = SandboxAuthority.create("Other CA", now=START)
    key = other.issue("Other", bin="1" * 12, usage=Usage.SEAL, now=START)
    values = signature_of(at_level(XadesLevel.LT)).unsigned.values
    assert values is not None
    with_stranger = replace(values, certificates=(*values.certificates, key.certificate))
    report = inspected(with_unsigned(at_level(XadesLevel.LT), values=with_stranger))
    assert report.steps[8].verdict is StepVerdict.FAILED


def test_an_archive_time_stamp_over_another_file_is_found():
    """Even where each digest fits: the archive stamp is over the files themselves."""
    read = signature_of(at_level(XadesLevel.LTA))
    elsewhere = stamp_at(STAMPED_AT + DAY)(hashlib.sha256(b"another dossier").digest())
    archives = (replace(read.unsigned.archives[0], token=elsewhere),)
    report = inspected(with_unsigned(at_level(XadesLevel.LTA), archives=archives))
    assert report.sub_indication is SubIndication.HASH_FAILURE


# --- carrying on ------------------------------------------------------------------------------------------------------


def test_each_step_says_what_it_added():
    _, steps = extended(dossier(), XadesLevel.LTA, Authorities(NOW))
    assert [added.level for added in steps] == [XadesLevel.T, XadesLevel.LT, XadesLevel.LTA]
    assert steps[0].at == NOW
    assert (steps[1].certificates, steps[1].answers) == (1, 2)


def test_a_time_stamp_added_later_proves_the_dossier_only_from_then_on():
    carried, _ = extended(dossier(), XadesLevel.T, Authorities(NOW))
    report = inspected(carried, now=NOW + DAY)
    assert report.is_passed
    assert (report.level, report.proven_at) == ("B-T", NOW)


def test_what_is_under_the_signature_never_changes():
    before, after = dict(contents_of(stamped())), dict(contents_of(at_level(XadesLevel.LTA)))
    assert {name for name in before if before[name] != after[name]} == {layout.SIGNATURE}
    assert list(before) == list(after)


def test_a_file_that_is_there_is_never_written_over(tmp_path):
    target = tmp_path / "new.asice"
    target.write_bytes(b"mine")
    with opened(stamped()) as container, pytest.raises(FileExistsError):
        write_extended(container, signature_of(stamped()), target)
    assert target.read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["new.asice"]


def test_without_an_answer_on_revocation_nothing_is_carried_on():
    silent = replace(Authorities(NOW).sources, revocation_of=lambda *_: RevocationValues())
    with opened(stamped()) as container, pytest.raises(ExtensionImpossible, match="no authority says"):
        list(extend(InspectedContainer(container, anchors(), NOW), XadesLevel.LT, silent))


def test_what_no_check_could_read_again_is_not_written():
    """A revocation list longer than a parser takes: the file would be proof of nothing."""
    authorities = Authorities(NOW)
    endless = RevocationValues(crls=(bytes(12_000_000),))
    sources = replace(authorities.sources, revocation_of=lambda *pair: authorities.revocation_of(*pair) + endless)
    with opened(stamped()) as container, pytest.raises(ExtensionImpossible, match="too much"):
        list(extend(InspectedContainer(container, anchors(), NOW), XadesLevel.LT, sources))


def test_without_an_anchor_nothing_is_carried_on():
    with opened(stamped()) as container, pytest.raises(ExtensionImpossible, match="anchor"):
        list(extend(InspectedContainer(container, (), NOW), XadesLevel.LT, Authorities(NOW).sources))


# --- the ledger -------------------------------------------------------------------------------------------------------


def assembled(tmp_path, **changes) -> bytes:
    assemble(proven_input(**changes), seal_key(), tmp_path / "d.asice", stamp_at(STAMPED_AT))
    return (tmp_path / "d.asice").read_bytes()


def test_an_event_that_is_not_in_the_sealed_ledger_is_found(tmp_path):
    report = inspected(assembled(tmp_path, ledger=ledger_evidence(story().events[:-1])))
    assert report.steps[10].verdict is StepVerdict.FAILED


def test_a_seal_of_another_ledger_is_found(tmp_path):
    report = inspected(assembled(tmp_path, ledger=ledger_evidence(log="another")))
    assert report.steps[10].verdict is StepVerdict.FAILED


def test_a_seal_by_another_key_is_found(tmp_path):
    evidence = ledger_evidence()
    other = authority().issue("Another", bin="1" * 12, usage=Usage.SEAL, now=START).certificate
    forged = replace(evidence, seals=(replace(evidence.seals[0], certificate=other),))
    report = inspected(assembled(tmp_path, ledger=forged))
    assert report.steps[10].verdict is StepVerdict.FAILED


def test_a_seal_stamped_after_the_signature_was_is_out_of_order(tmp_path):
    report = inspected(assembled(tmp_path, ledger=ledger_evidence(stamped_at=STAMPED_AT + DAY)))
    assert report.sub_indication is SubIndication.TIMESTAMP_ORDER_FAILURE


def test_a_seal_without_a_time_stamp_passes_and_says_so(tmp_path):
    report = inspected(assembled(tmp_path, ledger=ledger_evidence(stamped_at=None)))
    assert report.is_passed
    assert "without a time stamp" in report.steps[10].text.en


# --- filing without ---------------------------------------------------------------------------------------------------


def test_a_dossier_names_every_proof_that_it_is_filed_without(tmp_path):
    made = assemble(dossier_input(), seal_key(), tmp_path / "d.asice", no_stamp)
    described = parse_description(dict(contents_of((tmp_path / "d.asice").read_bytes()))[layout.DESCRIPTION])
    assert (made.level, described.level) == ("B-B", "B-B")
    assert [entry.proof.value for entry in described.absent] == ["signatureToken", "ledgerSeal", "revocation"]
    assert (tmp_path / "d.asice").read_bytes() == dossier()


def test_a_dossier_with_all_its_proofs_names_none():
    described = parse_description(dict(contents_of(stamped()))[layout.DESCRIPTION])
    assert described.absent == ()
    assert [seal.stamped_at for seal in described.seals] == [SEALED_AT]
