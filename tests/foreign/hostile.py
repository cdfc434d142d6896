"""Hostile containers of other systems' kind. Each is good but for the one thing that its name says."""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from functools import partial

from dossier.check.report import SubIndication as Sub
from tests.foreign import pki, ziptricks
from tests.foreign.attack import REFUSES, Attack, Collection
from tests.foreign.samples import (
    ANNEX,
    ASIC_E,
    ASIC_S,
    FILES,
    MANIFEST_NAME,
    REPLY,
    SIGNATURE_NAME,
    items,
    manifest,
    plan,
)
from tests.foreign.xades import C14N11, DIGESTS, MORE, DataFile, XadesPlan, archive_token, signature_file, uri_of
from tests.foreign.zips import Item, as_one_block, write_zip

EVIL = ziptricks.EVIL
LAXER = "accepts: it looks at the ZIP through a library that reads what it can"
ASKS = "not asked: it would send the container to a service on the network"
collection = Collection()
fails, undecided = collection.fails, collection.undecided


def changed(name: str, **changes: object) -> bytes:
    """The good container with one of its files changed."""
    return write_zip([item.but(**changes) if item.name == name else item for item in items()])


def signed(one: XadesPlan, *more: Item) -> bytes:
    return write_zip([*items(one), *more])


def replaced(old: str, new: str, count: int = 1) -> partial[str]:
    """An edit that must hit."""
    return partial(_replaced, old, new, count)


def _replaced(old: str, new: str, count: int, text: str) -> str:
    assert old in text, old
    return text.replace(old, new, count)


# --- the type of container --------------------------------------------------------------------------------------------


@fails(2, "mimetype", digidoc=LAXER)
def mimetype_with_byte_order_mark() -> bytes:
    """U+FEFF before the type."""
    return changed("mimetype", data=b"\xef\xbb\xbf" + ASIC_E.encode())


@fails(2, "mimetype", digidoc=LAXER)
def mimetype_with_line_end() -> bytes:
    """A line end behind the type."""
    return changed("mimetype", data=ASIC_E.encode() + b"\n")


@fails(2, "mimetype", digidoc=LAXER)
def mimetype_compressed() -> bytes:
    """The type is deflated, so it cannot be read at its fixed place."""
    return changed("mimetype", deflated=True, packed=as_one_block(ASIC_E.encode()))


@fails(2, "mimetype", digidoc=LAXER)
def mimetype_with_extra_field() -> bytes:
    """An extra field moves the type from its fixed place."""
    return changed("mimetype", extra=b"\x55\x54\x05\x00\x01\x00\x00\x00\x00")


@fails(2, "mimetype")
def mimetype_not_first() -> bytes:
    """The type stands behind another file."""
    first, second, *rest = items()
    return write_zip([second, first, *rest])


@fails(2, "mimetype")
def mimetype_missing() -> bytes:
    """There is no type."""
    return write_zip(items()[1:])


@fails(2, "mimetype")
def mimetype_of_another_format() -> bytes:
    """It says that it is a text document."""
    return changed("mimetype", data=b"application/vnd.oasis.opendocument.text")


@fails(2, "ZIP end record", digidoc=LAXER)
def other_mimetype_in_comment() -> bytes:
    """The comment of the ZIP names the other type of container, as some readers look for it there."""
    return write_zip(items(), comment=b"mimetype=" + ASIC_S.encode())


@fails(2, "mimetype")
def mimetype_in_capitals() -> bytes:
    """The type in capital letters."""
    return changed("mimetype", data=ASIC_E.upper().encode())


# --- files, manifest, coverage ----------------------------------------------------------------------------------------


@fails(1, REPLY.name)
def duplicate_name() -> bytes:
    """One name twice: the first file is signed, the second shown."""
    return write_zip([*items(), Item(REPLY.name, EVIL)])


@fails(1, ANNEX.name.upper())
def duplicate_name_by_case() -> bytes:
    """Two names that are one on Windows."""
    return write_zip([*items(), Item(ANNEX.name.upper(), EVIL)])


