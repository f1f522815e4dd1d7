#!/bin/sh
# Install the Debian packages listed in the given files, if they are not there yet.
# Where that is not possible it says what is missing and goes on: tests that need it are then
# skipped with a reason, or fail where CI=true.
set -eu

command -v dpkg-query >/dev/null 2>&1 || exit 0
missing=""
for package in $(cat "$@"); do
    # Since the 64-bit time change some packages have a new name that provides the old one.
    for name in "$package" "${package}t64"; do
        # shellcheck disable=SC2016 - the placeholder is dpkg's
        if dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q "install ok installed"; then
            continue 2
        fi
    done
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "gridwatch: not everything will run; ask an administrator for: apt-get install$missing" >&2
    exit 0
fi
echo "gridwatch: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# An index that is out of reach does not matter if the lists of last time still serve.
apt-get update -qq >/dev/null || true
# shellcheck disable=SC2086 - a list of names
if ! apt-get install -qq -y --no-install-recommends $missing >/dev/null; then
    echo "gridwatch: not everything will run; this failed: apt-get install$missing" >&2
fi
