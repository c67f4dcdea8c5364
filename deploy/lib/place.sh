# shellcheck shell=bash
# Where a command acts: the compose file, its project and settings, and what is remembered of it.

PLACE=
PROJECT=
STACK_FILE=
SETTINGS_FILE=
STATE=
COMPOSE=()
COMPOSE_VERSION=
ONCE=()
IMAGE=contravento-gpx
export IMAGE_TAG

# What an operator may set for this script itself.
BACKUP_PATH=${BACKUP_PATH:-backups}
BACKUP_KEEP=${BACKUP_KEEP:-7}
MIN_FREE_GB=${MIN_FREE_GB:-5}
# Seconds to wait for another deployment of the same place.
LOCK_TIMEOUT_S=0
HEALTH_TIMEOUT_S=${HEALTH_TIMEOUT_S:-120}
POLL_S=${POLL_S:-1}

choose_place() {
  PLACE=$1
  case $PLACE in
    local) PROJECT=contravento STACK_FILE=docker-compose.local.yml ;;
    staging) PROJECT=contravento-staging STACK_FILE=docker-compose.prod.yml APP_ENV=staging ;;
    prod) PROJECT=contravento-prod STACK_FILE=docker-compose.prod.yml APP_ENV=production ;;
  esac
  if [ "$PLACE" != local ]; then
    # Stronger than the settings file: a copied line must not make production a development place.
    export APP_ENV
    SETTINGS_FILE=${DEPLOY_ENV_FILE:-.env.$APP_ENV}
  fi
  STATE=${DEPLOY_STATE_PATH:-.deploy}/$PLACE
  IMAGE_TAG=$(current_version)
  IMAGE_TAG=${IMAGE_TAG:-local}
}

find_compose() {
  if COMPOSE_VERSION=$(docker compose version --short 2>/dev/null); then
    COMPOSE=(docker compose)
  elif COMPOSE_VERSION=$(docker-compose version --short 2>/dev/null); then
    COMPOSE=(docker-compose)
  else
    die "neither 'docker compose' nor 'docker-compose' can be run"
  fi
  COMPOSE+=(--project-name "$PROJECT" --file "$STACK_FILE")
  if [ -n "$SETTINGS_FILE" ]; then
    # Without a file the settings come from the environment, never from a developer's .env.
    if [ -f "$SETTINGS_FILE" ]; then
      COMPOSE+=(--env-file "$SETTINGS_FILE")
    else
      COMPOSE+=(--env-file /dev/null)
    fi
  fi
  # One command in a fresh container of a service, which ends with it.
  ONCE=("${COMPOSE[@]}" run --rm --no-deps -T)
}

compose() { "${COMPOSE[@]}" "$@"; }

run_compose() { run "${COMPOSE[@]}" "$@"; }

run_once() { run "${ONCE[@]}" "$@"; }

# What every action begins with, once its arguments are known to be good.
prepare() {
  find_compose
  check_stack
}

prepare_to_change() {
  lock_place
  prepare
}

# The value that compose gives a variable: the environment's, else the settings file's.
setting() {
  if [ -n "${!1+set}" ]; then
    printf '%s' "${!1}"
  elif [ -f "$SETTINGS_FILE" ]; then
    sed -n "s/^$1=//p" "$SETTINGS_FILE" | tail -n 1 | sed -E "s/^(['\"])(.*)\1[[:space:]]*$/\2/"
  fi
}

# Two deployments at once would undo each other; the lock goes when this process does.
lock_place() {
  [ "$DRY_RUN" = no ] || return 0
  mkdir -p "$STATE"
  if ! command -v flock >/dev/null; then
    warn "'flock' is missing: nothing keeps two deployments apart"
    return
  fi
  exec 8>"$STATE/lock"
  flock --timeout "$LOCK_TIMEOUT_S" 8 || die "another deployment of '$PLACE' is under way"
}
