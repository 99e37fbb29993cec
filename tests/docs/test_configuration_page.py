"""Every setting has its manual, and the manual's example is one that starts."""

import re

from tools.marked import read_generated
from tools.write_reference import PAGE, render_settings

from waypost.runtime.config import SETTINGS, load_config


def test_the_page_holds_the_declared_settings():
    page = PAGE.read_text(encoding="utf-8")
    assert read_generated(page) == render_settings(), "run: python -m tools.write_reference"


def test_every_setting_has_one_row_of_five_cells():
    rows = render_settings().splitlines()[2:]
    assert len(rows) == len(SETTINGS)
    for name, row in zip(SETTINGS, rows, strict=True):
        assert row.startswith(f"| `{name}` | `WAYPOST_{name.upper()}` |")
        assert row.count("|") == 6


def test_secrets_are_marked_and_nothing_else_is():
    rows = render_settings().splitlines()[2:]
    marked = [name for name, row in zip(SETTINGS, rows, strict=True) if "**Secret.**" in row]
    assert marked == [
        "database_url",
        "meta_app_secret",
        "meta_verify_token",
        "operator_token",
        "secret_keys",
        "media_secret_key",
    ]


def test_the_example_of_the_page_is_a_valid_file(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "waypost.toml"
    file.write_text(example, encoding="utf-8")
    config = load_config({}, {}, file).config
    assert (config.host, config.price_prepaid) == ("0.0.0.0", 785)
