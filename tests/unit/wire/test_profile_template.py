"""wire/profile_template.py: customers' own URLs and bodies, escaped as their place asks."""

import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.wire.profile_template import Values, check_template, fill_body, fill_url

ENVELOPE = {
    "meta_object": {"value": {"statuses": [{"id": "wamid.1", "billable": True}]}},
    "extra_info": {"ref": "a&b", "trace_id": None},
    "status": "not sent",
}
NASTY = "a\"b\\c<d>&'e\n\u00e9 /?#%+=\u2028"


def values(**variables):
    return Values(variables, json.dumps(ENVELOPE).encode())


def test_a_url_holds_variables_percent_encoded():
    url = "https://shop.example/hook?id=<id>&status=<status>&who=<mobile>"

    filled = fill_url(url, values(id="A1", status="not-sent", mobile="a b&c=d/#"))

    assert filled == "https://shop.example/hook?id=A1&status=not-sent&who=a%20b%26c%3Dd%2F%23"


def test_a_path_into_the_envelope_is_followed_through_lists():
    filled = fill_url("https://s/?w=<meta_object.value.statuses.0.id>", values())

    assert filled == "https://s/?w=wamid.1"


@pytest.mark.parametrize(
    "name",
    [
        "extra_info.nothing",
        "meta_object.value.statuses.7.id",
        "status.deeper",
        "extra_info.trace_id",
    ],
)
def test_what_is_not_there_is_empty(name):
    assert fill_url(f"https://s/?x=<{name}>&y", values()) == "https://s/?x=&y"


def test_a_documented_variable_goes_before_a_key_of_the_envelope():
    assert fill_body("<status>", "text/plain", values(status="not-sent")) == b"not-sent"
    assert fill_body("<status>", "text/plain", values()) == b"not sent"


def test_a_json_body_stays_json_whatever_stands_in_it():
    body = '{"a":"<x>","b":"before <x> after","c":<x>,"d":<meta_object>,"e":[<extra_info.no>]}'

    filled = json.loads(fill_body(body, "application/json; charset=utf-8", values(x=NASTY)))

    assert filled == {
        "a": NASTY,
        "b": f"before {NASTY} after",
        "c": NASTY,
        "d": ENVELOPE["meta_object"],
        "e": [""],
    }


def test_a_quote_escaped_in_the_template_does_not_end_its_text():
    filled = fill_body(r'{"a":"\"<x>\\","b":<x>}', "application/json", values(x='"'))

    assert json.loads(filled) == {"a": '""\\', "b": '"'}


def test_a_number_of_the_envelope_stays_one_outside_of_quotes():
    body = '{"a":<meta_object.value.statuses.0.billable>}'

    assert fill_body(body, "application/vnd.shop+json", values()) == b'{"a":true}'


def test_an_xml_body_keeps_its_elements_and_fills_what_stands_in_them():
    body = '<status id="<id>"><status><status></status><note>is <note></note></status>'

    filled = fill_body(body, "text/xml", values(id='"><x y="', status="a<b>&c\x00", note="]]>"))

    root = ET.fromstring(filled.decode())
    assert root.get("id") == '"><x y="'
    assert [(one.tag, one.text) for one in root] == [("status", "a<b>&c"), ("note", "is ]]>")]


def test_a_form_is_encoded_as_forms_are():
    filled = fill_body("a=<x>&b=1", "application/x-www-form-urlencoded", values(x="1 +&=\u00e9"))

    assert filled == b"a=1+%2B%26%3D%C3%A9&b=1"


def test_plain_text_is_written_as_it_is():
    assert fill_body("to <x>", "text/plain", values(x=NASTY)).decode() == f"to {NASTY}"


def test_a_value_is_not_read_as_a_template():
    assert fill_body("<x>", "text/plain", values(x="<y>", y="no")) == b"<y>"


@given(st.text())
def test_no_value_ends_its_json_text(value):
    body = '{"a":"<x>","b":<x>}'

    assert json.loads(fill_body(body, "application/json", values(x=value))) == {
        "a": value,
        "b": value,
    }


def told(text):
    """What XML can hold of a text."""
    return "".join(
        one for one in text if one in "\t\n\r" or (one >= " " and one not in "\ufffe\uffff")
    )


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("]>[<!\r\n\t &;\"'\ufffea"))
def test_whoever_reads_the_xml_has_every_value_back(value):
    body = "<a b=\"<x>\" c='<x>'><d><x></d><e><![CDATA[<x>]]></e><f><![CDATA[1]]><x></f></a>"

    root = ET.fromstring(fill_body(body, "text/xml; charset=utf-8", values(x=value)))

    assert [root.get("b"), root.get("c")] == [told(value)] * 2
    found = [one.text or "" for one in root]
    assert found == [told(value), told(value), f"1{told(value)}"]


def test_a_good_template_has_no_faults():
    url = "https://shop.example/<ref>?id=<id>&trace=<extra_info.trace_id>"

    assert check_template(url, '{"status":"<status>","price":<price>}', "application/json") == []
    assert check_template("https://s/", "<a><ref></a>", "application/xml") == []
    assert check_template("https://s/", None, "application/json") == []


@pytest.mark.parametrize(
    ("url", "body", "kind", "said"),
    [
        ("https://s/?x=<reff>", None, "", "<reff> in the URL is no variable"),
        ("https://s/", "<refx.y>", "text/plain", "<refx.y> in the body is no variable"),
        ("https://<ref>.shop.example/", None, "", "<ref> stands in the host"),
        ("<ref>", None, "", "<ref> stands in the host"),
        ("https://s/", '{"a":<ref>', "application/json", "no JSON once its placeholders"),
        ("https://s/", '{"a":x<ref>}', "application/json", "no JSON once its placeholders"),
    ],
)
def test_what_is_wrong_with_a_template_is_said(url, body, kind, said):
    (fault,) = check_template(url, body, kind)

    assert said in fault
