#!/bin/sh
# Print a Python of at least 3.11 that can make virtual environments, or say what to install.
set -eu

for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    if ! "$candidate" -c 'import venv' 2>/dev/null; then
        lacking="venv"
        continue
    fi
    if ! "$candidate" -c 'import ensurepip' 2>/dev/null; then
        lacking="ensurepip"
        continue
    fi
    echo "$candidate"
    exit 0
done

if [ -n "${lacking:-}" ]; then
    echo "gridwatch: this Python has no $lacking; run: apt-get install python3-venv python3-pip" >&2
else
    echo "gridwatch: needs Python 3.11 or newer; run: apt-get install python3 python3-venv python3-pip" >&2
fi
exit 1
