#!/bin/sh
# Set up the virtual environment: `install.sh base` (the product) or `install.sh dev` (tests too).
# Asks Debian/Ubuntu's package manager only for what is missing. Pinned with hashes, nothing else.
set -eu
set_name=$1
python=${PYTHON:-python3}
venv=${VENV:-.venv}

say() { printf 'install: %s\n' "$*" >&2; }

apt_install() {
    command -v apt-get >/dev/null 2>&1 || { say "please install by hand: $*"; exit 2; }
    sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
    say "asking the system for: $*"
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

has_library() { ldconfig -p 2>/dev/null | grep -q "$1"; }

command -v "$python" >/dev/null 2>&1 || apt_install python3 python3-venv
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Python 3.11 or newer is needed; found $("$python" --version). Use make PYTHON=/path/to/python3."
    exit 2
}
"$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv

# What the PDF report is drawn with.
missing=
has_library libpango-1.0.so.0 || missing="$missing libpango-1.0-0"
has_library libpangoft2-1.0.so.0 || missing="$missing libpangoft2-1.0-0"
has_library libharfbuzz-subset.so.0 || missing="$missing libharfbuzz-subset0"
fc-list 2>/dev/null | grep -q Lato || missing="$missing fontconfig fonts-lato"
fc-list 2>/dev/null | grep -q 'Charis SIL' || missing="$missing fonts-sil-charis"
# shellcheck disable=SC2086
[ -z "$missing" ] || apt_install $missing

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
say "installing the pinned packages ($set_name)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r "requirements/$set_name.txt"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    --no-build-isolation -e .
