"""Where a provider on the open net may have browsers sent to: by https, or nowhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.openid.provider import read_description
from connectors.ports.identity import ProviderAway

NOW = datetime(2026, 11, 27, tzinfo=UTC)
ISSUER = "https://id.example.kz/realms/staff"


def document(**changed: object) -> dict[str, object]:
    places = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    return {"issuer": ISSUER, **places, "end_session_endpoint": f"{ISSUER}/logout", **changed}


def test_the_address_to_sign_out_at_is_taken_from_the_providers_own_document():
    assert read_description(document(), ISSUER, now=NOW).end_session == f"{ISSUER}/logout"


@pytest.mark.parametrize(
    "place",
    [
        None,
        "",
        7,
        "http://id.example.kz/logout",
        "javascript:alert(1)",
        "https:///logout",
        "//id.example.kz/logout",
        "https://id.example.kz/logout#there",
        "https://id.example.kz/log\nout",
        "https://[id/logout",
    ],
)
def test_one_that_is_no_address_by_https_is_none_and_the_rest_still_counts(place: object):
    described = read_description(document(end_session_endpoint=place), ISSUER, now=NOW)
    assert described.end_session is None
    assert described.authorize == f"{ISSUER}/authorization_endpoint"


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("place", [None, "http://id.example.kz/x", "https:///x"])
def test_without_an_address_to_sign_in_at_it_is_as_good_as_away(name: str, place: object):
    with pytest.raises(ProviderAway, match=name):
        read_description(document(**{name: place}), ISSUER, now=NOW)


def test_a_document_of_another_issuer_says_nothing_of_ours():
    with pytest.raises(ProviderAway, match="another issuer"):
        read_description(document(issuer="https://id.example.org"), ISSUER, now=NOW)
