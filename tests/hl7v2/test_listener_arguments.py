"""What the listener cannot do it says in a sentence, before it listens."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from tests.hl7v2.processes import Authority

WRONG: dict[str, tuple[tuple[str, ...], dict[str, str], str]] = {
    "a port that is none": (("--port", "noon"), {}, "invalid int value: 'noon'"),
    "a port too high": (("--port", "70000"), {}, "--port 70000"),
    "no connection at all": (("--connections", "0"), {}, "--connections 0"),
    "fewer than none": (("--connections", "-1"), {}, "--connections -1"),
    "no time": (("--frame", "0"), {}, "--frame 0"),
    "a time that is no number": (("--idle", "nan"), {}, "--idle nan"),
    "no such host": (("--host", "no-such-host.invalid"), {}, "no-such-host.invalid"),
    "for others without TLS": (("--host", "0.0.0.0"), {}, "--without-tls"),
    "a certificate that is not there": (
        (),
        {"MLLP_TLS_CERTIFICATE": "/nowhere/own.pem"},
        "MLLP_TLS_CERTIFICATE: /nowhere/own.pem",
    ),
    "a key without a certificate": (
        (),
        {"MLLP_TLS_KEY": "/nowhere/own.key"},
        "MLLP_TLS_CERTIFICATE: is not set",
    ),
    "authorities without a certificate": (
        (),
        {"MLLP_TLS_CLIENTS": "/nowhere/clients.pem"},
        "MLLP_TLS_CERTIFICATE: is not set",
    ),
}


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as fault:
        call_command("mllp", "--port", "0", *arguments)
    return str(fault.value)


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_said_in_a_sentence(name: str, settings: LazySettings) -> None:
    arguments, more, said = WRONG[name]
    for setting, value in more.items():
        setattr(settings, setting, value)
    assert said in refused(*arguments)


def test_files_that_do_not_fit_are_named(settings: LazySettings, tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    own, key, _ = ours.give("listener")
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no certificate")
    settings.MLLP_TLS_CERTIFICATE = str(own)
    settings.MLLP_TLS_KEY = str(ours.give("other")[1])
    assert "MLLP_TLS_KEY" in refused()
    settings.MLLP_TLS_KEY, settings.MLLP_TLS_CLIENTS = str(key), str(nonsense)
    assert "MLLP_TLS_CLIENTS" in refused()


def test_an_encrypted_key_is_refused_and_nobody_is_asked(
    settings: LazySettings, tmp_path: Path
) -> None:
    own, key, _ = Authority(tmp_path).give("listener", password=b"long ago")
    settings.MLLP_TLS_CERTIFICATE, settings.MLLP_TLS_KEY = str(own), str(key)
    assert "without a password" in refused()
