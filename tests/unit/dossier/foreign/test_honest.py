"""Containers of other systems that are as they should be, in the many spellings that the standards allow."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from dossier.check.report import ContainerKind, Indication, SubIndication
from tests.foreign import pki, samples
from tests.foreign.pki import KeyPair
from tests.foreign.xades import C14N10, C14N11, EXC, MORE, XadesPlan, archive_token, signature_file
from tests.foreign.zips import Item, write_zip
from tests.unit.dossier.foreign.judging import judged


def passes(data: bytes, **changes):
    report = judged(data, **changes)
    assert report.is_passed, [f"{finding.part}: {finding.text.en}" for finding in report.findings()]
    return report


@pytest.mark.parametrize("c14n", [C14N10, C14N11, EXC, f"{C14N10}#WithComments", f"{EXC}WithComments"])
def test_every_common_canonical_form_is_read(c14n):
    passes(samples.container(samples.plan().but(c14n=c14n, archive=archive_token)))


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_every_sha2_digest_is_read(digest):
    passes(samples.container(samples.plan().but(digest=digest, cert_digest=digest)))


@pytest.mark.parametrize("hash_", ["sha256", "sha384", "sha512"])
def test_rsa_with_either_padding_is_read(hash_):
    pss = f"http://www.w3.org/2007/05/xmldsig-more#{hash_}-rsa-MGF1"
    passes(samples.container(samples.plan().but(method=f"{MORE}rsa-{hash_}", hash=hash_)))
    passes(samples.container(samples.plan().but(method=pss, hash=hash_, pss=True)))


@pytest.mark.parametrize(("curve", "hash_"), [(ec.SECP256R1(), "sha256"), (ec.SECP384R1(), "sha384")])
def test_elliptic_curves_are_read(curve, hash_):
    key = ec.generate_private_key(curve)
    held = elliptic(key)
    plan = samples.plan().but(by=held, key=key, method=f"{MORE}ecdsa-{hash_}", hash=hash_)
    passes(samples.container(plan))


def elliptic(key: ec.EllipticCurvePrivateKey) -> KeyPair:
    made = pki.issue("Akimat of Almaty", pki.keys()["signer"], 30, pki.ca()).certificate
    builder = (
        x509.CertificateBuilder()
        .subject_name(made.subject)
        .issuer_name(made.issuer)
        .public_key(key.public_key())
        .serial_number(31)
        .not_valid_before(pki.FROM)
        .not_valid_after(pki.UNTIL)
        .add_extension(made.extensions.get_extension_for_class(x509.KeyUsage).value, critical=True)
    )
    return KeyPair(builder.sign(pki.ca().key, hashes.SHA256()), key)  # type: ignore[arg-type]


def test_the_implicit_canonical_form_and_the_older_certificate_property_are_read():
    passes(samples.container(samples.plan().but(c14n=C14N10, property_transforms=(), cert_version="")))


def test_the_report_says_loudly_that_it_is_no_dossier():
    report = passes(samples.container())

    assert report.kind is ContainerKind.ASIC_E
    assert "NOT a Dälel dossier" in report.steps[1].text.en
    assert "НЕ досье" in report.steps[1].text.ru
    assert "ЕМЕС" in report.steps[1].text.kk


def test_a_container_of_one_file_is_judged():
    report = passes(samples.simple())

    assert report.kind is ContainerKind.ASIC_S


def test_several_signatures_are_judged_in_files_of_their_own_or_in_one():
    first, second = samples.plan(), samples.plan().but(by=pki.second(), id="S1")
    batcher = [
        item.but(data=signature_file(first, second)) if item.name == samples.SIGNATURE_NAME else item
        for item in samples.items()
    ]

    for data in (samples.container(first, second), write_zip(batcher)):
        report = passes(data)
        assert report.signer == "CN=Akimat of Almaty,C=KZ; CN=Court of Almaty,C=KZ"


def test_more_signatures_than_anyone_looks_at_are_left_undecided():
    held = samples.items()
    same = [held[-1].but(name=f"META-INF/signatures{number:03d}.xml") for number in range(70)]

    report = judged(write_zip([*held[:-1], *same]))

    assert (report.indication, report.sub_indication) == ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE")


def test_signatures_may_share_the_files_between_them():
    first = samples.plan().but(files=(samples.REPLY,))
    second = samples.plan().but(files=(samples.ANNEX,), by=pki.second(), id="S1")
    passes(samples.container(first, second))


@pytest.mark.parametrize(
    ("plan", "level"),
    [
        (samples.plan().but(stamp=None), "B-B"),
        (samples.plan().but(answers=()), "B-T"),
        (samples.plan(), "B-LT"),
        (samples.plan().but(archive=archive_token), "B-LTA"),
    ],
)
def test_the_level_is_told(plan, level):
    assert judged(samples.container(plan)).level == level


def test_a_time_stamp_holds_a_signature_up_when_its_certificate_is_over():
    after = pki.SIGNED_AT + timedelta(days=11)
    assert not pki.expired().ours.is_in_force(after)

    passes(samples.container(samples.plan().but(by=pki.expired())), now=after)


def test_a_revocation_after_the_time_stamp_does_no_harm():
    later = pki.answer(pki.signer(), revoked_at=pki.STAMPED_AT + timedelta(seconds=3))

    passes(samples.container(samples.plan().but(answers=(later,))))


def test_a_revocation_is_left_undecided_where_no_time_stamp_says_what_came_first():
    revoked = pki.answer(pki.signer(), revoked_at=pki.SIGNED_AT - timedelta(days=1))
    plan = samples.plan().but(answers=(revoked,))
    stamp = plan.but(edit=without_stamp)

    report = judged(samples.container(stamp), now=pki.STAMPED_AT + timedelta(hours=1))

    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, SubIndication.REVOKED_NO_POE)


def without_stamp(text: str) -> str:
    start, end = text.index("<xades:SignatureTimeStamp "), text.index("</xades:SignatureTimeStamp>")
    return text[:start] + text[end + len("</xades:SignatureTimeStamp>") :]


def test_without_an_anchor_nothing_is_decided():
    report = judged(samples.container(), anchors=())

    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_gost_is_left_to_a_service_that_is_named():
    report = judged((pki.VECTORS / "signature-by-gost.asice").read_bytes())

    assert any("NCANode" in finding.text.en for finding in report.findings())


def test_the_order_of_certificates_in_key_info_decides_nothing():
    for enclosed in ((pki.attacker().der, pki.signer().der), (pki.signer().der, pki.attacker().der)):
        report = passes(samples.container(samples.plan().but(key_info=enclosed)))
        assert report.signer == pki.signer().ours.subject


@pytest.mark.parametrize(
    "name", ["a b.txt", "a+b.txt", "50%.txt", "a%20b.txt", "№ 3–17 ұсыныс.pdf", "ä/ö/ü.txt", "a&b<c>.txt", "a'\".txt"]
)
def test_a_file_of_any_safe_name_is_found(name):
    file = samples.DataFile(name, b"1", "text/plain")
    plan = XadesPlan((file,), pki.signer())
    manifest = samples.manifest((file,)).replace(name.encode(), escaped(name))
    data = [
        item.but(data=manifest) if item.name == samples.MANIFEST_NAME else item
        for item in samples.items(plan, files=(file,))
    ]

    passes(write_zip(data))


def escaped(name: str) -> bytes:
    return name.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode()


# --- spellings of the ZIP ---------------------------------------------------------------------------------------------


def spelt(**changes) -> bytes:
    first, *rest = samples.items()
    return write_zip([first, *(item.but(**changes) for item in rest)])


@pytest.mark.parametrize(
    "changes",
    [
        {"deflated": True},
        {"descriptor": True},
        {"descriptor": True, "deflated": True},
        {"extra": b"\x55\x54\x05\x00\x01\x00\x00\x00\x00"},
        {"extra": b"\xfe\xca\x00\x00"},
        {"mode": 0},
    ],
    ids="+".join,
)
def test_common_spellings_of_a_zip_are_read(changes):
    passes(spelt(**changes))


@pytest.mark.parametrize(
    "comment", [b"LIB DigiDocpp/4.3.0 format: ASiC-E", b"mimetype=application/vnd.etsi.asic-e+zip"]
)
def test_a_writer_may_name_itself_in_comments(comment):
    items = samples.items()
    passes(write_zip([item.but(comment=comment) for item in items], comment=comment))


def test_a_folder_may_be_listed():
    first, *rest = samples.items()
    passes(write_zip([first, Item("annex/", b"", mode=0o40755), *rest]))
