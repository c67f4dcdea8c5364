# shellcheck shell=bash
# What must be true before anything is changed. Every fault is named, not only the first.

MIN_DOCKER=20.10
MIN_COMPOSE=1.29
MIN_SECRET_LENGTH=32 # what the service itself demands of SECRET_KEY
FAULTS=()

fault() { FAULTS+=("$*"); }

refuse_with_faults() {
  local each
  ((${#FAULTS[@]})) || return 0
  for each in "${FAULTS[@]}"; do
    printf '  - %s\n' "$each" >&2
  done
  die "'$PLACE' is not ready: nothing was changed"
}

check_stack() {
  check_versions
  check_settings
  refuse_with_faults
  compose config --quiet || die "$STACK_FILE is not valid with these settings"
}

check_before_up() {
  check_secrets
  check_disk
  refuse_with_faults
  if [ "$PLACE" = prod ] && [ -n "$(git status --porcelain 2>&1)" ]; then
    warn "the tree has changes that are not committed: no commit describes this image"
  fi
}

check_versions() {
  local docker_version
  docker_version=$(docker version --format '{{.Server.Version}}') || die "the Docker engine does not answer"
  at_least "$MIN_DOCKER" "$docker_version" || fault "Docker $docker_version is older than $MIN_DOCKER"
  at_least "$MIN_COMPOSE" "$COMPOSE_VERSION" || fault "compose $COMPOSE_VERSION is older than $MIN_COMPOSE"
}

at_least() { [ "$(printf '%s\n' "$1" "${2#v}" | sort -V | sed -n 1p)" = "$1" ]; }

# The compose file itself says which variables it cannot do without: ${NAME:?...}.
required_settings() { grep -oE '\$\{[A-Z][A-Z0-9_]*:\?' "$STACK_FILE" | tr -d '${:?' | sort -u || true; }

check_settings() {
  local name
  for name in $(required_settings); do
    [ -n "$(setting "$name")" ] ||
      fault "$name is not set: give it in ${SETTINGS_FILE:-the environment} or in the environment"
  done
}

check_secrets() {
  local name value
  for name in $(required_settings | grep -E '(PASSWORD|SECRET|SECRET_KEY|TOKEN)$'); do
    value=$(setting "$name")
    if is_placeholder "$value"; then
      fault "$name is a default or an example: make one with 'openssl rand -hex 32'"
    elif ((${#value} < MIN_SECRET_LENGTH)); then
      fault "$name has ${#value} characters, $MIN_SECRET_LENGTH are needed: make one with 'openssl rand -hex 32'"
    elif [[ $name = *PASSWORD && $value = *[!A-Za-z0-9._~-]* ]]; then
      fault "$name becomes part of an address: only letters, digits and . _ ~ - are possible"
    fi
  done
  if [ -f "$SETTINGS_FILE" ] && [ -n "$(find "$SETTINGS_FILE" -perm /077)" ]; then
    warn "others may read $SETTINGS_FILE: chmod 600 $SETTINGS_FILE"
  fi
}

# Whatever this repository shows to everybody is no secret. The value must not reach a command line,
# where every process could read it.
is_placeholder() {
  case ${1,,} in
    *change*me* | *example* | *placeholder* | *your-* | *password* | admin*) return 0 ;;
  esac
  grep -qFf <(printf '%s\n' "$1") docker-compose.local.yml .env.example deploy/*.example backend/src/config.py
}

check_disk() {
  local folder free_gb
  for folder in "$(docker info --format '{{.DockerRootDir}}')" "$BACKUP_PATH"; do
    until [ -d "$folder" ]; do folder=$(dirname "$folder"); done
    free_gb=$(($(df -Pk "$folder" | awk 'NR == 2 { print $4 }') / 1024 / 1024))
    ((free_gb >= MIN_FREE_GB)) || fault "$folder has $free_gb GB free, $MIN_FREE_GB are needed"
  done
}

# The image's own opinion of the settings, before anything runs with them.
check_settings_in_image() {
  local report
  report=$(run_once backend python -c 'from src.config import get_settings; get_settings()' 2>&1) || {
    sed -n '/validation error/,$p' <<<"$report" >&2
    die "the service refuses these settings"
  }
  [ "$DRY_RUN" = no ] || echo "$report"
}
