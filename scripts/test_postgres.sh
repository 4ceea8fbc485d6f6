#!/bin/sh
# Run the website's tests on a PostgreSQL of their own: started here, on a free port, thrown away after.
# Needs Debian's postgresql binaries (PGBIN names another folder); says so and stops where there are none.
set -eu
cd "$(dirname "$0")/.."
BIN=${PGBIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)}
if [ ! -x "${BIN:-/none}/initdb" ]; then
  echo "PostgreSQL is not installed here: the website's tests ran on SQLite only." >&2
  exit 0
fi
WHERE=$(mktemp -d /tmp/quartiers-postgres.XXXXXX)
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  chown postgres "$WHERE"
  as() { su postgres -s /bin/sh -c "$*"; }
else
  as() { sh -c "$*"; }
fi
stop() {
  as "$BIN/pg_ctl -D $WHERE/cluster -m immediate stop" >/dev/null 2>&1 || true
  rm -rf "$WHERE"
}
trap stop EXIT INT TERM
as "$BIN/initdb -D $WHERE/cluster -U quartiers --auth=trust -E UTF8 --no-sync" >/dev/null
as "$BIN/pg_ctl -D $WHERE/cluster -w -l $WHERE/log -o '-p $PORT -k $WHERE -c listen_addresses=127.0.0.1 -c fsync=off' start" >/dev/null
DATABASE_URL="postgresql://quartiers@127.0.0.1:$PORT/postgres" .venv/bin/python -m pytest tests/site "$@"