@fails(1, f"{ANNEX.name}. ")
def duplicate_name_by_trailing_dot() -> bytes:
    """Two names that are one on Windows, which drops dots and spaces at the end."""
    return write_zip([*items(), Item(f"{ANNEX.name}. ", EVIL)])


@fails(1, ANNEX.name)
def file_in_place_of_a_folder() -> bytes:
    """A file with the name of a folder: programs keep one or the other."""
    return write_zip([*items(), Item("annex", EVIL)])


@fails(1, unicodedata.normalize("NFD", "й.txt"))
def duplicate_name_by_unicode() -> bytes:
    """Two names that are one on macOS."""
    other = DataFile("й.txt", b"1", "text/plain")
    one = plan().but(files=(*FILES, other))
    made = items(one, files=one.files)
    return write_zip([*made, Item(unicodedata.normalize("NFD", other.name), EVIL)])


@fails(4, "evil.txt")
def file_added() -> bytes:
    """A file that neither the manifest nor the signature knows."""
    return write_zip([*items(), Item("evil.txt", EVIL)])


@fails(5, "evil.txt")
def file_added_and_listed() -> bytes:
    """A file that the manifest lists and no signature covers."""
    evil = DataFile("evil.txt", EVIL, "text/plain")
    return write_zip(
        [
            item.but(data=manifest((*FILES, evil))) if item.name == MANIFEST_NAME else item
            for item in [*items(), Item("evil.txt", EVIL)]
        ]
    )


@fails(4, ANNEX.name)
def file_taken_out() -> bytes:
    """A signed file is gone."""
    return write_zip([item for item in items() if item.name != ANNEX.name])


@undecided(5, ANNEX.name, Sub.SIGNED_DATA_NOT_FOUND)
def file_taken_out_and_unlisted() -> bytes:
    """A signed file is gone, and gone from the manifest."""
    return write_zip(
        [
            item.but(data=manifest((REPLY,))) if item.name == MANIFEST_NAME else item
            for item in items()
            if item.name != ANNEX.name
        ]
    )


@fails(6, REPLY.name, Sub.HASH_FAILURE)
def file_changed() -> bytes:
    """Other contents under a signed name."""
    return changed(REPLY.name, data=REPLY.content.replace(b"refuses", b"agrees "))


@fails(6, REPLY.name, Sub.HASH_FAILURE)
def files_swapped() -> bytes:
    """Two signed files have each other's names."""
    contents = {REPLY.name: ANNEX.content, ANNEX.name: REPLY.content}
    return write_zip([item.but(data=contents.get(item.name, item.data)) for item in items()])


@fails(6, ANNEX.name)
def file_longer_than_announced() -> bytes:
    """Unpacking gives more bytes than the header says."""
    return changed(ANNEX.name, deflated=True, packed=as_one_block(ANNEX.content), size=len(ANNEX.content) - 4)


@fails(6, ANNEX.name, digidoc=LAXER)
def file_shorter_than_announced() -> bytes:
    """Unpacking gives fewer bytes than the header says."""
    return changed(ANNEX.name, deflated=True, packed=as_one_block(ANNEX.content), size=len(ANNEX.content) + 4)


@fails(6, ANNEX.name, digidoc=LAXER)
def bytes_behind_the_packed_file() -> bytes:
    """The packed bytes go on behind their end."""
    return changed(ANNEX.name, deflated=True, packed=as_one_block(ANNEX.content) + EVIL)


@fails(6, ANNEX.name)
def wrong_checksum() -> bytes:
    """The CRC-32 is that of other contents: other readers would refuse the file."""
    return changed(ANNEX.name, crc=1)


@fails(4, MANIFEST_NAME)
def manifest_missing() -> bytes:
    """There is no manifest."""
    return write_zip([item for item in items() if item.name != MANIFEST_NAME])


@fails(4, ANNEX.name)
def manifest_entry_missing() -> bytes:
    """The manifest leaves out a signed file."""
    return changed(MANIFEST_NAME, data=manifest((REPLY,)))


