"""RFC 7512 URIs: what we understand of them, and words for the rest."""

from pathlib import Path

import pytest

from signing.errors import KeyUnusable
from signing.keys.pkcs11_uri import TokenUri

MODULE = "module-path=/usr/lib/libtoken.so"


def test_every_attribute_is_read_with_its_escapes():
    uri = TokenUri.parse(
        f"pkcs11:token=%D0%A2%D0%BE%D0%BA%D0%B5%D0%BD;serial=42;object=mess%20age;id=%01%ff;type=private"
        f"?{MODULE}&pin-source=file:/etc/dalel/pin"
    )

    assert uri == TokenUri(Path("/usr/lib/libtoken.so"), "Токен", "42", "mess age", b"\x01\xff", Path("/etc/dalel/pin"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"pkcs11:object=k?{MODULE}", "token=LABEL or serial="),
        (f"pkcs11:token=t?{MODULE}", "object=LABEL or id="),
        ("pkcs11:token=t;object=k", "module-path is missing"),
        ("pkcs11:token=t;object=k?module-path=libtoken.so", "must be an absolute path"),
        (f"pkcs11:token=t;object=k?{MODULE}&pin-value=1234", "put it in a file: pin-source="),
        (f"pkcs11:token=t;object=k?{MODULE}&pin-source=|/bin/ask", "must be an absolute path"),
        (f"pkcs11:token=t;object=k;type=public?{MODULE}", "type=private"),
        (f"pkcs11:token=t;object=k;slot-id=1?{MODULE}", "'slot-id' is unknown"),
        (f"pkcs11:token=t;token=u;object=k?{MODULE}", "'token' is unknown, empty or doubled"),
        (f"pkcs11:token=%ff;object=k?{MODULE}", "percent-encoded UTF-8"),
    ],
)
def test_what_could_be_misread_is_refused_with_the_cure(text, words):
    with pytest.raises(KeyUnusable, match=words) as refused:
        TokenUri.parse(text)

    assert "1234" not in str(refused.value)


def test_it_tells_people_the_key_and_not_how_it_opens():
    uri = TokenUri.parse(f"pkcs11:token=t;object=k?{MODULE}&pin-source=/etc/dalel/pin")

    assert str(uri) == "key k in token t"
