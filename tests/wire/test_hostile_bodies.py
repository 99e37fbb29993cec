"""Bodies meant to hurt: each gets its faults, soon, and never an exception."""

import json

import pytest

from support.sends import accepted, parse, refused, text, wrap
from waypost.model.refusal import Reason, Refusal
from waypost.model.submission import Submission
from waypost.wire.envelope import render_refusal

MEBIBYTE = 2**20


def fault(body):
    """The one fault of a body that is no JSON."""
    (only,) = parse(body)
    assert only.path == ""
    return only.code, only.line, only.column


def with_text(raw: bytes) -> bytes:
    """A text message whose text is this JSON."""
    return json.dumps(wrap(text("HERE"))).encode().replace(b'"HERE"', raw)


@pytest.mark.parametrize("body", [b"", b" ", b"\n\t\r ", b"\n" * 1000])
def test_an_empty_body_says_so(body):
    assert fault(body) == ("empty_body", 1, 1)


@pytest.mark.parametrize("body", ["null", "true", "7", '"text"', "[]", "[[]]", '[{"to":1}]'])
def test_a_body_that_is_no_object_says_so(body):
    assert refused(body) == [("", "wrong_type")]


def test_a_byte_order_mark_is_told():
    assert fault(b"\xef\xbb\xbf" + json.dumps(wrap(text())).encode()) == ("byte_order_mark", 1, 1)


def test_what_is_not_utf8_is_told_with_its_place():
    assert fault(b'{\n "\xc3\xa9\xff": 1}') == ("invalid_utf8", 2, 4)
    assert fault(b"\xff") == ("invalid_utf8", 1, 1)
    assert fault(with_text(b'"\xed\xa0\x80"'))[0] == "invalid_utf8"
    assert fault('{"a": "é"}'.encode("utf-16"))[0] == "invalid_utf8"


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        ('{"a": 1', 1, 8),
        ('{"a": 1 "b": 2}', 1, 9),
        ('{\n  "a": é\n}', 2, 8),
        ('{"ééé": x}', 1, 9),
        ('{"a": 1}\n}', 2, 1),
        ("{'a': 1}", 1, 2),
        ('{"a" 1}', 1, 6),
        ('{"a": "b', 1, 7),
        ('{"a": "\t"}', 1, 8),
        ('{"a": "\\x"}', 1, 8),
        ('{"a": "\\u12"}', 1, 9),
        ('{"a": NaN}', 1, 7),
        ('{"NaN": [1, -Infinity]}', 1, 13),
        ('{"a": 01}', 1, 8),
        ('{"a": .5}', 1, 7),
        ('{"a": +1}', 1, 7),
        ("{a: 1}", 1, 2),
        ('{"a": 1} // why', 1, 10),
        ('{"a": [1,\n\n,]}', 3, 1),
    ],
)
def test_a_fault_of_the_json_is_told_with_line_and_column(body, line, column):
    code, *place = fault(body)

    assert code == "invalid_json"
    assert place == [line, column]


def test_places_after_trailing_commas_are_those_of_the_body_as_sent():
    assert fault('{"a": [1,],\n "b": {"c": 2,},\n "d" 3}') == ("invalid_json", 3, 6)


@pytest.mark.parametrize("bracket", [b"[", b'{"a":', b'[{"a":', b"[1,"])
@pytest.mark.parametrize("closed", [True, False])
def test_a_hundred_thousand_brackets_are_too_deep(bracket, closed):
    code, line, column = fault(bracket * 100_000 + b"]" * 100_000 * closed)

    assert (code, line) == ("too_deep", 1)
    assert column <= 65 * len(bracket)


@pytest.mark.parametrize("levels", [1, 63])
def test_sixty_four_levels_are_deep_enough(levels):
    body = json.dumps({**text(), "x": "HERE"}).replace('"HERE"', "[" * levels + "]" * levels)

    assert accepted(body)


def test_the_sixty_fifth_level_is_too_deep():
    assert fault('{"a":' + "[" * 63 + '[1, {"b": 2}]' + "]" * 63 + "}") == ("too_deep", 1, 69)
    assert fault('{"[{":' + "[" * 64 + "]" * 64 + "}") == ("too_deep", 1, 70)


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "9" * 5000, "18446744073709551616", "-9223372036854775809"]
)
def test_a_number_that_nobody_can_hold_is_told_where_it_stands(number):
    body = json.dumps(wrap({**text(), "x": {"a/b~c": [0, "HERE"]}})).replace('"HERE"', number)

    assert refused(body) == [("/messaging_object/x/a~1b~0c/1", "number_out_of_range")]
    assert refused(with_text(number.encode())) == [
        ("/messaging_object/text/body", "number_out_of_range")
    ]