@fails(4, "evil.txt")
def manifest_entry_without_file() -> bytes:
    """The manifest lists a file that is not there."""
    return changed(MANIFEST_NAME, data=manifest((*FILES, DataFile("evil.txt", EVIL))))


@fails(4, ANNEX.name)
def manifest_entry_twice() -> bytes:
    """The manifest lists a file twice."""
    return changed(MANIFEST_NAME, data=manifest((*FILES, ANNEX)))


@fails(4, MANIFEST_NAME)
def manifest_of_another_type() -> bytes:
    """Manifest and mimetype disagree on the type of container."""
    return changed(MANIFEST_NAME, data=manifest(FILES, ASIC_S))


@fails(4, MANIFEST_NAME, digidoc="accepts: it reads document type declarations")
def manifest_with_doctype() -> bytes:
    """A document type declaration, which can pull in files."""
    declared = manifest().replace(b"\n", b'\n<!DOCTYPE x [<!ENTITY e "evil">]>', 1)
    return changed(MANIFEST_NAME, data=declared)


@fails(5, REPLY.name)
def manifest_with_other_media_type() -> bytes:
    """The manifest calls a signed PDF a program."""
    files = (replace(REPLY, media_type="application/x-msdownload"), ANNEX)
    return changed(MANIFEST_NAME, data=manifest(files))


@fails(3, "META-INF/evil.xml", digidoc="accepts: it does not look at other files of META-INF")
def stray_file_in_meta_inf() -> bytes:
    """A file in META-INF that nothing covers."""
    return write_zip([*items(), Item("META-INF/evil.xml", b"<evil/>")])


@undecided(3, "META-INF/signature001.p7s", Sub.SIG_CONSTRAINTS_FAILURE, digidoc=ASKS)
def cades_signature_beside() -> bytes:
    """A CAdES signature that nobody here judges."""
    return write_zip([*items(), Item("META-INF/signature001.p7s", b"0")])


@fails(5, REPLY.name)
def no_signature() -> bytes:
    """The signature is gone."""
    return write_zip([item for item in items() if item.name != SIGNATURE_NAME])


@fails(3, ANNEX.name)
def two_files_in_asic_s() -> bytes:
    """A second file in a container for one."""
    made = [
        Item("mimetype", ASIC_S.encode()),
        Item(REPLY.name, REPLY.content),
        Item(ANNEX.name, ANNEX.content),
        Item("META-INF/signatures.xml", signature_file(plan())),
    ]
    return write_zip(made)


# --- the form of the signature ----------------------------------------------------------------------------------------


@fails(3, SIGNATURE_NAME)
def properties_not_covered() -> bytes:
    """The signature does not cover its SignedProperties, so time and certificate can be exchanged."""
    return signed(plan().but(edit_info=partial(re.sub, r"<ds:Reference Id=\"S0-RefProperties\".*?</ds:Reference>", "")))


@fails(3, SIGNATURE_NAME)
def properties_wrapped() -> bytes:
    """The signed properties hide in a second Object, forged ones stand in their place under the same id."""

    def wrap(text: str) -> str:
        found = re.search(r"<xades:SignedProperties .*?</xades:SignedProperties>", text)
        assert found is not None
        forged = found[0].replace("2026-11-02", "2026-11-01")
        return text.replace(found[0], forged).replace(
            "</ds:Signature>", f"<ds:Object>{found[0]}</ds:Object></ds:Signature>"
        )

    return signed(plan().but(edit=wrap))


@fails(3, SIGNATURE_NAME)
def properties_wrapped_under_other_id() -> bytes:
    """The signed properties hide in the KeyInfo, forged ones under another id stand in their place."""

    def wrap(text: str) -> str:
        found = re.search(r"<xades:SignedProperties .*?</xades:SignedProperties>", text)
        assert found is not None
        forged = found[0].replace("2026-11-02", "2026-11-01").replace('"S0-SignedProperties"', '"S0-Forged"')
        return text.replace(found[0], forged).replace("</ds:KeyInfo>", f"{found[0]}</ds:KeyInfo>")

    return signed(plan().but(edit=wrap))


