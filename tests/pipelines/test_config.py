"""Settings: environment before files, dlt's names, one clear sentence when one is wrong."""

from pathlib import Path

import pytest

from pipelines import config
from pipelines.errors import ConfigurationError


def write(directory: Path, name: str, text: str) -> None:
    (directory / ".dlt").mkdir(exist_ok=True)
    (directory / ".dlt" / name).write_text(text)


def test_defaults_point_at_moneybird_and_write_nothing(tmp_path: Path) -> None:
    settings = config.load({}, tmp_path)

    assert settings.api_url == "https://moneybird.com/api/v2"
    assert settings.home == tmp_path / ".dovecote"
    assert not settings.home.exists()
    assert not settings.may_write("123")


def test_the_environment_wins_over_secrets_and_secrets_over_config(tmp_path: Path) -> None:
    write(tmp_path, "config.toml", '[sources.moneybird]\napi_url = "https://a.example/api"\nadministrations = ["1"]\n')
    write(
        tmp_path,
        "secrets.toml",
        '[sources.moneybird]\napi_url = "https://b.example/api"\n[sources.moneybird.tokens]\nholding = "s"\n',
    )

    settings = config.load({"SOURCES__MONEYBIRD__TOKENS__HOLDING": "e"}, tmp_path)

    assert settings.api_url == "https://b.example/api"
    assert settings.tokens == {"holding": "e"}
    assert settings.administrations == ("1",)


def test_lists_come_as_commas_or_json(tmp_path: Path) -> None:
    commas = config.load({"SOURCES__MONEYBIRD__ADMINISTRATIONS": "1, 2"}, tmp_path)
    json = config.load({"DOVECOTE__WRITABLE_ADMINISTRATIONS": '["7"]'}, tmp_path)

    assert commas.administrations == ("1", "2")
    assert json.may_write("7")
    assert not json.may_write("8")


def test_tokens_are_in_no_representation(tmp_path: Path) -> None:
    settings = config.load({"SOURCES__MONEYBIRD__TOKENS__HOLDING": "very-secret"}, tmp_path)

    assert "very-secret" not in repr(settings)
    assert "very-secret" not in str(settings)


def test_a_process_that_sends_nothing_is_given_no_token(tmp_path: Path) -> None:
    write(tmp_path, "secrets.toml", '[sources.moneybird.tokens]\nholding = "very-secret"\n')

    settings = config.load({"SOURCES__MONEYBIRD__TOKENS__WEBSHOP": "secret-too"}, tmp_path, with_tokens=False)

    assert settings.tokens == {}


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"SOURCES__MONEYBIRD__API_URL": "moneybird"}, "sources.moneybird.api_url"),
        ({"SOURCES__MONEYBIRD__API_URL": "http://moneybird.com/api/v2"}, "unencrypted"),
        ({"DOVECOTE__BUDGET__GENERAL": "many"}, "dovecote.budget.general"),
        ({"DOVECOTE__BUGDET__GENERAL": "1"}, "dovecote.bugdet"),
        ({"DOVECOTE__MEMORY_LIMIT": "lots"}, "expected an amount of memory such as 512MB"),
        ({"DOVECOTE__PEOPLE__ANNA__MAY": "draft,aprove"}, r"dovecote.people.anna.may.1 .* 'draft' or 'approve'"),
        ({"DOVECOTE__PEOPLE__ANNA__ADMINISTRATION": "7"}, "dovecote.people.anna.administration"),
        ({"DOVECOTE__PEOPLE": "anna"}, "dovecote.people"),
        ({"SOURCES__MONEYBIRD__TOKENS__HOLDING": "h\u00e9"}, "token 'holding' holds a character that no token has"),
    ],
)
def test_a_wrong_setting_is_named(environment: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=words):
        config.load(environment, tmp_path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, "secrets.toml", "[sources.moneybird")

    with pytest.raises(ConfigurationError, match=r"secrets\.toml cannot be read"):
        config.load({}, tmp_path)


def test_the_line_break_that_pasting_leaves_is_no_part_of_a_token(tmp_path: Path) -> None:
    assert config.load({"SOURCES__MONEYBIRD__TOKENS__A": "secret\n"}, tmp_path).tokens == {"a": "secret"}


def test_a_home_that_the_loader_cannot_write_to_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="single quote"):
        config.prepare_home(config.load({"DOVECOTE_HOME": str(tmp_path / "vera's")}, tmp_path))


def test_only_the_local_sandbox_may_be_written_to_without_a_list(tmp_path: Path) -> None:
    local = config.load({"SOURCES__MONEYBIRD__API_URL": "http://127.0.0.1:8000/api/v2"}, tmp_path)

    assert local.may_write("1")


def test_booking_at_once_is_off_everywhere_unless_listed(tmp_path: Path) -> None:
    """Payments and bank links are not undone by deleting a draft, so the local sandbox is no exception."""
    local = config.load({"SOURCES__MONEYBIRD__API_URL": "http://127.0.0.1:8000/api/v2"}, tmp_path)
    listed = config.load({"DOVECOTE__POSTING_ADMINISTRATIONS": "1,2"}, tmp_path)

    assert not local.may_post("1")
    assert listed.may_post("2")
    assert not listed.may_post("3")
    assert not listed.may_write("2")


def test_people_are_named_with_what_they_may_and_where(tmp_path: Path) -> None:
    settings = config.load(
        {
            "DOVECOTE__PEOPLE__ANNA__MAY": "draft,approve",
            "DOVECOTE__PEOPLE__ANNA__ADMINISTRATIONS": "7, 8",
            "DOVECOTE__PEOPLE__BERT__ADMINISTRATIONS": '["7"]',
            "DOVECOTE__PERSON": "anna",
        },
        tmp_path,
    )

    assert settings.people == {
        "anna": config.Person(may=("draft", "approve"), administrations=("7", "8")),
        "bert": config.Person(may=("draft",), administrations=("7",)),
    }
    assert settings.person == "anna"
    assert config.load({}, tmp_path).people == {}


def test_people_may_stand_in_a_file_under_any_name(tmp_path: Path) -> None:
    write(tmp_path, "config.toml", '[dovecote.people."Anna de Vries"]\nmay = ["approve"]\nadministrations = [7]\n')

    settings = config.load({"DOVECOTE__PERSON": "Anna de Vries"}, tmp_path)

    assert settings.people == {"Anna de Vries": config.Person(may=("approve",), administrations=("7",))}
    assert settings.person in settings.people


def test_home_is_closed_to_others(tmp_path: Path) -> None:
    home = config.prepare_home(config.load({}, tmp_path))

    assert home.stat().st_mode & 0o777 == 0o700
