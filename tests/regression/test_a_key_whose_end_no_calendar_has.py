"""A key could be given an end that no calendar has in UTC: its account could not be read then."""

import pytest

from support.operator import in_office

FAR = ["9999-12-31T23:59:59-23:00", "9998-12-31T23:59:59Z", "2126-11-21T12:00:00Z"]


@pytest.mark.parametrize("end", FAR)
def test_an_end_beyond_a_hundred_years_is_refused_and_the_account_stays_readable(tmp_path, end):
    async def visit(office):
        path = f"{office.account}/keys/{office.pair.key[:6]}"
        problem = await office.refused("PATCH", path, {"expires_at": end})
        await office.done("GET", office.account)
        return problem

    problem = in_office(tmp_path, visit)
    assert problem["code"] == "invalid_body"
    assert "36500 days" in problem["errors"][0]["message"]