@fails(7, SIGNATURE_NAME, Sub.HASH_FAILURE)
def properties_changed() -> bytes:
    """Another time of signing."""
    return signed(plan().but(edit=replaced("2026-11-02T05:00:00Z", "2026-11-02T05:00:01Z")))


@fails(3, SIGNATURE_NAME)
def manifest_in_an_object() -> bytes:
    """The signature covers a ds:Manifest in an Object, whose references most verifiers do not follow."""
    held = '<ds:Object Id="M"><ds:Manifest></ds:Manifest></ds:Object></ds:Signature>'
    return signed(plan().but(edit=replaced("</ds:Signature>", held)))


@fails(3, SIGNATURE_NAME)
def two_signed_infos() -> bytes:
    """A second SignedInfo, for readers that take the last."""

    def double(text: str) -> str:
        found = re.search(r"<ds:SignedInfo>.*?</ds:SignedInfo>", text)
        assert found is not None
        return text.replace(found[0], found[0] * 2)

    return signed(plan().but(edit=double))


@fails(3, SIGNATURE_NAME)
def duplicate_ids() -> bytes:
    """Two elements with one id: readers pick different ones."""
    return signed(plan().but(edit=replaced('Id="S0-SIG"', 'Id="S0-SignedProperties"')))


@fails(3, SIGNATURE_NAME, digidoc="accepts: its canonical form drops comments, and its reader joins the halves")
def comment_in_digest_value() -> bytes:
    """A comment splits a digest: readers see different ones (CVE-2025-29775)."""
    return signed(plan().but(edit=replaced("<ds:DigestValue>", "<ds:DigestValue><!--evil-->")))


@fails(3, SIGNATURE_NAME, digidoc="accepts: it reads document type declarations")
def signature_with_doctype() -> bytes:
    """A document type declaration, which can pull in files."""
    declared = signature_file(plan()).replace(b"\n", b'\n<!DOCTYPE x [<!ENTITY e "evil">]>', 1)
    return changed(SIGNATURE_NAME, data=declared)


@fails(3, SIGNATURE_NAME, digidoc="accepts: it does not look at Target")
def signature_of_another_target() -> bytes:
    """The qualifying properties say that they belong to another signature."""
    return signed(plan().but(edit=replaced('Target="#S0"', 'Target="#S1"')))


# --- references and algorithms ----------------------------------------------------------------------------------------


@fails(5, REPLY.name)
def reference_twice() -> bytes:
    """One file is covered twice, the other not at all."""
    one = plan().but(files=(REPLY, REPLY))
    return write_zip([item.but(data=signature_file(one)) if item.name == SIGNATURE_NAME else item for item in items()])


def _leading_to(uri: str) -> bytes:
    return signed(plan().but(edit_info=replaced(f'URI="{uri_of(REPLY.name)}"', f'URI="{uri}"')))


@fails(5, REPLY.name)
def reference_to_the_disk() -> bytes:
    """A reference to a file of whoever verifies."""
    return _leading_to("file:///etc/hostname")


@fails(5, REPLY.name)
def reference_to_the_network() -> bytes:
    """A reference that makes the verifier call somebody."""
    return _leading_to("http://127.0.0.1:9/evil.pdf")


@fails(5, REPLY.name)
def reference_from_the_root() -> bytes:
    """A reference to an absolute path."""
    return _leading_to("/etc/hostname")


def _transformed(algorithm: str, inside: str = "") -> bytes:
    target = f'URI="{uri_of(ANNEX.name)}">'
    transform = f'<ds:Transforms><ds:Transform Algorithm="{algorithm}">{inside}</ds:Transform></ds:Transforms>'
    return signed(plan().but(edit_info=replaced(target, target + transform)))


