#!/bin/sh
# Print a Python of at least 3.11 that can make virtual environments, or say what to install.
# PYTHON=program asks for that one and no other.
set -eu

remedy=""
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if ! "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        old="${old:-$candidate is Python $version}"
        continue
    fi
    # Debian and Ubuntu keep venv's other half, the bundled pip, in a package of its own.
    if ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        remedy="${remedy:-$candidate cannot make virtual environments with pip; run: apt-get install python$version-venv}"
        continue
    fi
    echo "$candidate"
    exit 0
done

if [ -z "$remedy" ]; then
    remedy="needs Python 3.11 or newer (${old:-${PYTHON:-python3} is absent}); run: apt-get install python3.11 python3.11-venv, or set PYTHON to a newer one"
fi
echo "gridwatch: $remedy" >&2
exit 1
