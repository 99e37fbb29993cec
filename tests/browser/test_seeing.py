"""What a person, and a developer, see on the page: live, at every width, and safely."""

from urllib.error import HTTPError

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 800}
HOSTILE = [
    '<img src=x onerror="document.title=1"><script>document.title=2</script>',
    "\u202eتجربة من اليمين *عريض*",
    "x" * 4096,
    "👩‍👩‍👧‍👦🇮🇳",
    "*_~```",
    "javascript:alert(1) http://a.example/?<b>",
]


def fits(page) -> bool:
    """Whether nothing sticks out sideways, of the page or of the thread."""
    return page.evaluate(
        "[document.documentElement, document.querySelector('.thread')].filter(Boolean)"
        ".every(one => one.scrollWidth <= one.clientWidth)"
    )


def test_a_message_comes_without_a_reload(opened, person):
    person.gets(type="text", text={"body": "First"})
    page = opened.page(person.address)
    expect(page.locator(".message")).to_have_count(1)

    person.gets(type="text", text={"body": "Second"})

    expect(page.locator(".message")).to_have_count(2)
    expect(page.get_by_role("img", name="Read")).to_have_count(3)  # two, and one in the inbox


def test_two_tabs_show_the_same(opened, person):
    person.gets(type="text", text={"body": "Hello"})
    one, other = opened.page(person.address), opened.page(person.address)

    one.get_by_label(f"Message as +{person.digits}").fill("From one")
    one.keyboard.press("Enter")

    expect(other.locator(".message-own")).to_contain_text("From one")


def test_a_failed_message_shows_metas_code_and_title(opened, person):
    person.emulator.ask("POST", "/_emulator/faults", {"fail": {"code": 131049, "count": 1}})
    person.gets(type="text", text={"body": "Will it come?"})
    page = opened.page(person.address)

    failure = page.locator(".failure")
    expect(failure).to_contain_text("131049")
    expect(failure).to_contain_text("to maintain healthy ecosystem engagement")
    expect(page.locator(".message").get_by_role("img", name="Failed")).to_be_visible()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("text", HOSTILE, ids=["markup", "rtl", "long", "emoji", "signs", "link"])
def test_a_hostile_text_is_text_and_breaks_nothing(opened, person, text, size):
    person.gets(type="text", text={"body": text})
    person.emulator.ask("POST", "/_emulator/inbound", {"from": f"+{person.digits}", "text": text})
    page = opened.page(person.address, size)

    expect(page.locator(".message")).to_have_count(2)
    shown = page.locator(".message-own .body").text_content()
    assert shown.replace("*", "") == text.replace("*", "")
    assert page.locator(".thread img, .thread script").count() == 0
    assert "Inbox" in page.title()
    assert page.locator('.thread a[href^="javascript"]').count() == 0
    assert fits(page)


def test_who_reads_by_hand_reads_when_the_conversation_is_opened(opened, person):
    habit = {"person": person.digits, "reads_by_hand": True}
    person.emulator.ask("POST", "/_emulator/habits", habit)
    person.gets(type="text", text={"body": "Read me"})
    page = opened.page(person.inbox)
    row = page.get_by_role("link", name=f"+{person.digits}")
    expect(row.get_by_role("img", name="Delivered")).to_be_visible()
    expect(row.get_by_label("1 unread")).to_be_visible()

    row.click()

    expect(page.locator(".message").get_by_role("img", name="Read")).to_be_visible()
    expect(row.get_by_label("1 unread")).to_have_count(0)


def test_the_request_and_the_webhooks_of_a_message_are_shown(opened, person):
    wamid = person.gets(type="text", text={"body": "Look inside"})
    page = opened.page(person.address)
    expect(page.locator(".message").get_by_role("img", name="Read")).to_be_visible()

    page.get_by_role("button", name="Message actions").click()
    page.get_by_role("button", name="Show request and webhooks").click()

    panel = page.get_by_role("complementary", name="Developer")
    expect(panel).to_contain_text(wamid)
    expect(panel).to_contain_text('"body": "Look inside"')
    expect(panel.locator(".told-delivered")).to_have_count(3)
    panel.locator("summary", has_text="sent").click()
    expect(panel).to_contain_text('"pricing_model": "PMP"')


def test_refusals_the_clock_and_templates_are_shown(opened, person):
    with pytest.raises(HTTPError):
        person.gets(type="text", text={"body": ""})
    page = opened.page(person.inbox)

    page.get_by_role("button", name="Developer panel").first.click()
    page.get_by_role("tab", name="Refusals").click()
    panel = page.get_by_role("complementary", name="Developer")
    expect(panel.locator("summary").first).to_contain_text("100")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="+ 1 min").click()
    expect(panel).to_contain_text("60 s ahead")
    page.get_by_role("tab", name="Templates").click()
    panel.get_by_text("abandoned_cart").click()
    expect(panel).to_contain_text("Forget something, Pablo?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_nothing_overflows_at_any_width(opened, person, size, scheme):
    person.gets(type="text", text={"body": "Hello " * 60})
    page = opened.page(person.inbox, size, color_scheme=scheme, reduced_motion="reduce")
    row = page.get_by_role("link", name=f"+{person.digits}")
    expect(row).to_be_visible()
    assert fits(page)
    row.click()
    expect(page.locator(".message")).to_be_visible()
    assert fits(page)
    box = page.get_by_label(f"Message as +{person.digits}")
    expect(box).to_be_in_viewport(ratio=1)


def test_what_can_be_pressed_has_a_name(opened, person):
    person.gets(type="text", text={"body": "Hello"})
    page = opened.page(person.address)
    page.get_by_role("button", name="Developer panel").first.click()
    expect(page.locator(".message")).to_be_visible()

    nameless = page.evaluate(
        "[...document.querySelectorAll('button, a, input, textarea, select')]"
        ".filter(one => !(one.ariaLabel || one.textContent.trim() || one.labels?.length))"
        ".map(one => one.outerHTML)"
    )

    assert nameless == []


def test_the_page_loads_from_the_emulator_alone(opened, person):
    picture = {"link": "https://elsewhere.example/picture.png"}
    person.gets(type="image", image=picture)
    page = opened.page(person.inbox)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(person.address)
    page.reload()

    expect(page.locator(".elsewhere")).to_contain_text("https://elsewhere.example/picture.png")
    assert asked
    assert all(url.startswith(person.emulator.facts["url"]) for url in asked)
    policy = page.request.get(person.inbox, headers={"accept": "text/html"}).headers
    assert "default-src 'none'" in policy["content-security-policy"]
    assert answer is None or answer.ok