@undecided(5, SIGNATURE_NAME, Sub.SIG_CONSTRAINTS_FAILURE)
def transform_by_xslt() -> bytes:
    """A style sheet decides what was signed."""
    return _transformed("http://www.w3.org/TR/1999/REC-xslt-19991116")


@undecided(5, SIGNATURE_NAME, Sub.SIG_CONSTRAINTS_FAILURE)
def transform_by_xpath() -> bytes:
    """An expression decides what was signed."""
    return _transformed("http://www.w3.org/TR/1999/REC-xpath-19991116", "<ds:XPath>false()</ds:XPath>")


@undecided(7, SIGNATURE_NAME, Sub.CRYPTO_CONSTRAINTS_FAILURE)
def digests_by_sha1() -> bytes:
    """SHA-1 over the files."""
    return signed(plan().but(digest="sha1"))


@undecided(7, SIGNATURE_NAME, Sub.CRYPTO_CONSTRAINTS_FAILURE)
def digests_by_md5() -> bytes:
    """MD5 over the files."""
    return signed(plan().but(digest="md5"))


@undecided(7, SIGNATURE_NAME, Sub.CRYPTO_CONSTRAINTS_FAILURE)
def signature_by_sha1() -> bytes:
    """RSA with SHA-1."""
    return signed(plan().but(method="http://www.w3.org/2000/09/xmldsig#rsa-sha1", hash="sha1"))


@undecided(7, SIGNATURE_NAME, Sub.CRYPTO_CONSTRAINTS_FAILURE)
def signature_by_hmac() -> bytes:
    """A method with a shared secret, which the public key is taken for."""
    return signed(plan().but(method=f"{MORE}hmac-sha256"))


@undecided(7, SIGNATURE_NAME, Sub.CRYPTO_CONSTRAINTS_FAILURE)
def method_of_another_kind_of_key() -> bytes:
    """ECDSA is said, RSA is the key."""
    return signed(plan().but(method=f"{MORE}ecdsa-sha256"))


@undecided(7, SIGNATURE_NAME, Sub.CRYPTO_CONSTRAINTS_FAILURE)
def signature_by_gost() -> bytes:
    """A national algorithm, which another service has to judge."""
    method = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512"
    return signed(plan().but(method=method))


@undecided(7, SIGNATURE_NAME, Sub.SIG_CONSTRAINTS_FAILURE)
def canonical_form_of_ones_own() -> bytes:
    """A canonicalization that nobody knows."""
    form = "urn:evil:c14n"
    return signed(
        plan().but(
            edit_info=replaced(
                f'CanonicalizationMethod Algorithm="{C14N11}"', f'CanonicalizationMethod Algorithm="{form}"'
            )
        )
    )


@fails(7, SIGNATURE_NAME, Sub.SIG_CRYPTO_FAILURE)
def digest_exchanged() -> bytes:
    """A file and its digest are exchanged together, after signing."""
    evil = replace(REPLY, content=EVIL)
    other = plan().but(files=(evil, ANNEX))
    digests = [re.findall(r"<ds:DigestValue>(.*?)<", signature_file(one).decode())[0] for one in (plan(), other)]
    made = items(plan().but(edit=replaced(*digests)))
    return write_zip([item.but(data=EVIL) if item.name == REPLY.name else item for item in made])


# --- who signed -------------------------------------------------------------------------------------------------------


@fails(
    7,
    SIGNATURE_NAME,
    Sub.SIG_CRYPTO_FAILURE,
    digidoc="accepts: it verifies with another certificate of KeyInfo than the one that it shows",
)
def key_substitution() -> bytes:
    """The victim is named and enclosed, followed by a false authority in his name and the attacker, who signed."""
    victim = pki.signer()
    false_ca = pki.issue("Akimat of Almaty", pki.keys()["rogue"], 20, None, names=("key_cert_sign",), is_ca=True)
    attacker = pki.issue("Attacker", pki.keys()["attacker"], 21, false_ca)
    enclosed = (victim.der, false_ca.der, attacker.der)
    return signed(plan().but(by=attacker, named=victim, key_info=enclosed, answers=(pki.answer(victim),)))


