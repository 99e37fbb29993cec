"""What is given where wins as promised; nothing wrong starts; no secret is shown."""

from pathlib import Path

import pytest

from waypost.model.money import DIGITS, parse_amount
from waypost.runtime.config import (
    SETTINGS,
    STARS,
    Config,
    ConfigError,
    find_config_file,
    load_config,
    render_config,
    variable_of,
)
from waypost.runtime.setting import PRICE_DIGITS


def written(folder: Path, text: str) -> Path:
    file = folder / "waypost.toml"
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(flags=None, environment=None, file=None) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load_config(flags or {}, environment or {}, file)
    return caught.value.problems


def test_with_nothing_given_every_value_is_its_default():
    loaded = load_config({}, {}, None)
    assert loaded.config == Config()
    assert set(loaded.origins.values()) == {"default"}
    assert loaded.config.host == "127.0.0.1"
    assert loaded.config.data_dir == Path("data")
    assert loaded.config.price_prepaid == 100


def test_a_flag_wins_over_the_environment_and_that_over_the_file(tmp_path):
    file = written(tmp_path, 'port = 1\nhost = "file"\npod = "SG"\n')
    environment = {"WAYPOST_PORT": "2", "WAYPOST_HOST": "environment"}
    loaded = load_config({"port": 3}, environment, file)
    assert (loaded.config.port, loaded.config.host, loaded.config.pod) == (3, "environment", "SG")
    assert loaded.origins["port"] == "flag"
    assert loaded.origins["host"] == "WAYPOST_HOST"
    assert loaded.origins["pod"] == str(file)
    assert loaded.origins["currency"] == "default"


def test_a_flag_of_none_was_not_given():
    loaded = load_config({"port": None}, {"WAYPOST_PORT": "81"}, None)
    assert loaded.config.port == 81
    assert loaded.origins["port"] == "WAYPOST_PORT"


def test_values_of_the_environment_are_read_by_their_kind():
    environment = {
        "WAYPOST_META_TIMEOUT_S": "2.5",
        "WAYPOST_CALLBACK_PRIVATE_ADDRESSES": "Yes",
        "WAYPOST_PRICE_PREPAID": "0.0785",
        "WAYPOST_PUBLIC_URL": "https://gateway.example.com/",
        "WAYPOST_DATA_DIR": "/srv/waypost",
        "PATH": "of no interest",
    }
    config = load_config({}, environment, None).config
    assert config.meta_timeout_s == 2.5
    assert config.callback_private_addresses is True
    assert config.price_prepaid == 785
    assert config.public_url == "https://gateway.example.com"
    assert config.data_dir == Path("/srv/waypost")


def test_an_unknown_key_of_the_file_is_refused_with_its_line_and_the_nearest_name(tmp_path):
    file = written(tmp_path, '# our gateway\nhost = "::1"\nprot = 8080\n')
    (problem,) = problems_of(file=file)
    assert problem == f"{file}:3: prot is not a setting; the nearest known name is port"


def test_a_table_in_the_file_is_an_unknown_key(tmp_path):
    file = written(tmp_path, '[sender]\nhost = "::1"\n')
    (problem,) = problems_of(file=file)
    assert problem.startswith(f"{file}:1: sender is not a setting")


def test_an_unknown_variable_is_refused_with_the_nearest_name():
    (problem,) = problems_of(environment={"WAYPOST_DATADIR": "/srv"})
    assert problem == (
        "environment: WAYPOST_DATADIR is not a setting; the nearest known name is WAYPOST_DATA_DIR"
    )


def test_an_unknown_flag_is_refused_with_the_nearest_name():
    (problem,) = problems_of(flags={"log_levl": "info"})
    assert problem == (
        "flag --log-levl: log_levl is not a setting; the nearest known name is log_level"
    )


def test_all_problems_are_told_at_once(tmp_path):
    file = written(tmp_path, "port = 70000\nhots = 'x'\n")
    problems = problems_of({"pod": "in"}, {"WAYPOST_LEASE_S": "soon", "WAYPOST_X": ""}, file)
    assert len(problems) == 5
    text = "\n".join(problems)
    assert f"{file}:1: port must be a whole number from 0 to 65535, not 70000" in text
    assert "hots is not a setting" in text
    assert "environment WAYPOST_LEASE_S: lease_s must be a number of 1 or more, not 'soon'" in text
    assert "WAYPOST_X is not a setting" in text
    assert "flag --pod: pod must be two or more capital letters, not 'in'" in text


