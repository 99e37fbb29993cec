"""The page's files, pictures and media: what is served, how it is sealed, and what is not."""

import asyncio
from base64 import b64encode
from xml.etree.ElementTree import fromstring

import pytest

from meta_emulator.page.pictures import medium_picture, product_picture
from meta_emulator.page.serving import names
from support.emulated import emulated

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def asked(path, headers=None):
    return asyncio.run(emulated().ask("GET", path, headers=headers))


def test_a_browser_gets_the_page_and_a_client_metas_error():
    page = asked("/", BROWSER)
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    client = asked("/", {"accept": "*/*"})
    assert client.status == 401
    assert client.json["error"]["code"] == 190


def test_everything_the_page_names_is_there():
    html = asked("/", BROWSER).body.decode()
    named = [part.split('"')[0] for part in html.split("/_emulator/ui/")[1:]]
    assert "main.js" in named
    for name in [*named, *names()]:
        assert asked(f"/_emulator/ui/{name}").status == 200, name


def test_no_script_and_no_style_stands_in_the_page_or_is_let_through():
    page = asked("/", BROWSER)
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    html = page.body.decode()
    assert "<style" not in html
    assert html.count("<script") == html.count("<script type=")
    assert " style=" not in html
    assert " on" not in html.replace(" only", "")


@pytest.mark.parametrize("name", ["..%2fserving.py", "serving.py", "../serving.py", ".", "x.js"])
def test_no_other_file_is_served(name):
    assert asked(f"/_emulator/ui/{name}").status == 404


def test_a_name_with_markup_is_text_in_its_drawing():
    drawing = fromstring(product_picture("<&>", "<script> &amp"))
    assert drawing.tag.endswith("svg")
    assert not [one for one in drawing.iter() if one.tag.endswith("script")]
    assert product_picture("a", "Aloe") == product_picture("a", "Aloe")
    fromstring(medium_picture("video", '"><script>'))


def test_seeded_media_are_drawn_and_files_of_persons_are_sealed():
    drawn = asked("/_emulator/media/1558081531584829")
    assert drawn.headers["content-type"] == "image/svg+xml"

    async def scenario():
        made = emulated()
        content = b64encode(b"<script>alert(1)</script>").decode()
        medium = {"content": content, "mime_type": "text/html", "kind": "document"}
        order = {"from": "+919876543210", "medium": medium}
        await made.ask("POST", "/_emulator/inbound", order)
        (_, inbound), *_ = made.emulator.state.inbound.after(0)
        return await made.ask("GET", f"/_emulator/media/{inbound.message['document']['id']}")

    held = asyncio.run(scenario())
    assert held.body == b"<script>alert(1)</script>"
    assert held.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert held.headers["x-content-type-options"] == "nosniff"
    assert held.headers["content-disposition"].startswith("attachment")


def test_an_unknown_medium_is_said_so():
    answer = asked("/_emulator/media/1")
    assert (answer.status, "there is no medium 1" in answer.json["error"]) == (404, True)