@fails(7, SIGNATURE_NAME, Sub.SIG_CRYPTO_FAILURE)
def key_of_another() -> bytes:
    """The victim's certificate is enclosed and named, the attacker's key signed."""
    return signed(plan().but(key=pki.keys()["attacker"]))


@undecided(7, SIGNATURE_NAME, Sub.NO_SIGNING_CERTIFICATE_FOUND)
def signing_certificate_of_another() -> bytes:
    """The signed property names another certificate than the one in KeyInfo."""
    return signed(plan().but(named=pki.second()))


@undecided(7, SIGNATURE_NAME, Sub.NO_SIGNING_CERTIFICATE_FOUND)
def key_value_alone() -> bytes:
    """A bare key, which is anybody's."""
    return signed(plan().but(key_info=(), key_value=True))


@fails(3, SIGNATURE_NAME)
def two_signing_certificates() -> bytes:
    """Both versions of the property, for two certificates."""
    evil = re.sub(
        r".*(<xades:SigningCertificateV2>.*</xades:SigningCertificateV2>).*",
        r"\1",
        signature_file(plan().but(by=pki.second())).decode().split("\n")[1],
    )
    old = evil.replace("SigningCertificateV2", "SigningCertificate")
    return signed(
        plan().but(edit_properties=replaced("<xades:SigningCertificateV2>", f"{old}<xades:SigningCertificateV2>"))
    )


@fails(3, SIGNATURE_NAME)
def two_certificates_named() -> bytes:
    """One property with two certificates."""
    found = re.compile(r"<xades:Cert>.*?</xades:Cert>")
    return signed(plan().but(edit_properties=partial(found.sub, lambda match: match[0] * 2)))


@undecided(9, SIGNATURE_NAME, Sub.NO_CERTIFICATE_CHAIN_FOUND)
def signer_of_a_false_authority() -> bytes:
    """A certificate in the victim's name, of an authority with the true one's name."""
    return signed(plan().but(by=pki.attacker()))


@undecided(9, SIGNATURE_NAME, Sub.CHAIN_CONSTRAINTS_FAILURE)
def certificate_for_messages() -> bytes:
    """A certificate without nonRepudiation."""
    return signed(plan().but(by=pki.messenger()))


@fails(9, SIGNATURE_NAME, Sub.REVOKED)
def signer_revoked() -> bytes:
    """The certificate was revoked a day before the time stamp."""
    revoked_at = pki.SIGNED_AT - timedelta(days=1)
    return signed(plan().but(answers=(pki.answer(pki.signer(), revoked_at=revoked_at),)))


@undecided(9, SIGNATURE_NAME, Sub.OUT_OF_BOUNDS_NO_POE)
def certificate_over_without_time_stamp() -> bytes:
    """The certificate has ended, and only the signer says that he signed before."""
    return signed(plan().but(by=pki.expired(), stamp=None))


@undecided(9, SIGNATURE_NAME, Sub.TRY_LATER)
def no_answer_on_revocation() -> bytes:
    """Nothing shows that the certificate was not revoked."""
    return signed(plan().but(answers=()))


@undecided(9, SIGNATURE_NAME, Sub.TRY_LATER)
def answer_about_another() -> bytes:
    """The answer on revocation is about another certificate."""
    return signed(plan().but(answers=(pki.answer(pki.second()),)))


@fails(7, "META-INF/signatures1.xml", Sub.SIG_CRYPTO_FAILURE)
def one_of_two_signatures_broken() -> bytes:
    """The first signature is good, the second is not."""
    return write_zip(items(plan(), plan().but(by=pki.second(), key=pki.keys()["attacker"], id="S1")))