def test_a_wrong_value_is_refused_even_where_a_stronger_one_hides_it(tmp_path):
    file = written(tmp_path, "port = -1\n")
    (problem,) = problems_of({"port": 1}, {}, file)
    assert "port must be a whole number" in problem


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("port = true", "port"),
        ('port = "80.5"', "port"),
        ('port = "8_080"', "port"),
        ("lease_s = nan", "lease_s"),
        ("lease_s = false", "lease_s"),
        ("host = 8", "host"),
        ('host = ""', "host"),
        ("data_dir = 1", "data_dir"),
        ('data_dir = ""', "data_dir"),
        ("price_prepaid = 0.01", "price_prepaid"),
        ('price_prepaid = "0.00001"', "price_prepaid"),
        ('price_prepaid = "-1"', "price_prepaid"),
        ('price_prepaid = "NaN"', "price_prepaid"),
        ('price_prepaid = "cheap"', "price_prepaid"),
        ('meta_base_url = ""', "meta_base_url"),
        ('meta_base_url = "ftp://example.com"', "meta_base_url"),
        ('meta_base_url = "https://example.com/?a=b"', "meta_base_url"),
        ('meta_base_url = "https://example.com:70000"', "meta_base_url"),
        ('meta_base_url = "https://exam ple.com"', "meta_base_url"),
        ("public_url = 1", "public_url"),
        ('meta_api_version = "25"', "meta_api_version"),
        ('currency = "usd"', "currency"),
        ('log_level = "loud"', "log_level"),
        ("callback_private_addresses = 1", "callback_private_addresses"),
        ("sender_throughput = 1001", "sender_throughput"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(tmp_path, line, name):
    (problem,) = problems_of(file=written(tmp_path, line))
    assert f": {name} must be {SETTINGS[name].kind.words}, not " in problem


def test_a_file_that_was_named_must_be_there(tmp_path):
    (problem,) = problems_of(file=tmp_path / "missing.toml")
    assert problem == f"{tmp_path / 'missing.toml'}: cannot be read: No such file or directory"


def test_a_file_that_is_no_toml_is_refused_with_the_place_of_the_fault(tmp_path):
    (problem,) = problems_of(file=written(tmp_path, "port = \n"))
    assert "is not a TOML file" in problem
    assert "line 1" in problem


def test_the_file_is_that_of_the_flag_then_of_the_environment_then_of_the_folder(tmp_path):
    environment = {"WAYPOST_CONFIG": "named.toml"}
    here = written(tmp_path, "")
    assert find_config_file(Path("flag.toml"), environment, tmp_path) == Path("flag.toml")
    assert find_config_file(None, environment, tmp_path) == Path("named.toml")
    assert find_config_file(None, {}, tmp_path) == here
    here.unlink()
    assert find_config_file(None, {}, tmp_path) is None


def test_the_variable_that_names_the_file_is_no_unknown_setting():
    assert load_config({}, {"WAYPOST_CONFIG": "named.toml"}, None).config == Config()


def test_secrets_are_stars_when_set_and_empty_when_not():
    loaded = load_config({}, {"WAYPOST_OPERATOR_TOKEN": "horse"}, None)
    rows = {row.name: row for row in render_config(loaded)}
    assert rows["operator_token"].value == STARS
    assert rows["operator_token"].origin == "WAYPOST_OPERATOR_TOKEN"
    assert rows["meta_app_secret"].value == ""
    assert "horse" not in repr(loaded)


def test_a_refused_secret_is_not_repeated(tmp_path):
    (problem,) = problems_of(file=written(tmp_path, "meta_app_secret = 4711"))
    assert "meta_app_secret must be text" in problem
    assert "4711" not in problem


def test_a_listing_gives_each_setting_once_as_it_would_be_written():
    rows = render_config(load_config({"price_postpaid": "12.5"}, {}, None))
    assert [row.name for row in rows] == list(SETTINGS)
    shown = {row.name: row.value for row in rows}
    assert shown["price_postpaid"] == "12.5000"
    assert shown["callback_private_addresses"] == "false"
    assert shown["unknown_window_s"] == "120"
    assert all(row.help.endswith(".") for row in rows)


def test_what_a_listing_shows_reads_back_as_the_same_configuration():
    loaded = load_config({"lease_s": 61.5, "data_dir": "/srv/x"}, {}, None)
    environment = {variable_of(row.name): row.value for row in render_config(loaded)}
    assert load_config({}, environment, None).config == loaded.config


@pytest.mark.parametrize("text", ["0.0100", "0", "12.5", "0.0785", "1e2"])
def test_prices_are_read_as_the_model_reads_money(text):
    assert load_config({"price_prepaid": text}, {}, None).config.price_prepaid == parse_amount(text)
    assert PRICE_DIGITS == DIGITS


@pytest.mark.parametrize("flags", [{"role": "api"}, {"workers": 2}, {"role": "webhook,callback"}])
def test_several_processes_on_a_sqlite_database_are_refused_with_what_they_need(flags):
    (problem,) = problems_of(flags)
    assert "WAYPOST_DATABASE_URL" in problem
    url = {"WAYPOST_DATABASE_URL": "postgresql://one/waypost"}
    assert load_config(flags, url, None).config.database_url == "postgresql://one/waypost"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("all", "all"),
        ("callback, api", "api,callback"),
        ("api,dispatch,webhook,callback", "all"),
    ],
)
def test_roles_are_read_in_any_order_and_kept_in_one(given, read):
    url = {"WAYPOST_DATABASE_URL": "postgresql://one/waypost"}
    assert load_config({"role": given}, url, None).config.role == read


def test_a_role_that_does_not_exist_is_refused_with_those_that_do():
    (problem,) = problems_of({"role": "api,cook"})
    assert "api, dispatch, webhook and callback" in problem


def test_ports_of_workers_beyond_the_last_are_refused():
    url = {"WAYPOST_DATABASE_URL": "postgresql://one/waypost"}
    (problem,) = problems_of({"workers": 3, "health_port": 65534}, url)
    assert "health_port" in problem
