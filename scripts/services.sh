#!/usr/bin/env bash
# Installs what the tests of shared state run on loopback: Redis, PostgreSQL and nginx (Debian, as root).
set -euo pipefail
missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
[ ${#missing[@]} = 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    # The packages would start their servers; the tests start their own.
    RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}"
else
    echo "The tests of shared state need ${missing[*]}; on Debian: apt-get install ${missing[*]}" >&2
fi
