"""Settings from the environment."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tidegraph.app.settings import Settings, not_installed


def test_without_any_the_service_listens_on_this_machine_only() -> None:
    settings = Settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


WRITTEN = {
    "rate_limit": ("5/second", "5/second"),
    "body_seconds": ("1.5", "1.5"),
    "write_seconds": ("1.5", "1.5"),
    "max_seconds": ("1.5", "1.5"),
    "light_seconds": ("1.5", "1.5"),
    "cost_limit": ("5/second", "5/second"),
    "port": ("123", "123"),
    "allowed_hosts": ('["tide.example"]', "['tide.example']"),
    "cors_origins": ('["https://a.example"]', "['https://a.example']"),
    "log_json": ("true", "True"),
    "root_path": ("tide/", "/tide"),
}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_comes_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given, known = WRITTEN.get(name, ("123", "123"))
    monkeypatch.setenv(f"TIDEGRAPH_{name.upper()}", given)
    assert str(getattr(Settings(), name)) == known


@pytest.mark.parametrize(("name", "value"), [("host", "0.0.0.0"), ("port", "9000")])
def test_host_and_port_are_also_known_by_their_short_names(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name.upper(), value)
    assert str(getattr(Settings(), name)) == value


@pytest.mark.parametrize("name", [name for name in Settings.model_fields if name.startswith("max_")])
def test_a_limit_is_at_least_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TIDEGRAPH_{name.upper()}", "0")
    with pytest.raises(ValidationError):
        Settings()


def test_a_setting_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not_installed(Settings()) == []
    monkeypatch.setattr("tidegraph.app.settings.find_spec", lambda name: None)
    (fault,) = not_installed(Settings(dask="tcp://127.0.0.1:8786"))
    assert "TIDEGRAPH_DASK" in fault
    assert "pip install 'tidegraph[dask]'" in fault
