"""The command that lists what the platform asked, and signs as it does."""

import json
import os
import subprocess
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from edge.bootstrap.ways.commands import open_store
from edge.cli.main import main
from edge.clock import SystemClock
from edge.commands.envelope import open_envelope
from edge.commands.reading import read_command, require_for_now
from edge.evidence.signing import Authenticator
from edge.settings import load_settings
from edge.store.commands import REFUSED, Address, Outcome, Taken


@pytest.fixture
def config(tmp_path: Path) -> Path:
    config = tmp_path / "gridwatch.yaml"
    config.write_text("box: {home: ./var}\n", encoding="utf-8")
    return config


@pytest.fixture
def key(tmp_path: Path) -> Ed25519PrivateKey:
    made = Ed25519PrivateKey.generate()
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "city.key").write_bytes(pem)
    return made


def sign(folder: Path, *more: str, name: str = "case.status") -> list[str]:
    key = str(folder / "city.key")
    return ["commands", "sign", name, "--key", key, "--signer", "city", "--box", "box-01", *more]


def test_what_was_taken_and_refused_is_listed(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = SystemClock().utc()
    with closing(open_store(load_settings(config), SystemClock())) as store:
        for number in ("a", "b"):
            address = Address("answers/x")
            store.take(Taken(number, "config.get", "city", now, now, address, b"{}"))
        waiting = store.next("config.get")
        assert waiting is not None
        store.end(waiting, Outcome(REFUSED, "body", "is not as it must be"), [])
        store.count(Outcome(REFUSED, "bad_signature"), 7)
    assert main(["commands", "list", "--config", str(config)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    later, earlier = lines[2:4]
    assert (later[:3], later[-1]) == (["b", "config.get", "city"], "taken")
    assert (earlier[:3], earlier[-2:]) == (["a", "config.get", "city"], ["refused", "body"])
    assert ["refused", "bad_signature", "7"] in lines
    assert ["refused", "body", "1"] in lines


def test_a_signed_command_is_one_that_a_box_takes(
    tmp_path: Path, key: Ed25519PrivateKey, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    body = tmp_path / "body.json"
    body.write_text('{"incident": "小"}', encoding="utf-8")
    assert main(sign(tmp_path, "--body", f"@{body}", "--valid", "5m")) == 0
    envelope = capsysbinary.readouterr().out
    opened = open_envelope(envelope, {"city": Authenticator(key.public_key())})
    command = read_command(opened, len(envelope))
    assert (command.name, command.box_id) == ("case.status", "box-01")
    assert json.loads(command.body) == {"incident": "小"}
    assert command.expires_at - command.issued_at == timedelta(minutes=5)
    require_for_now(command, SystemClock().utc(), longest_validity_s=300)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--body", "[]"), "--body: is no JSON object"),
        (("--body", "@nowhere.json"), "--body: nowhere.json cannot be read"),
        (("--valid", "soon"), "--valid: 'soon' is no duration"),
        (("--key", "nowhere.key"), "nowhere.key: cannot be read"),
    ],
)
@pytest.mark.usefixtures("key")
def test_what_cannot_be_signed_is_said(
    tmp_path: Path, more: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(sign(tmp_path, *more)) == 2
    assert said in capsys.readouterr().err


def test_a_key_of_another_kind_is_refused_with_how_to_make_one(
    tmp_path: Path, key: Ed25519PrivateKey, capsys: pytest.CaptureFixture[str]
) -> None:
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "city.key").write_bytes(public)
    assert main(sign(tmp_path)) == 2
    assert "openssl genpkey -algorithm ed25519" in capsys.readouterr().err


def test_a_check_says_whose_commands_are_taken_and_what_is_wrong_with_a_key(
    tmp_path: Path, key: Ed25519PrivateKey, capsys: pytest.CaptureFixture[str]
) -> None:
    config, pem = tmp_path / "gridwatch.yaml", tmp_path / "city.pem"
    config.write_text(
        "box: {home: ./var}\n"
        "commands: {keys: {city-2026: ./city.pem}, allow: [recheck, config.get]}\n",
        encoding="utf-8",
    )
    main(["check", "--config", str(config)])
    assert "commands.keys.city-2026" in _row(capsys)
    pem.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    pem.chmod(0o644)
    main(["check", "--config", str(config)])
    row = _row(capsys)
    assert "config.get, recheck; signed by city-2026 (" in row
    assert "CAN BE WRITTEN" not in row
    pem.chmod(0o666)
    main(["check", "--config", str(config)])
    assert "CAN BE WRITTEN BY OTHERS" in _row(capsys)


def test_the_key_that_openssl_makes_as_the_documentation_says_is_taken(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    made = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(tmp_path / "city.key")]
    subprocess.run(made, check=True, capture_output=True, env=dict(os.environ))
    assert main(sign(tmp_path)) == 0
    assert capsysbinary.readouterr().out.count(b".") == 2


def _row(capsys: pytest.CaptureFixture[str]) -> str:
    out = capsys.readouterr().out
    return next(line for line in out.splitlines() if " commands " in f" {line} ")
