"""Secrets are sealed with the first key, opened with any, and never guessed."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.runtime.vault import KEY_FILE, Vault, is_sealed, open_vault
from waypost.runtime.vault_error import VaultError

OLD, NEW = "old-key-" + "0" * 32, "new-key-" + "1" * 32
VAULT = Vault([OLD])


@given(st.text(st.characters(codec="utf-8")))
def test_what_is_sealed_is_opened_and_does_not_show(secret):
    sealed = VAULT.seal(secret)

    assert VAULT.open(sealed) == Vault([OLD]).open(sealed) == secret
    assert is_sealed(sealed)
    assert len(secret) < 8 or secret not in sealed


def test_the_same_secret_is_never_sealed_alike():
    assert VAULT.seal("token") != VAULT.seal("token")


def test_keys_change_hands_by_standing_before_the_old_ones():
    sealed = Vault([OLD]).seal("token")
    both = Vault([NEW, OLD])

    resealed = both.reseal(sealed)

    assert both.open(sealed) == "token"
    assert Vault([NEW]).open(resealed) == "token"
    with pytest.raises(VaultError, match="sealed with another key"):
        Vault([OLD]).open(resealed)


@pytest.mark.parametrize("damaged", ["sealed:", "sealed:x", "sealed:gAAAAAé"])
def test_what_was_not_sealed_by_us_is_refused_with_what_to_do(damaged):
    with pytest.raises(VaultError, match="Put the key that sealed it back"):
        VAULT.open(damaged)


def test_what_lies_open_is_refused_and_not_repeated():
    with pytest.raises(VaultError) as refused:
        VAULT.open("EAAG-bare-token")
    assert "EAAG" not in str(refused.value)


def test_a_sealed_text_that_was_changed_is_refused():
    sealed = VAULT.seal("token")
    changed = sealed[:-5] + ("A" if sealed[-5] != "A" else "B") + sealed[-4:]

    with pytest.raises(VaultError):
        VAULT.open(changed)


@pytest.mark.parametrize("keys", [[], ["short"], [OLD, "short"]])
def test_keys_that_are_none_are_refused_and_not_repeated(keys):
    with pytest.raises(VaultError, match="openssl rand -hex 32") as refused:
        Vault(keys)
    assert "short" not in str(refused.value)


def test_without_a_setting_a_key_is_made_once_for_its_owner_alone(tmp_path):
    folder = tmp_path / "new" / "data"
    sealed = open_vault("", folder).seal("token")

    assert open_vault(" , ", folder).open(sealed) == "token"
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [file.name for file in folder.iterdir()] == [KEY_FILE]


def test_many_that_begin_at_once_agree_on_one_key(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        vaults = list(threads.map(lambda _: open_vault("", tmp_path), range(8)))

    assert {vault.open(vaults[0].seal("token")) for vault in vaults} == {"token"}
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]


def test_the_setting_wins_over_the_file_and_makes_none(tmp_path):
    sealed = open_vault(f"{NEW}, {OLD}", tmp_path).seal("token")

    assert Vault([NEW]).open(sealed) == "token"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 40])
def test_a_key_file_that_holds_no_key_is_refused(tmp_path, content):
    (tmp_path / KEY_FILE).write_bytes(content)

    with pytest.raises(VaultError):
        open_vault("", tmp_path)
    assert (tmp_path / KEY_FILE).read_bytes() == content


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(VaultError, match="cannot be used"):
        open_vault("", tmp_path / "file")


def test_secrets_that_are_changed_again_and_again_fill_no_memory(monkeypatch):
    monkeypatch.setattr("waypost.runtime.vault.MOST_OPENED", 2000)
    vault = Vault(["first-key-0123456789-0123456789-0123"])
    made = [(f"secret {number}", vault.seal(f"secret {number}")) for number in range(100)]

    for secret, sealed in made * 2:
        assert vault.open(sealed) == secret

    assert sum(map(len, vault._opened)) <= 2000
