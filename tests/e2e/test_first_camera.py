"""A box without a camera gets its first one in the console."""

import contextlib
import json
import subprocess
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.clock import SystemClock
from edge.store.accounts import Accounts
from edge.store.sessions import Sessions
from tests.fixtures_service import RunService
from tests.patience import asked_until

CONFIG = """\
box: {{home: ./var}}
mqtt: {{url: "mqtt://127.0.0.1:1"}}
console: {{port: {port}}}
cameras: []
"""


def token(home: Path) -> str:
    """Return a secret with which an administrator's machine asks."""
    with contextlib.closing(Accounts(home / "console.db", SystemClock())) as accounts:
        accounts.add("anne", "admin", None, by="test")
        accounts.set_password("anne", "correct horse battery", must_change=False, by="test")
        user = accounts.find("anne")
        assert user is not None
        expires_at = SystemClock().utc() + timedelta(hours=1)
        return Sessions(accounts, SystemClock()).make_token("test", user, "admin", expires_at)


def ask(url: str, secret: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method="GET" if body is None else "PUT")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def line_with(process: "subprocess.Popen[str]", words: str) -> str:
    assert process.stderr is not None
    return next(line for line in process.stderr if words in line)


@pytest.mark.e2e
def test_a_service_without_a_camera_waits_for_the_first_one_and_watches_it(
    tmp_path: Path, run_service: RunService, free_port: int
) -> None:
    config = tmp_path / "gridwatch.yaml"
    config.write_text(CONFIG.format(port=free_port))
    process = run_service(config)
    console = f"http://127.0.0.1:{free_port}"
    assert f"add the first one on {console}/cameras" in line_with(process, "no camera")
    secret = token(tmp_path / "var")
    version = ask(f"{console}/api/v1/configuration", secret)["version"]
    change = {"camera_id": "yard", "keys": {"url": "rtsp://127.0.0.1:1/yard"}}
    body = {"changes": [change], "version": version, "remark": "the first one"}
    ask(f"{console}/api/v1/configuration", secret, body)
    line_with(process, "workers begun anew: worker-1")
    assert "nobody listens there" in line_with(process, "camera=yard offline")
    asked_until(
        lambda: ask(f"{console}/healthz", secret)["cameras"],
        lambda cameras: cameras == {"yard": "offline"},
    )
