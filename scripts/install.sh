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

# What the tests of the website are driven in.
[ "$set_name" != dev ] || command -v chromium >/dev/null 2>&1 || apt_install chromium

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
say "installing the pinned packages ($set_name)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r "requirements/$set_name.txt"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    --no-build-isolation -e .

# The site's typeface, made for low-vision readers (SIL Open Font License), from the npm registry when
# npm is here; without it, pages use the device's own typefaces.
fonts=src/observatory/static/fonts
font_package=@fontsource/atkinson-hyperlegible-next@5.3.0
font_sha256=33dcb7d0d4e2ea98a96985ca7448f738c3b5b370cfc5230b1e40e4f728920cc2
fetch_font() {
    work=$(mktemp -d)
    (cd "$work" && npm pack --silent "$font_package" >/dev/null 2>&1) || return 1
    printf '%s  %s\n' "$font_sha256" "$(ls "$work"/*.tgz)" | sha256sum --check --status || return 1
    tar -xzf "$work"/*.tgz -C "$work"
    mkdir -p "$fonts"
    for weight in 400 700; do
        cp "$work/package/files/atkinson-hyperlegible-next-latin-$weight-normal.woff2" \
            "$fonts/atkinson-$weight.woff2"
    done
    cat > "$fonts/fonts.css" <<'CSS'
@font-face{font-family:"Atkinson Hyperlegible Next";src:url("atkinson-400.woff2") format("woff2");font-weight:400;font-display:swap}
@font-face{font-family:"Atkinson Hyperlegible Next";src:url("atkinson-700.woff2") format("woff2");font-weight:600 800;font-display:swap}
CSS
    cp "$work/package/LICENSE" "$fonts/LICENSE"
    rm -r "$work"
}
if [ ! -f "$fonts/fonts.css" ]; then
    command -v npm >/dev/null 2>&1 && fetch_font || say "the site's typeface was not found: pages will use the device's own"
fi
