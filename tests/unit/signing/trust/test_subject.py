"""What certificates of НУЦ РК say about their holders."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from contracts.identifiers import make_bin, make_iin
from signing.errors import SubjectUnclear
from signing.trust.subject import Capacity, CertificateSubject, KeyUse, read_subject
from tests.worlds.signing.hierarchy import HOLDER, ISSUING, CertificateNode

BIN, OTHER_BIN = make_bin("9902", serial=331), make_bin("0507", serial=481)
IIN = make_iin("850115", century_and_sex=3, serial=12)
OU, SERIAL = NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.SERIAL_NUMBER
LEGAL_ENTITY, HEAD = (x509.ObjectIdentifier(f"1.2.398.3.3.4.1.2{more}") for more in ("", ".1"))


def named(*attributes: tuple[x509.ObjectIdentifier, str], **changes) -> CertificateSubject:
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    return read_subject(CertificateNode("named", ISSUING, subject=name, **changes).certificate)


def test_a_legal_entitys_certificate_names_holder_organisation_and_both_numbers():
    subject = named(
        (NameOID.COMMON_NAME, "АХМЕТОВ АСАН"),
        (NameOID.SURNAME, "АХМЕТОВ"),
        (SERIAL, f"IIN{IIN}"),
        (NameOID.COUNTRY_NAME, "KZ"),
        (NameOID.ORGANIZATION_NAME, "Әкімдік"),
        (OU, f"BIN{BIN}"),
        (NameOID.GIVEN_NAME, "БОЛАТҰЛЫ"),
        extended=(LEGAL_ENTITY, HEAD),
    )
    assert subject == CertificateSubject(
        common_name="АХМЕТОВ АСАН",
        organisation="Әкімдік",
        iin=IIN,
        bin=BIN,
        capacities=(Capacity.ORGANISATION, Capacity.FIRST_HEAD),
        key_use=KeyUse.SEALING,
    )


def test_some_organisations_carry_their_bin_as_serial_number():
    assert named((SERIAL, f"BIN{BIN}")).bin == BIN
    assert named((SERIAL, f"BIN{BIN}"), (OU, f"BIN{BIN}")).bin == BIN


def test_a_foreign_certificate_names_neither():
    subject = named((NameOID.COMMON_NAME, "Amt"), (OU, "Abteilung 7"), (SERIAL, "4711"))
    assert (subject.bin, subject.iin) == (None, None)


@pytest.mark.parametrize(
    "attributes",
    [
        [(OU, f"BIN{BIN[:-1]}{(int(BIN[-1]) + 1) % 10}")],
        [(OU, f"BIN{BIN}0")],
        [(OU, "BIN")],
        [(OU, f"BIN {BIN}")],
        [(SERIAL, "IIN000000000000")],
        [(OU, f"BIN{BIN}"), (OU, f"BIN{OTHER_BIN}")],
        [(OU, f"BIN{BIN}"), (SERIAL, f"BIN{OTHER_BIN}")],
    ],
)
def test_a_misshapen_or_double_number_is_unclear(attributes):
    with pytest.raises(SubjectUnclear):
        named(*attributes)


@pytest.mark.parametrize(
    ("usage", "use"),
    [
        ({"digital_signature", "content_commitment"}, KeyUse.SEALING),
        ({"digital_signature", "key_encipherment"}, KeyUse.AUTHENTICATION),
        ({"digital_signature", "content_commitment", "key_encipherment"}, KeyUse.SEALING),
        ({"digital_signature"}, KeyUse.SIGNING),
        ({"content_commitment"}, KeyUse.NEITHER),
        ({"key_encipherment"}, KeyUse.NEITHER),
        (set(), KeyUse.NEITHER),
    ],
)
def test_key_usage_alone_tells_what_the_key_may_do(usage, use):
    assert read_subject(HOLDER.but(usage=frozenset(usage)).certificate).key_use is use
