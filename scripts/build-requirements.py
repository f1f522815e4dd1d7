#!/usr/bin/env python3
"""Print what pyproject.toml asks for to build the package, one requirement a line."""

import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"

with PROJECT.open("rb") as file:
    sys.stdout.writelines(f"{line}\n" for line in tomllib.load(file)["build-system"]["requires"])
