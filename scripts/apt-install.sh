#!/bin/sh
# Install the Debian packages listed in the given files, if they are not there yet.
# Without root it only says what is missing: tests that need it are then skipped with a reason.
set -eu

command -v dpkg-query >/dev/null 2>&1 || exit 0
missing=""
for package in $(cat "$@"); do
    # Since the 64-bit time change some packages have a new name that provides the old one.
    for name in "$package" "${package}t64"; do
        if dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q "install ok installed"; then
            continue 2
        fi
    done
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "gridwatch: for everything to run, ask an administrator for: apt-get install$missing" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
# shellcheck disable=SC2086 - a list of names
apt-get install -q -y --no-install-recommends $missing >/dev/null
