#!/usr/bin/env bash
# Sets the project up, runs it, and tests it. `./deploy.sh help` lists the commands.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
VENV=$ROOT/.venv
DATA=${DATA_PATH:-$ROOT/data}
MIN_PYTHON="3, 11"
cd "$ROOT"

say() { printf '\033[1;34m==>\033[0m %s\n' "$*"; }
die() { printf '\033[1;31merror:\033[0m %s\n' "$*" >&2; exit 1; }

usage() {
  cat <<'TEXT'
Usage: ./deploy.sh COMMAND

  setup            make .venv with everything that running and testing need
  dev              set up, migrate the database and serve on http://localhost:8000
                   (PORT and HOST change the address, DATA_PATH the data folder)
  test [ARGS...]   set up and run every check and test; ARGS go to pytest
                   (with ARGS only pytest runs)
  help             this text
TEXT
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null &&
      "$candidate" -c "import sys, venv, ensurepip; sys.exit(sys.version_info < ($MIN_PYTHON))" \
        2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  die "Python 3.11 or newer with its venv module is needed (PYTHON=/path/to/python names one)"
}

# Installs one lock file into .venv, unless that very file is installed there already.
install_lock() {
  local lock=$1 stamp digest
  stamp=$VENV/installed-$lock
  if [ ! -x "$VENV/bin/python" ]; then
    local python
    python=$(find_python) || exit 1
    say "making .venv with $python"
    rm -rf "$VENV"
    "$python" -m venv "$VENV"
  fi
  digest=$(cksum <"$lock")
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ]; then
    return
  fi
  say "installing $(grep -c '==' "$lock") packages of $lock"
  "$VENV/bin/python" -m pip install --disable-pip-version-check --require-hashes --no-deps \
    --progress-bar off -r "$lock" | sed -un 's/^Collecting \([^ ;]*\).*/    \1/p'
  echo "$digest" >"$stamp"
}

has_everything() {
  local stamp=$VENV/installed-requirements-dev.lock
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cksum <requirements-dev.lock)" ]
}

setup() {
  install_lock requirements-dev.lock
  say "ready: .venv"
}

# Sets a setting, unless the environment or .env has it.
default() {
  if [ -z "${!1:-}" ] && ! grep -qE "^$1=.+" .env 2>/dev/null; then
    export "$1=$2"
  fi
}

dev() {
  has_everything || install_lock requirements.lock
  mkdir -p "$DATA"
  if [ ! -s "$DATA/secret_key" ]; then
    say "generating a secret in ${DATA#"$ROOT"/}/secret_key"
    (umask 077 && "$VENV/bin/python" -c 'import secrets; print(secrets.token_urlsafe(48))' \
      >"$DATA/secret_key")
  fi
  default APP_ENV development
  default SECRET_KEY "$(cat "$DATA/secret_key")"
  default DATABASE_URL "sqlite+aiosqlite:///$DATA/contravento.db"
  default STORAGE_PATH "$DATA/storage"
  default CELERY_ENABLED false
  default LOG_FORMAT console
  say "migrating the database"
  (cd backend && "$VENV/bin/alembic" upgrade head)
  say "serving on http://${HOST:-localhost}:${PORT:-8000} (API documentation: /docs)"
  cd backend
  exec "$VENV/bin/uvicorn" src.main:app --host "${HOST:-localhost}" --port "${PORT:-8000}" \
    --timeout-graceful-shutdown 10
}

check() {
  say "$1"
  shift
  "$@"
}

run_tests() {
  install_lock requirements-dev.lock
  local bin=$VENV/bin
  if (($#)); then
    exec "$bin/pytest" "$@"
  fi
  check "lint" "$bin/ruff" check
  check "format" "$bin/ruff" format --check
  check "types" "$bin/mypy"
  check "import rules" env PYTHONPATH=backend "$bin/lint-imports" --no-logo
  check "web client: generated anew, types" frontend/client.sh check
  check "alarms" deploy/monitoring/check.sh
  check "tests: unit, integration, end to end" "$bin/pytest" -n 2
  say "everything passes"
}

command=${1:-help}
(($#)) && shift
case $command in
  setup) setup "$@" ;;
  dev) dev "$@" ;;
  test) run_tests "$@" ;;
  help | -h | --help) usage ;;
  *) usage >&2; die "there is no command '$command'" ;;
esac
