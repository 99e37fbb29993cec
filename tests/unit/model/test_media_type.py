"""A medium is what its bytes say, and is held against Meta's list and limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.media_samples import GIF, JPEG, NOT_TAKEN, PDF, PNG, TAKEN, TEXT, mp4, ogg, ole, webp
from waypost.model.media_bytes import sniff
from waypost.model.media_type import (
    KINDS,
    MEGABYTE,
    MediumType,
    check_medium,
    check_sample,
    kind_of,
)
from waypost.model.medium import MediumKind

KILOBYTE = 1024


def padded(data: bytes, size: int) -> bytes:
    return data + b"\x00" * (size - len(data))


def codes(checked: MediumType | tuple) -> list[tuple[str, str]]:
    assert isinstance(checked, tuple), checked
    assert all(fault.mend for fault in checked), "every fault says how to mend it"
    return [(fault.path, fault.code) for fault in checked]


@pytest.mark.parametrize("name", TAKEN)
def test_what_meta_takes_is_known_by_its_bytes(name):
    mime_type, data = TAKEN[name]

    for declared in (None, "", mime_type, f"{mime_type.upper()}; codecs=opus"):
        checked = check_medium(data, declared)
        assert isinstance(checked, MediumType)
        assert checked.mime_type == mime_type
        assert checked.kind is KINDS[mime_type]
        assert checked.is_animated is (name == "animated sticker")


def test_every_type_that_meta_takes_is_tried_here():
    assert {mime_type for mime_type, _ in TAKEN.values()} == set(KINDS)


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_what_meta_does_not_take_is_named(name):
    mime_type, data = NOT_TAKEN[name]

    assert sniff(data) == mime_type
    checked = check_medium(data, None)
    assert codes(checked) == [("/file", "medium_type_unsupported")]
    assert isinstance(checked, tuple)
    if mime_type != "application/octet-stream":
        assert mime_type in checked[0].message


def test_a_declared_type_that_is_not_the_files_is_named_with_the_right_one():
    checked = check_medium(PNG, "image/jpeg")

    assert codes(checked) == [("/type", "medium_type_mismatch")]
    assert isinstance(checked, tuple)
    assert checked[0].message == "The type says image/jpeg, but the file is image/png."
    assert checked[0].mend is not None
    assert "image/png" in checked[0].mend
    assert checked[0].meta_code == 131053


def test_a_declared_type_that_meta_does_not_take_is_named_beside_the_file():
    assert codes(check_medium(GIF, "image/svg+xml")) == [
        ("/type", "medium_type_unsupported"),
        ("/file", "medium_type_unsupported"),
    ]
    assert codes(check_medium(GIF, "image/gif")) == [("/file", "medium_type_unsupported")]
    assert codes(check_medium(TEXT, "text/csv")) == [("/type", "medium_type_unsupported")]


@pytest.mark.parametrize(
    ("declared", "data"),
    [("image/jpg", JPEG), ("audio/mp3", TAKEN["mp3"][1]), ("audio/x-m4a", TAKEN["m4a"][1])],
)
def test_other_spellings_of_a_type_are_the_same_type(declared, data):
    assert isinstance(check_medium(data, declared), MediumType)


def test_an_mp4_whose_tracks_are_not_named_is_what_it_is_declared_to_be():
    assert check_medium(mp4(), "audio/mp4") == MediumType(MediumKind.AUDIO, "audio/mp4")
    assert check_medium(mp4(), None, "voice.m4a") == MediumType(MediumKind.AUDIO, "audio/mp4")
    assert codes(check_medium(mp4(b"vide"), "audio/mp4")) == [("/type", "medium_type_mismatch")]


def test_a_document_within_a_document_is_the_one_that_is_declared():
    data = ole("Workbook", "WordDocument")

    assert check_medium(data, "application/msword") == MediumType(
        MediumKind.DOCUMENT, "application/msword"
    )
    assert check_medium(data, None, "letter.doc") == check_medium(data, "application/msword")
    assert check_medium(data, None) == MediumType(MediumKind.DOCUMENT, "application/vnd.ms-excel")


@pytest.mark.parametrize(
    ("data", "most"),
    [
        (JPEG, 5 * MEGABYTE),
        (webp(), 100 * KILOBYTE),
        (webp(is_animated=True), 500 * KILOBYTE),
        (TAKEN["amr"][1], 16 * MEGABYTE),
        (mp4(b"vide"), 16 * MEGABYTE),
        (PDF, 100 * MEGABYTE),
    ],
    ids=["image", "still sticker", "animated sticker", "audio", "video", "document"],
)
def test_each_kind_has_its_largest_size(data, most):
    assert isinstance(check_medium(padded(data, most), None), MediumType)
    assert codes(check_medium(padded(data, most + 1), None)) == [("/file", "medium_too_large")]


def test_everything_that_is_wrong_is_told_at_once():
    assert codes(check_medium(padded(webp(), 200 * KILOBYTE), "image/png")) == [
        ("/type", "medium_type_mismatch"),
        ("/file", "medium_too_large"),
    ]


def test_an_empty_file_is_told():
    assert codes(check_medium(b"", "image/jpeg")) == [("/file", "medium_empty")]


def test_stereo_opus_is_told():
    checked = check_medium(ogg(channels=2), "audio/ogg")

    assert codes(checked) == [("/file", "medium_not_mono")]


def jpeg(colours: int, *before: bytes) -> bytes:
    frame = b"\xff\xc2\x00\x11\x08\x00\x10\x00\x10" + bytes([colours]) + b"\x00" * 12
    return b"\xff\xd8" + b"".join(before) + frame + b"\xff\xda\x00\x08" + b"\x00" * 20


def test_pictures_for_print_and_of_16_bits_are_told():
    segment = b"\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 9
    deep = PNG[:24] + b"\x10" + PNG[25:]

    assert codes(check_medium(jpeg(4, segment), None)) == [("/file", "medium_colours")]
    assert codes(check_medium(deep, "image/png")) == [("/file", "medium_colours")]
    assert codes(check_medium(jpeg(4, segment, b"\xff\xff"), None)) == [("/file", "medium_colours")]
    assert isinstance(check_medium(jpeg(3, segment), None), MediumType)
    assert isinstance(check_medium(jpeg(1, segment), None), MediumType)


@pytest.mark.parametrize("name", ["sample.pdf", "a b.pdf", "x" * 251 + ".pdf", "दस्तावेज़.pdf"])
def test_a_sample_is_one_of_four_types_with_a_good_name(name):
    assert check_sample(PDF, "application/pdf", name) == MediumType(
        MediumKind.DOCUMENT, "application/pdf"
    )


@pytest.mark.parametrize(
    "name", ["", "sample", ".pdf", "sample.", "x" * 252 + ".pdf", "a\nb.pdf"]
    + [f"a{bad}b.pdf" for bad in "\\/<@%"]
)  # fmt: skip
def test_a_sample_with_a_bad_name_is_told(name):
    assert codes(check_sample(PDF, None, name)) == [("/file", "medium_file_name")]


def test_a_sample_of_another_type_is_told():
    assert codes(check_sample(TEXT, "text/plain", "a.txt")) == [
        ("/file", "medium_type_unsupported")
    ]
    assert codes(check_sample(b"", None, "")) == [
        ("/file", "medium_file_name"),
        ("/file", "medium_empty"),
    ]
    assert codes(check_sample(JPEG, "image/png", "a.png")) == [("/type", "medium_type_mismatch")]


def test_a_sample_may_be_larger_than_a_medium_of_its_kind():
    assert isinstance(check_sample(padded(JPEG, 6 * MEGABYTE), None, "a.jpg"), MediumType)
    assert codes(check_sample(padded(JPEG, 100 * MEGABYTE + 1), None, "a.jpg")) == [
        ("/file", "medium_too_large")
    ]


@pytest.mark.parametrize(
    ("mime_type", "kind"),
    [
        ("image/jpeg", "image"),
        ("image/webp", "sticker"),
        ("audio/ogg; codecs=opus", "audio"),
        ("video/webm", "video"),
        ("text/csv", "document"),
    ],
)
def test_a_type_that_meta_names_has_a_kind(mime_type, kind):
    assert kind_of(mime_type) == kind


@given(st.binary(max_size=200), st.sampled_from([one for _, one in TAKEN.values()]))
def test_any_bytes_at_all_are_judged_without_a_surprise(tail, start):
    for cut in (0, 3, 8, 16, len(start)):
        checked = check_medium(start[:cut] + tail, None)
        assert isinstance(checked, MediumType) or checked
