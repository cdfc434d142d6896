import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import xmlsafe
from contracts.codes import Code
from contracts.errors import NotReadable


def refusal(data: bytes, **bounds: int) -> Code:
    with pytest.raises(NotReadable) as caught:
        xmlsafe.parse(data, **bounds)
    return caught.value.code


@pytest.mark.parametrize(
    "data",
    [
        b"<a/>",
        b'<?xml version="1.0"?><a/>',
        b"<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\r\n\r\n<a/>",
        b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><a/>",
        '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"),
        "<a/>".encode("utf-16-be").join([b"\xfe\xff", b""]),
        b"\n <a/>\n",
    ],
)
def test_honest_documents_are_read(data):
    assert xmlsafe.parse(data).tag == "a"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"hello",
        b"<a>",
        b"<a/><b/>",
        b"<a>&undefined;</a>",
        b"<a>\x00</a>",
        b"<a>\xff</a>",
        b"<a b='1' b='2'/>",
        b"<x:a/>",
        b"\x1f\x8b\x08\x00\x00",
        b"\xff\xfea",
        b" <?xml version='1.0'?><a/>",
        b"<?xml version='1.1'?><a/>",
        b"<?xml version='1.0' encoding='windows-1251'?><a/>",
        b"<?xml version='1.0' encoding='UTF-7'?>+ADw-a/+AD4-",
        b"<?xml version='1.0' encoding='utf-16'?><a/>",
        b"<?style?><a/>",
        b"<!-- c --><a/>",
        b"<a><!-- c --></a>",
        b"<a><?pi x?></a>",
        b"<a/><!-- c -->",
        b"<a/><?pi x?>",
        b"<a><!DOCTYPE a></a>",
        "<a/>".encode("utf-16-le"),
        "<a/>".encode("utf-32"),
    ],
)
def test_what_is_no_xml_for_us_is_refused(data):
    assert refusal(data) is Code.NOT_XML


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE a><a/>",
        b"<!doctype a><a/>",
        b"<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        b"<!-- first --><!DOCTYPE a><a/>",
        b"<!DOCTYPE a [<!ENTITY x 'y'><!ENTITY z '&x;&x;'>]><a>&z;</a>",
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
    ],
)
def test_a_doctype_is_refused_by_its_own_code(data):
    assert refusal(data) is Code.DOCTYPE_FORBIDDEN


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" * 65 + b"</a>" * 65,
        b"<a " + b" ".join(b'a%d="1"' % n for n in range(65)) + b"/>",
        b"<a>" + b"<b c='1' d='2'/>" * 5_001 + b"</a>",
        b"<a " + b" ".join(b'xmlns:a%d="u:%d"' % (n, n) for n in range(201)) + b"/>",
        b"<a xmlns = '" + b"u" * 513 + b"'/>",
        b"<a><b xmlns:c='" + b"u" * 513 + b"' c:d=''/></a>",
        b"<a>" + b"<b/>" * 250_000 + b"</a>",
        b"<a>" + b"x" * (8 * 1024 * 1024) + b"</a>",
    ],
    ids=[
        "depth",
        "attributes",
        "attributes in all",
        "namespaces",
        "name of a namespace",
        "namespace of an attribute",
        "elements",
        "bytes",
    ],
)
def test_bounds_hold(data):
    assert refusal(data) is Code.TOO_LARGE


def test_at_the_bounds_documents_are_read():
    assert len(list(xmlsafe.parse(b"<a>" * 64 + b"</a>" * 64).iter())) == 64
    assert len(xmlsafe.parse(b"<a " + b" ".join(b'a%d="1"' % n for n in range(64)) + b"/>").keys()) == 64
    assert len(xmlsafe.parse(b"<a>" + b"<b c='1' d='2'/>" * 5_000 + b"</a>")) == 5_000
    assert len(xmlsafe.parse(b"<a xmlns='" + b"u" * 512 + b"' b='" + b"c" * 2_000 + b"'/>").tag) == 515
    assert len(xmlsafe.parse(b"<a>" + b"x" * (6 * 1024 * 1024) + b"</a>").text) == 6 * 1024 * 1024


def test_the_limit_is_the_callers():
    assert refusal(b"<abc/>", limit_bytes=5) is Code.TOO_LARGE
    xmlsafe.parse(b"<abc/>", limit_bytes=6)


def test_lines_are_those_of_the_document_received():
    root = xmlsafe.parse(b'<?xml version="1.0"\n encoding="UTF-8"?>\n<a>\n <b/>\n</a>')

    assert (xmlsafe.line_of(root), xmlsafe.line_of(root[0])) == (3, 4)


def test_canonical_form_has_only_visibly_used_namespaces_of_the_apex():
    root = xmlsafe.parse(b'<e:a xmlns:e="urn:e" xmlns:d="urn:d" xmlns:x="urn:x"><d:b k="2" a="1">t</d:b> tail</e:a>')

    assert xmlsafe.canonical(root[0]) == b'<d:b xmlns:d="urn:d" a="1" k="2">t</d:b>'


def test_no_canonical_form_is_a_refusal_and_never_an_empty_string():
    with pytest.raises(NotReadable):
        xmlsafe.canonical(xmlsafe.parse(b'<a xmlns="relative/uri"/>'))


@settings(max_examples=200)
@given(st.binary(max_size=60) | st.text("<>/a!?&;[]'\"= -xmlDOCTYPE", max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    try:
        root = xmlsafe.parse(data)
    except NotReadable:
        return
    assert b"<!" not in xmlsafe.canonical(root)