@pytest.mark.parametrize("half", [r"\ud800", r"\udc00", r"\uD83Dx", r"\ude00\ud83d"])
def test_half_a_surrogate_pair_is_told_where_it_stands(half):
    assert refused(with_text(b'"%b"' % half.encode())) == [
        ("/messaging_object/text/body", "lone_surrogate")
    ]
    assert refused(with_text(b'"a", "%b": 1' % half.encode()))[0][1] == "lone_surrogate"
    assert refused(json.dumps(wrap(text(), ref="HERE")).replace("HERE", half)) == [
        ("/extra_info/ref", "lone_surrogate")
    ]


def test_a_whole_surrogate_pair_is_one_character():
    sent = accepted(with_text(rb'"\ud83d\ude00"')).content.json

    assert json.loads(sent)["text"]["body"] == "😀"


@pytest.mark.parametrize(
    "key",
    ["messaging_product", "recipient_type", "to", "type", "recipient"],
)
def test_half_a_surrogate_pair_in_any_field_gives_an_answer_that_can_be_sent(key):
    message = {**text(), key: "\ud800" * 50}
    if key == "recipient":
        del message["to"]
    result = parse(wrap(message))

    assert isinstance(result, tuple)
    assert render_refusal(Refusal(Reason.PAYLOAD, result)).body.decode()


HUGE = {
    "spaces": b" " * MEBIBYTE,
    "quotes": b'"' * MEBIBYTE,
    "escaped quotes": b'"' + b'\\"' * (MEBIBYTE // 2),
    "backslashes": b'{"a": "' + b"\\" * MEBIBYTE,
    "commas": b"," * MEBIBYTE,
    "commas in an array": b"[1" + b"," * MEBIBYTE,
    "commas and spaces": b"[" + b"1, " * (MEBIBYTE // 3),
    "a comma before many spaces": b"[1," + b" " * MEBIBYTE + b"x",
    "brackets before many spaces": (b"[" + b" " * 1000) * 1000,
    "braces": b"{" * MEBIBYTE,
    "closing brackets": b"]" * MEBIBYTE,
    "digits": b"9" * MEBIBYTE,
    "a fraction": b"0." + b"9" * MEBIBYTE,
    "an exponent": b"1e" + b"9" * MEBIBYTE,
    "NaN at the end": b"[" + b'"NaN",' * 100_000 + b"NaN]",
    "zeros": b"\0" * MEBIBYTE,
    "high bytes": b"\xff" * MEBIBYTE,
    "a long recipient": json.dumps(wrap({**text(), "to": "9" * MEBIBYTE})).encode(),
    "many commas for recipients": json.dumps(wrap({**text(), "to": "," * MEBIBYTE})).encode(),
    "many components": json.dumps(
        wrap({**text(), "type": "template", "template": {"components": [0] * 300_000}})
    ).encode(),
    "many cards": json.dumps(
        wrap(
            {
                **text(),
                "type": "template",
                "template": {"components": [{"type": "carousel", "cards": [{}] * 300_000}]},
            }
        )
    ).encode(),
    "many outsize numbers": with_text(b"[" + b"1e999," * 150_000 + b"1]"),
    "outsize numbers under a long key": with_text(
        b'"x", "%b": [%b1]' % (b"k" * 500_000, b"1e999," * 1000)
    ),
    "many half characters": with_text(b'"' + rb"\ud800" * 150_000 + b'"'),
    "a long product": json.dumps(wrap({**text(), "messaging_product": "x" * MEBIBYTE})).encode(),
    "a long type": json.dumps(wrap({**text(), "type": "x" * MEBIBYTE})).encode(),
}


@pytest.mark.parametrize("name", HUGE)
@pytest.mark.timeout(10)
def test_a_mebibyte_of_anything_is_refused_with_a_small_answer(name):
    result = parse(HUGE[name])

    assert isinstance(result, tuple)
    assert len(render_refusal(Refusal(Reason.PAYLOAD, result)).body) < 100_000


@pytest.mark.timeout(10)
def test_a_mebibyte_of_message_is_accepted():
    assert isinstance(parse(wrap(text("x" * MEBIBYTE))), Submission)
    assert isinstance(parse(wrap({**text(), "x": [[{}]] * 100_000})), Submission)
