"""What is left of a row that is erased, and by what a recipient is found."""

from base64 import b64encode

import pytest

from support.nouns import VAULT, WAMID
from waypost.model.erasing import Pseudonyms, blank, is_erased, name_in, traces_of
from waypost.model.personal import MARK, PERSONAL, Kind, PersonalRow
from waypost.model.recipient import Recipient, parse_address
from waypost.runtime.redaction import mask_recipient
from waypost.runtime.vault import Vault

ANNA = "+919876543210"
USER = "IN.13491208655302741918"
hide = Pseudonyms(VAULT.hashes).hide


def row(kind: Kind, **values: str | bytes | None) -> PersonalRow:
    """A row with these values, the others missing."""
    return PersonalRow(
        1, ("1",), "1", is_over=True, values=tuple(values.get(c) for c in PERSONAL[kind])
    )


def shown(kind: Kind, left: PersonalRow) -> dict[str, object]:
    return dict(zip(PERSONAL[kind], left.values, strict=True))


def test_a_recipient_has_one_pseudonym_with_and_without_its_plus_sign():
    assert hide(ANNA) == hide(ANNA[1:])
    assert hide(ANNA) != hide("+919876543211")
    assert hide(ANNA).startswith(MARK)
    assert is_erased(parse_address(hide(ANNA)))
    assert not is_erased(Recipient(phone=ANNA[1:]))


def test_another_deployment_has_other_pseudonyms():
    other = Pseudonyms(Vault(["another-key-0123456789-0123456789-012345"]).hashes)

    assert other.hide(ANNA) != hide(ANNA)


def test_pseudonyms_of_an_older_key_are_known_still():
    keys = ["a-new-key-00123456789-0123456789-0123456", "test-key-0123456789-0123456789-0123456789"]
    both = Pseudonyms(Vault(keys).hashes)

    assert hide(ANNA) in both.all_of(ANNA)
    assert both.hide(ANNA) != hide(ANNA)


def test_a_message_keeps_hashes_and_what_meta_said_without_names():
    left = blank(
        Kind.MESSAGES,
        row(
            Kind.MESSAGES,
            recipient=ANNA,
            wamid=WAMID,
            wa_id=ANNA[1:],
            failure_title="Message undeliverable",
            failure_detail=f"{ANNA} ({USER}, {WAMID}) cannot be reached, code 131026",
        ),
        hide,
    )

    assert shown(Kind.MESSAGES, left) == {
        "recipient": hide(ANNA),
        "wamid": hide(WAMID),
        "wa_id": hide(ANNA),
        "failure_title": "Message undeliverable",
        "failure_detail": "erased (erased, erased) cannot be reached, code 131026",
        "failure_step": None,
    }
    assert blank(Kind.MESSAGES, left, hide) == left


def test_of_an_attempt_only_the_host_stays():
    url = f"https://user:word@shop.example.com/hook/{ANNA[1:]}?to=%2B{ANNA[1:]}"
    left = blank(
        Kind.CALLBACK_ATTEMPTS,
        row(Kind.CALLBACK_ATTEMPTS, url=url, problem="", answer=b"thanks, Anna"),
        hide,
    )

    assert left.values == ("https://shop.example.com/erased", "", None)


def test_a_wamid_holds_its_recipients_number():
    assert ANNA[1:] in name_in(WAMID)
    assert name_in("wamid.") == ""
    assert isinstance(name_in("wamid.abcde"), str)


@pytest.mark.parametrize("name", [ANNA, "+4917612345678", "+65812345678", USER])
@pytest.mark.parametrize("behind", [b"\x15", b"\xff\x02", b""])
@pytest.mark.parametrize("shift", range(7))
def test_a_recipient_is_found_within_a_wamid_wherever_it_begins(shift, behind, name):
    bare = name.removeprefix("+").encode()
    wamid = "wamid." + b64encode(b"\x9c" * shift + bare + behind).decode()

    assert traces_of([name]).find_in(f'{{"id":"{wamid}"}}'.encode())


@pytest.mark.parametrize(
    "value",
    [ANNA, ANNA[1:], f'{{"to":"{ANNA}"}}'.encode(), f"?to=%2B{ANNA[1:]}&x=1", WAMID, f"x {USER}."],
)
def test_a_recipient_is_found(value):
    assert traces_of([ANNA, USER]).find_in(value)


@pytest.mark.parametrize(
    "value",
    [None, "", b"", f"1{ANNA[1:]}", f"{ANNA}0", f"{USER}0", "wamid.HBgMOTE5ODc2NTQzMjExFQI="],
)
def test_another_is_not_taken_for_it(value):
    assert not traces_of([ANNA, USER]).find_in(value)


def test_a_number_is_found_in_both_ways_to_write_it():
    assert traces_of(["+5511987654321"]).find_in("+551187654321")


def test_a_pseudonym_is_nobodys_trace():
    assert not traces_of([hide(ANNA)]).find_in(hide(ANNA))


def test_of_a_row_that_tells_of_others_only_the_recipient_is_taken_out():
    other = "wamid.HBgMOTE5ODc2NTQzMjExFQI="
    kept = row(
        Kind.IDEMPOTENCY_KEYS, key="order-17", answer=f"{ANNA} A1\n+4471 A2\n{WAMID} {other}"
    )
    left = traces_of([ANNA]).take_out(kept, hide)

    assert left.values == (
        "order-17",
        f"{hide(ANNA)} A1\n+4471 A2\n{hide(WAMID)} {other}",
    )


def test_a_pseudonym_is_shown_as_it_is():
    assert mask_recipient(hide(ANNA)) == hide(ANNA)
