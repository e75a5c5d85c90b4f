"""Whether posts are real is said and not guessed; where the token comes from, and who else could read it."""

from pathlib import Path

import pytest
from lakes import lake_in

from fedbytweets.errors import SettingsError
from fedbytweets.lake.location import locate
from fedbytweets.settings import lake_settings
from fedbytweets.simulator import Corpus, Simulator
from fedbytweets.subjects import Budget, default_subjects
from fedbytweets.tables import bronze
from fedbytweets.x_api.environment import CAUTIOUS, bearer_token, budget, collect_settings
from tasks.bronze import list_pending, load_bronze
from tasks.collect import collect_subjects

TUNNEL = "http://127.0.0.1:8080"


@pytest.mark.parametrize("address", [TUNNEL, "http://localhost:1", "https://[::1]:8443"])
def test_an_address_on_this_machine_is_the_real_api_with_its_budget(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """A tunnel or a proxy: only the setting says that posts are invented and cost nothing."""
    monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", address)
    settings = collect_settings()
    assert (settings.simulated, budget(settings)) == (False, CAUTIOUS)
    monkeypatch.setenv("FEDBYTWEETS_X_SIMULATED", "true")
    settings = collect_settings()
    assert (settings.simulated, budget(settings)) == (True, Budget())


@pytest.mark.parametrize(
    "address",
    [
        r"http://evil.example\@127.0.0.1:9",
        "http://evil.example@127.0.0.1",
        "https://api.x.com:443@evil.example",
        "http://127.0.0.1 .evil.example",
        "http://127.0.0.1#@evil.example",
        "http://127.0.0.1?@evil.example",
        "ftp://127.0.0.1",
    ],
)
@pytest.mark.parametrize("simulated", ["true", "false"])
def test_an_address_in_which_another_host_can_hide_is_refused(monkeypatch, address, simulated):
    """Parsers of addresses disagree on it: the token would go in clear to a host that was not checked."""
    monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", address)
    monkeypatch.setenv("FEDBYTWEETS_X_SIMULATED", simulated)
    with pytest.raises(SettingsError, match="no address"):
        collect_settings()


def test_a_margin_that_leaves_nothing_of_the_reach_is_refused(monkeypatch):
    """A run would collect nothing, for ever and with success."""
    monkeypatch.setenv("FEDBYTWEETS_X_REACH_HOURS", "1")
    monkeypatch.setenv("FEDBYTWEETS_X_REACH_MARGIN_SECONDS", "3600")
    with pytest.raises(SettingsError, match="leaves nothing of reach_hours"):
        collect_settings()


@pytest.mark.parametrize("variable", ["FEDBYTWEETS_LAKE", "FEDBYTWEETS_X_BEARER_TOKEN_FILE"])
def test_a_home_folder_of_nobody_is_refused_in_one_sentence(monkeypatch, variable):
    """Whichever setting names it."""
    monkeypatch.setenv(variable, "~nobody-of-this-name/x")
    with pytest.raises(SettingsError, match=f"{variable} is '~nobody-of-this-name/x': there is no such home folder"):
        locate(lake_settings()) if variable == "FEDBYTWEETS_LAKE" else bearer_token()


@pytest.mark.parametrize("address", ["https://api.x.com", "https://10.0.0.1", "https://localhost.example.org"])
def test_simulated_posts_come_from_this_machine_alone(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Else real posts would be collected without a budget, and marked as invented."""
    monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", address)
    monkeypatch.setenv("FEDBYTWEETS_X_SIMULATED", "true")
    with pytest.raises(SettingsError, match=r"FEDBYTWEETS_X_\*: simulated is set.*not on this machine: set base_url"):
        collect_settings()


@pytest.mark.parametrize(("simulated", "origin", "most"), [("true", "stand-in", None), ("false", "x-api", 1.5)])
def test_a_run_through_an_address_on_this_machine_is_marked_and_limited_as_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, simulated: str, origin: str, most: float | None
) -> None:
    """The same server, once as the simulator and once as a tunnel to X."""
    monkeypatch.setenv("FEDBYTWEETS_LAKE", str(tmp_path))
    monkeypatch.setattr("fedbytweets.x_api.environment.CAUTIOUS", Budget(money_per_run=1.5, money_per_month=150))
    with Simulator(Corpus(3, posts_per_hour=60)) as simulator:
        monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", simulator.base_url)
        monkeypatch.setenv("FEDBYTWEETS_X_SIMULATED", simulated)
        monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "any")
        gathering = collect_subjects.fn(default_subjects()[:1], None)
        assert (simulator.ledger.cost() > 1.5) == (most is None)
    load_bronze.fn(list_pending.fn(""))
    lake = lake_in(tmp_path)
    assert set(lake.scan(bronze.RAW_OBJECTS).collect()["origin"]) == {origin}
    assert {line.usd_limit for line in gathering.budget if line.period == "run"} == {most}
    assert len(lake.spending.all()) == (0 if most is None else gathering.collected[0].pages)


@pytest.fixture
def token_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of mode 0600 that holds a token and that the environment names."""
    file = tmp_path / "x-token"
    file.write_text("  s3cret-token\n")
    file.chmod(0o600)
    monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN_FILE", str(file))
    monkeypatch.delenv("FEDBYTWEETS_X_BEARER_TOKEN", raising=False)
    return file


def test_the_token_is_read_from_a_file(token_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the white space around it; `~` is the home folder; an empty variable beside it is none."""
    assert bearer_token().get_secret_value() == "s3cret-token"
    monkeypatch.setenv("HOME", str(token_file.parent))
    monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN_FILE", "~/x-token")
    monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "")
    assert bearer_token().get_secret_value() == "s3cret-token"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_may_read_or_write_is_refused(token_file: Path, mode: int) -> None:
    """The message says how to close it, without the token."""
    token_file.chmod(mode)
    with pytest.raises(SettingsError, match=r"chmod 600 .*x-token") as caught:
        bearer_token()
    assert "s3cret" not in str(caught.value)


def test_two_tokens_are_refused(token_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody could say which one is used."""
    monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "another")
    with pytest.raises(SettingsError, match="are both set: leave one of them out") as caught:
        bearer_token()
    assert "another" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), (b"", "No token"), (b"\xff\xfe", "it is no text")]
)
def test_a_file_without_a_token_is_named(token_file: Path, content: bytes | None, said: str) -> None:
    """Absent, empty, binary."""
    token_file.unlink()
    if content is not None:
        token_file.write_bytes(content)
        token_file.chmod(0o600)
    with pytest.raises(SettingsError, match=said):
        bearer_token()


def test_a_folder_instead_of_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As what cannot be read."""
    monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN_FILE", str(tmp_path))
    monkeypatch.delenv("FEDBYTWEETS_X_BEARER_TOKEN", raising=False)
    with pytest.raises(SettingsError, match="cannot be read"):
        bearer_token()