@undecided(
    7, SIGNATURE_NAME, Sub.SIG_CONSTRAINTS_FAILURE, digidoc="accepts: it passes over policies that it does not know"
)
def policy_of_ones_own() -> bytes:
    """The signature holds only under a policy that we do not have."""
    policy = (
        "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId><xades:Identifier>urn:evil"
        "</xades:Identifier></xades:SigPolicyId><xades:SigPolicyHash>"
        f'<ds:DigestMethod Algorithm="{DIGESTS["sha256"]}"></ds:DigestMethod>'
        f"<ds:DigestValue>{b64encode(bytes(32)).decode()}</ds:DigestValue>"
        "</xades:SigPolicyHash></xades:SignaturePolicyId></xades:SignaturePolicyIdentifier>"
    )
    return signed(
        plan().but(
            edit_properties=replaced(
                "</xades:SignedSignatureProperties>", f"{policy}</xades:SignedSignatureProperties>"
            )
        )
    )


# --- when -------------------------------------------------------------------------------------------------------------


@undecided(8, SIGNATURE_NAME, Sub.NO_CERTIFICATE_CHAIN_FOUND)
def time_stamp_of_a_false_authority() -> bytes:
    """A token by an authority of the attacker's, in the true one's name."""
    return signed(plan().but(stamp=partial(pki.token, by=pki.rogue_tsa())))


@fails(8, SIGNATURE_NAME, Sub.HASH_FAILURE)
def time_stamp_over_other_bytes() -> bytes:
    """A true token of another signature."""
    return signed(plan().but(stamp=lambda _digest: pki.token(bytes(32))))


@undecided(8, SIGNATURE_NAME, Sub.SIG_CONSTRAINTS_FAILURE)
def time_stamp_by_the_signer() -> bytes:
    """The signer stamps himself."""
    return signed(plan().but(stamp=partial(pki.token, by=pki.signer())))


@undecided(
    8,
    SIGNATURE_NAME,
    Sub.TIMESTAMP_ORDER_FAILURE,
    digidoc="accepts: it does not compare the claimed time with the token",
)
def time_stamp_before_the_claimed_time() -> bytes:
    """The signer claims to have signed a day after the token."""
    return signed(plan().but(signed_at=pki.SIGNED_AT + timedelta(days=1)))


@undecided(
    8, SIGNATURE_NAME, Sub.TIMESTAMP_ORDER_FAILURE, digidoc="accepts: it does not compare the token with the clock"
)
def time_stamp_from_the_future() -> bytes:
    """A token of next year."""
    at = pki.STAMPED_AT.replace(year=2031)
    answer = pki.answer(pki.signer(), at=at + timedelta(seconds=5))
    return signed(plan().but(stamp=partial(pki.token, at=at), answers=(answer,)))


@fails(8, SIGNATURE_NAME, Sub.HASH_FAILURE)
def archive_stamp_over_other_bytes() -> bytes:
    """The archive time stamp is over something else."""
    return signed(plan().but(archive=lambda _digest: archive_token(bytes(32))))


_READ_BY_DIGIDOC = frozenset(
    {
        "prepended-bytes", "prepended-bytes-unnoticed", "appended-bytes", "archive-comment", "two-archives",
        "encryption-flag", "patched-data-flag", "hidden-local-entry", "hidden-bytes-between", "local-name-of-another",
        "symbolic-link", "needless-zip64", "second-name-in-extra-field", "broken-extra-field", "comment-of-a-file",
        "path-traversal-inside",
    }
)  # fmt: skip


def attacks() -> tuple[Attack, ...]:
    """All of them: tricks with the ZIP first."""
    return (*(_of_zip(name, trick) for name, trick in ziptricks.TRICKS.items()), *collection.attacks)


def _of_zip(name: str, trick: ziptricks.Trick) -> Attack:
    held = Collection()
    digidoc = LAXER if name in _READ_BY_DIGIDOC else REFUSES

    def make() -> bytes:
        return trick(items())

    make.__doc__ = ziptricks.NAMES[name][1] if name in ziptricks.NAMES else trick.__doc__
    make.__name__ = name
    held.fails(1, "", digidoc=digidoc)(make)
    return held.attacks[0]
