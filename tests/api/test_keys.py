"""Keys are shown once; they are listed, rotated, changed and revoked by their prefix."""

from support.operator import in_office
from support.pair import text, wrapped


def test_a_new_key_is_shown_once_and_opens_the_door(tmp_path):
    async def visit(office):
        keys = f"{office.account}/keys"
        made = await office.done("POST", keys, {"label": "till", "days": 30})
        listed = await office.ask("GET", keys)
        assert made["key"].encode() not in listed.body
        sent = await office.pair.send(wrapped(text()), key=made["key"])
        (key,) = [one for one in listed.json["items"] if one["prefix"] == made["prefix"]]
        return made, key, sent.status, await office.acts()

    made, key, status, acts = in_office(tmp_path, visit)
    assert made["key"].startswith(made["prefix"])
    assert status == 202
    assert (key["label"], key["revoked_at"], key["allowed_addresses"]) == ("till", None, [])
    assert key["expires_at"] == "2026-12-20T12:00:01Z"
    assert acts[-1] == ("key.made", "operator", "203.0.113.77")


def test_a_rotated_key_hands_over_and_then_expires(tmp_path):
    async def visit(office):
        keys = f"{office.account}/keys"
        old = await office.done("POST", keys, {"label": "till"})
        path = f"{keys}/{old['prefix']}/rotate"
        new = await office.done("POST", path, {"overlap_hours": 0.001})
        both = [
            (await office.pair.send(wrapped(text()), key=one["key"])).status for one in (old, new)
        ]
        await office.pair.pass_time(4)
        after = [
            (await office.pair.send(wrapped(text()), key=one["key"])).status for one in (old, new)
        ]
        again = await office.refused("POST", path, {})
        return both, after, again, await office.acts()

    both, after, again, acts = in_office(tmp_path, visit)
    assert (both, after) == ([202, 202], [401, 202])
    assert (again["status"], again["code"]) == (409, "conflict")
    assert acts[-1] == ("key.rotated", "operator", "203.0.113.77")


def test_a_key_is_bound_to_addresses_and_loosed_again(tmp_path):
    async def visit(office):
        keys = f"{office.account}/keys"
        made = await office.done("POST", keys, {})
        path = f"{keys}/{made['prefix']}"
        statuses = []
        for addresses in (["198.51.100.0/24"], []):
            changed = await office.done("PATCH", path, {"allowed_addresses": addresses})
            assert changed["allowed_addresses"] == addresses
            statuses.append((await office.pair.send(wrapped(text()), key=made["key"])).status)
        return statuses, await office.acts()

    statuses, acts = in_office(tmp_path, visit)
    assert statuses == [401, 202]
    assert [act for act, *_ in acts[-2:]] == ["key.changed", "key.changed"]


def test_addresses_and_ends_that_are_none_are_faults_of_the_body(tmp_path):
    async def visit(office):
        keys = f"{office.account}/keys"
        made = await office.done("POST", keys, {})
        path = f"{keys}/{made['prefix']}"
        return [
            await office.refused("POST", keys, {"allowed_addresses": ["everywhere"]}),
            await office.refused("PATCH", path, {"expires_at": "2020-01-01T00:00:00Z"}),
            await office.refused("PATCH", path, {"expires_at": "2027-01-01T00:00:00"}),
        ]

    problems = in_office(tmp_path, visit)
    assert [one["code"] for one in problems] == ["invalid_body"] * 3
    assert "everywhere is no address" in problems[0]["errors"][0]["message"]
    assert problems[2]["errors"][0]["path"] == "/expires_at"


def test_a_revoked_key_is_refused_at_once(tmp_path):
    async def visit(office):
        path = f"{office.account}/keys/{office.pair.key[:6]}"
        before = await office.pair.send(wrapped(text()))
        await office.done("DELETE", path)
        after = await office.pair.send(wrapped(text()))
        gone = await office.refused("DELETE", path)
        listed = await office.done("GET", f"{office.account}/keys")
        return before.status, after.json["code"], gone["code"], listed["items"], await office.acts()

    before, after, gone, listed, acts = in_office(tmp_path, visit)
    assert (before, after, gone) == (202, "RBC001", "not_found")
    assert listed[0]["revoked_at"] is not None
    assert acts[-1] == ("key.revoked", "operator", "203.0.113.77")


def test_what_the_directory_refuses_of_a_body_is_pointed_to(tmp_path):
    async def visit(office):
        keys = f"{office.account}/keys"
        made = await office.done("POST", keys, {})
        path = f"{keys}/{made['prefix']}"
        bodies = [
            ("POST", keys, {"allowed_addresses": ["203.0.113.7", "everywhere"]}),
            ("PATCH", path, {"allowed_addresses": ["everywhere"]}),
            ("PATCH", path, {"expires_at": "2020-01-01T00:00:00Z"}),
            ("POST", keys, {"label": "till\u0000"}),
            ("PATCH", office.account, {"name": "Shop\u0000"}),
            ("PATCH", office.account, {"opt_out_keywords": ["stop", " "]}),
            ("PATCH", office.account, {"opt_in_keywords": ["stop"]}),
            ("PUT", office.waba, {"access_token": "EAAG", "name": "Shop\u0000"}),
        ]
        problems = [await office.refused(*one) for one in bodies]
        return [error["path"] for problem in problems for error in problem["errors"]]

    assert in_office(tmp_path, visit) == [
        "/allowed_addresses/1",
        "/allowed_addresses/0",
        "/expires_at",
        "/label",
        "/name",
        "/opt_out_keywords/1",
        "/opt_in_keywords",
        "/name",
    ]
