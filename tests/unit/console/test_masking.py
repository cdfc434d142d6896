"""Nothing that could name a citizen is shown unless it is known to be harmless."""

from __future__ import annotations

from gateway.reading.masking import MASK, MOST_BYTES, masked, whole

ENVELOPE = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"""
OURS = 'xmlns="urn:dalel:exchange:v1"'


def shown(body: str, header: str = "") -> str:
    text = masked(ENVELOPE.format(header=header, body=body).encode()).text
    assert text is not None
    return text


def test_numbers_of_the_exchange_stay_and_what_a_citizen_wrote_or_is_called_does_not():
    text = shown(f"<a {OURS}><messageId>m-1</messageId><iinBin>900101300017</iinBin><name>Гүлнұр</name></a>")
    assert "m-1" in text
    assert "900101300017" not in text
    assert "Гүлнұр" not in text
    assert text.count(MASK) == 2


def test_an_element_of_another_namespace_is_masked_whatever_it_is_called():
    assert "900101300017" not in shown('<messageId xmlns="urn:elsewhere">900101300017</messageId>')


def test_words_hidden_in_attributes_comments_and_between_elements_are_masked():
    text = shown(f"<a {OURS} note='900101300017'>x<b/>900101300017</a>")
    assert "900101300017" not in text


def test_a_signature_is_open_in_the_header_and_masked_in_the_body_where_it_may_be_the_citizens():
    certificate = "<ds:X509Certificate>MIIC</ds:X509Certificate>"
    assert "MIIC" in shown("", header=certificate)
    assert "MIIC" not in shown(certificate)


def test_what_is_no_xml_is_not_shown_at_all_to_those_who_may_not_read_it():
    assert masked(b"<html>Gulnur").text is None
    assert masked(b"<html>Gulnur").why == "not_xml"
    assert whole(b"<html>Gulnur").text == "<html>Gulnur"


def test_what_was_erased_or_is_very_long_is_told_and_not_shown():
    assert masked(b"").why == whole(b"").why == "erased"
    assert masked(b"x" * (MOST_BYTES + 1)).why == "too_long"
