"""Whatever goes wrong, no secret stands in a log line or in an answer."""

import os
import subprocess
import sys
import time

import apsw
import pytest

from support.emulator_process import SOURCES
from support.processes import HOST, SECRET, TOKEN, VERIFY, Customer, house, text_body, until
from support.signed_webhooks import WEBHOOK

OPERATOR = "operator-token-5c1f0d"
FIRST_KEY = "first-secret-key-0123456789abcdef"
FILE_KEY = "file-secret-key-0123456789abcdefgh"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def home(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret.key").write_text(FILE_KEY)
    with house(
        tmp_path,
        "--status-delays",
        "sent=10,delivered=20,read=30",
        data=data,
        log_level="debug",
        operator_token=OPERATOR,
        secret_keys=f"{FIRST_KEY},{FILE_KEY}",
        trusted_proxies=HOST,
    ) as one:
        yield one


def secrets(home):
    return {home.key, TOKEN, SECRET, VERIFY, OPERATOR, FIRST_KEY, FILE_KEY}


def break_token(home, token):
    """Puts a token into the database that the gateway cannot use."""
    connection = apsw.Connection(str(home.folder / "data" / "waypost.sqlite"))
    connection.set_busy_timeout(10_000)
    connection.execute("UPDATE wabas SET access_token = ?", (token,))
    connection.execute("UPDATE accounts SET directory_version = directory_version + 1")
    connection.close()


def knock(home):
    """Every door, in the wrong way; what came back, as text."""
    heard = []
    elsewhere = (f"198.51.100.{number}" for number in range(250))
    with Customer(home.gateway.port, home.path, home.key, 10) as client:

        def ask(method, path, body=b"", **headers):
            given = {"X-Forwarded-For": next(elsewhere), **headers}
            answer = client.ask(method, path, body, given)
            heard.append(f"{answer.status} {answer.headers} {answer.body!r}")

        good = {**JSON, "api-key": home.key}
        for body in (b"", b"{", b"[]", b"\xff", text_body("a")[:-9], b"[" * 1000):
            ask("POST", home.path, body, **good)
        for key in (home.key + "0", home.key[:-1], home.key.lower(), OPERATOR, TOKEN):
            ask("POST", home.path, text_body("b"), **{**JSON, "api-key": key})
        ask("POST", home.path.replace(home.sid, home.key), text_body("c"), **good)
        ask("GET", f"/v2/{home.sid}/whatsapp?api-key={home.key}")
        ask("GET", f"/v2/{home.sid}/whatsapp", **good)
        ask("GET", f"/{OPERATOR}", Authorization=f"Bearer {OPERATOR}")
        for token in (OPERATOR, OPERATOR + "0", TOKEN):
            for path in ("/management/v1/accounts", "/manage/accounts", "/metrics"):
                ask("GET", path, Authorization=f"Bearer {token}")
        for verify in (VERIFY, VERIFY + "0"):
            query = f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={verify}"
            ask("GET", f"{WEBHOOK}?{query}")
        ask("POST", WEBHOOK, b"{}", **{**JSON, "X-Hub-Signature-256": f"sha256={SECRET}"})
        ask("GET", "/health/ready")
    return heard


def timelines(home):
    """All that is told of messages."""
    return str(home.kept.rows("SELECT * FROM facts"))


def send(home, ref):
    with home.customer(10) as customer:
        assert customer.send(ref).status == 202


def test_a_run_full_of_failures_tells_no_secret(home):
    heard = knock(home)
    home.emulator.faults(refuse={"code": 131000, "count": 1})
    send(home, "refused")
    until(lambda: "131000" in timelines(home), "the message was refused")
    home.emulator.faults(lose_answers=1.0)
    send(home, "lost")
    until(lambda: "answer was lost" in timelines(home), "the answer was lost")
    home.emulator.faults()
    sealed = home.kept.rows("SELECT access_token FROM wabas")[0][0]
    for token in (TOKEN, "sealed:by-somebody-else", sealed.replace("sealed:", "sealed:A")):
        break_token(home, token)
        time.sleep(1.1)  # a gateway sees a change of the directory within a second
        send(home, f"token {token[:8]}")
    until(lambda: "sealed with another key" in timelines(home), "the token was tried")
    assert "lies unsealed" in timelines(home)
    break_token(home, sealed)
    home.emulator.kill()
    send(home, "unreachable")
    until(lambda: home.log().count("dispatch.attempted") > 4, "Meta was tried")
    home.emulator.start()
    home.emulator.faults(refuse={"code": 190, "count": 1})  # the last, for it holds the sender
    send(home, "expired")
    until(lambda: "sender.held" in home.log(), "the token was refused")
    heard += knock(home)

    told = home.log() + timelines(home) + "".join(heard)
    assert [secret for secret in secrets(home) if secret in told] == []
    assert sealed not in told


REFUSED = [
    {"secret_keys": "short-secret"},
    {"secret_keys": "another-secret-key-0123456789abcdef"},
    {"secret_keys": FIRST_KEY, "port": "99999999"},
    {"operator_token": OPERATOR, "meta_app_secret": SECRET, "log_level": "loud"},
]


def test_a_start_that_is_refused_repeats_no_secret(home):
    home.gateway.kill()
    for settings in REFUSED:
        variables = {f"WAYPOST_{name.upper()}": value for name, value in settings.items()}
        ended = subprocess.run(
            [sys.executable, "-m", "waypost", "serve"],
            env={**os.environ, **home.gateway.environment, **variables, "PYTHONPATH": SOURCES},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

        said = ended.stdout + ended.stderr
        assert ended.returncode in (1, 2), said
        assert "Traceback" not in said
        hidden = {*secrets(home), *settings.get("secret_keys", FIRST_KEY).split(",")}
        assert [secret for secret in hidden if secret in said] == []
