#!/usr/bin/env bash
# Sets the project up, tests it, runs it and operates it. `./deploy.sh help` lists the commands.
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
  dev [--demo]     set up, build the web app, migrate the database and serve on
                   http://localhost:8000 (PORT and HOST change the address, DATA_PATH the data
                   folder); --demo adds a cyclist with three finished rides
  test [ARGS...]   set up and run every check and test; ARGS go to pytest
                   (with ARGS only pytest runs)
  help             this text

With Docker: ./deploy.sh local|staging|prod ACTION [ARGS...] [--dry-run] [--yes]

  up [TAG]         build, check, back up before a migration, migrate, roll out, wait for health;
                   goes back to the version before by itself when health does not come
                   (TAG names the version; without it git does)
  down             stop everything; the data stay in their volumes
  restart [SERVICE...]
                   replace containers one after another, without losing a task
  rollback [TAG]   roll the version before, or TAG, out again
  scale N          N workers, 1 to 10
  autoscale [ARGS] scale to what the backlog asks for; ARGS go to src.autoscale (for cron)
  backup           database and uploaded files, into backups/
  restore FOLDER   put a backup back
  status           containers, versions, health, backlog, last backup
  ps, logs [ARGS]  compose's own

  --dry-run        print every command that would change something, and run none
  --yes            do not ask (production asks; restore asks everywhere)

Staging and production read .env.staging and .env.production (deploy/env.example lists what they
need) or the environment. docs/operations.md explains it all.
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
    --progress-bar off -r "$lock" | sed -un 's/^Collecting \([^ ;]*\).*/    \1/p' || return 1
  echo "$digest" >"$stamp"
}

has_everything() {
  local stamp=$VENV/installed-requirements-dev.lock
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cksum <requirements-dev.lock)" ]
}

install_everything() {
  install_lock requirements-dev.lock
  frontend/web.sh install
}

setup() {
  install_everything
  frontend/web.sh build
  say "ready: .venv"
}

# Sets a setting, unless the environment or .env has it.
default() {
  if [ -z "${!1:-}" ] && ! grep -qE "^$1=.+" .env 2>/dev/null; then
    export "$1=$2"
  fi
}

# Node.js as the web app's build needs it: the machine's own, else that of a Python package.
has_node() {
  command -v npm >/dev/null && node -e '
    const [major, minor] = process.versions.node.split(".");
    process.exit(major > 22 || (major == 22 && minor >= 18) ? 0 : 1)' 2>/dev/null
}

# Without the app there is still the API.
build_web_app() {
  if (has_everything || has_node || install_lock requirements-web.lock) && frontend/web.sh build; then
    return
  fi
  if [ -e frontend/dist/index.html ]; then
    say "the web app could not be built; the one that was built before is served"
  else
    say "the web app could not be built, see above; the API is served without it"
  fi
}

dev() {
  local address argument demo=no
  for argument in "$@"; do
    [ "$argument" = --demo ] || refuse "dev knows no '$argument'"
    demo=yes
  done
  has_everything || install_lock requirements.lock
  build_web_app
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
  cd backend
  address=http://${HOST:-localhost}:${PORT:-8000}
  if [ "$demo" = yes ]; then
    say "adding the demo's rides"
    "$VENV/bin/python" -m src.demo --address "$address"
  fi
  say "serving on $address (API documentation: /docs)"
  exec "$VENV/bin/uvicorn" src.main:app --host "${HOST:-localhost}" --port "${PORT:-8000}" \
    --timeout-graceful-shutdown 10 --ws-max-size 16384
}

check() {
  say "$1"
  shift
  "$@"
}

has_chromium() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null
}

run_tests() {
  install_everything
  local bin=$VENV/bin
  if (($#)); then
    exec "$bin/pytest" "$@"
  fi
  check "lint" "$bin/ruff" check
  check "format" "$bin/ruff" format --check
  check "types" "$bin/mypy"
  check "shell scripts" "$bin/shellcheck" --check-sourced deploy.sh .ci/run deploy/monitoring/check.sh frontend/web.sh
  check "import rules" env PYTHONPATH=backend "$bin/lint-imports" --no-logo
  check "web app: client generated anew, types, lint" frontend/web.sh check
  check "web app: tests" frontend/web.sh test
  check "web app: build" frontend/web.sh build
  check "alarms" deploy/monitoring/check.sh
  has_chromium || say "there is no Chromium here: the browser tests are left out"
  check "tests: unit, integration, end to end" "$bin/pytest" -n 3 --dist loadgroup
  if has_chromium; then
    say "everything passes"
  else
    say "everything passes but the browser tests, which were left out: there is no Chromium here" \
      "(the package chromium of Debian)"
  fi
}

refuse() {
  usage >&2
  printf '\033[1;31merror:\033[0m %s\n' "$*" >&2
  exit 2
}

# Everything that needs Docker.
operate() {
  # shellcheck source=deploy/lib/terminal.sh
  source "$ROOT/deploy/lib/terminal.sh"
  # shellcheck source=deploy/lib/place.sh
  source "$ROOT/deploy/lib/place.sh"
  # shellcheck source=deploy/lib/versions.sh
  source "$ROOT/deploy/lib/versions.sh"
  # shellcheck source=deploy/lib/checks.sh
  source "$ROOT/deploy/lib/checks.sh"
  # shellcheck source=deploy/lib/containers.sh
  source "$ROOT/deploy/lib/containers.sh"
  # shellcheck source=deploy/lib/rollout.sh
  source "$ROOT/deploy/lib/rollout.sh"
  # shellcheck source=deploy/lib/backup.sh
  source "$ROOT/deploy/lib/backup.sh"
  # shellcheck source=deploy/lib/restore.sh
  source "$ROOT/deploy/lib/restore.sh"
  # shellcheck source=deploy/lib/overview.sh
  source "$ROOT/deploy/lib/overview.sh"

  local argument words=() place action
  for argument in "$@"; do
    case $argument in
      --dry-run) DRY_RUN=yes ;;
      --yes) ASSUME_YES=yes ;;
      *) words+=("$argument") ;;
    esac
  done
  ((${#words[@]} >= 2)) || refuse "a place and an action are needed"
  place=${words[0]} action=${words[1]}
  case $place in
    local | staging | prod) ;;
    *) refuse "there is no place '$place'" ;;
  esac
  choose_place "$place"
  case $action in
    up | down | restart | rollback | scale | autoscale | backup | restore) "$action" "${words[@]:2}" ;;
    status | ps | logs) "show_$action" "${words[@]:2}" ;;
    *) refuse "there is no action '$action'" ;;
  esac
}

command=${1:-help}
(($#)) && shift
case $command in
  setup) setup "$@" ;;
  dev) dev "$@" ;;
  test) run_tests "$@" ;;
  help | -h | --help) usage ;;
  local | staging | prod | --dry-run | --yes) operate "$command" "$@" ;;
  *) refuse "there is no command '$command'" ;;
esac
