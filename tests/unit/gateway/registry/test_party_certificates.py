"""Certificates held against the party that they are registered for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from contracts.identifiers import make_bin, make_iin
from contracts.party import Agreement, Registry
from gateway.registry.certificates import party_certificates, problems_of
from tests.worlds.builders import AKIMAT, party
from tests.worlds.signing.hierarchy import DAY, ISSUING, NOW, CertificateNode

BIN, OTHER_BIN = make_bin("9703", serial=102), make_bin("1505", serial=209)
IIN = make_iin("850115", century_and_sex=3, serial=12)
PERSON = x509.ObjectIdentifier("1.2.398.3.3.4.1.1")
NOBODY = Registry(0, (), (), ())


def named(unit: str | None = f"BIN{BIN}", **changes) -> CertificateNode:
    attributes = [(NameOID.COUNTRY_NAME, "KZ"), (NameOID.ORGANIZATION_NAME, "Әкімдік")]
    attributes += [(NameOID.ORGANIZATIONAL_UNIT_NAME, unit)] if unit else []
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    return CertificateNode("akimat", ISSUING, subject=name, **{"usage": frozenset({"digital_signature"}), **changes})


def registered(*nodes: CertificateNode, **terms) -> Registry:
    akimat = replace(party(AKIMAT), bin=BIN, certificates=tuple(node.certificate.der for node in nodes))
    return Registry(0, (akimat,), (Agreement(AKIMAT, **terms),), ())


def problems(*nodes: CertificateNode, old: Registry = NOBODY, **terms) -> list[str]:
    return problems_of(party_certificates(registered(*nodes, **terms), old, now=NOW))


def test_a_partys_own_certificate_is_put_in_force():
    (judged,) = party_certificates(registered(named()), NOBODY, now=NOW)
    assert (judged.problems, judged.warnings, judged.is_new) == ((), (), True)
    assert judged.subject.bin == BIN


@pytest.mark.parametrize(
    ("node", "says"),
    [
        (named(f"BIN{OTHER_BIN}"), f"it is of BIN {OTHER_BIN}, the party's is {BIN}"),
        (named(None), "it names no BIN"),
        (named("Бухгалтерия"), "it names no BIN"),
        (named("BIN123"), "no BIN that was ever issued"),
        (named(usage=frozenset({"key_encipherment"})), "not for signatures"),
        (named(usage=frozenset()), "not for signatures"),
        (named(kind="RSA-1024", key_name="weak"), "at least 2048"),
        (named(kind="secp256k1", key_name="odd"), "the party needs another key"),
        (named(not_after=NOW - DAY), f"it ended on {NOW - DAY:%Y-%m-%d}"),
        (named(extended=(PERSON,)), "issued to a person"),
    ],
)
def test_a_certificate_that_is_not_the_partys_or_not_fit_is_refused(node, says):
    (problem,) = problems(node)
    assert says in problem
    assert problem.startswith(f"party {AKIMAT}, certificate {node.certificate.sha256[:16]}: ")


def test_all_that_is_wrong_is_told_at_once():
    wrong = named(f"BIN{OTHER_BIN}", usage=frozenset(), not_after=NOW - DAY)
    assert len(problems(wrong, named(None))) == 4


def test_a_foreign_partys_certificate_may_name_no_bin_where_that_is_agreed():
    assert problems(named(None), certificate_without_bin=True) == []
    assert problems(named(f"BIN{OTHER_BIN}"), certificate_without_bin=True) != []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"not_after": NOW + timedelta(days=29)}, "it ends in 29 days"),
        ({"not_before": NOW + DAY}, f"it is not in force before {NOW + DAY:%Y-%m-%d %H:%M} UTC"),
    ],
)
def test_what_will_soon_matter_is_a_warning(changes, says):
    judged = party_certificates(registered(named(**changes)), NOBODY, now=NOW)
    assert problems_of(judged) == []
    (warning,) = (warning for one in judged for warning in one.warnings)
    assert says in warning


def test_what_is_in_force_already_stands_in_nobodys_way_but_is_told():
    ended = named(not_after=NOW - DAY)
    judged = party_certificates(registered(ended, named()), registered(ended), now=NOW)
    assert problems_of(judged) == []
    assert "it ended on" in judged[0].warnings[0]


def test_a_certificate_of_another_party_is_new_to_this_one():
    other = replace(registered(named(f"BIN{OTHER_BIN}")).parties[0], party_id="other", bin=OTHER_BIN)
    assert problems(named(f"BIN{OTHER_BIN}"), old=Registry(1, (other,), (), ())) != []
