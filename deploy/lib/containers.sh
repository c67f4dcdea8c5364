# shellcheck shell=bash
# Containers of the stack: which there are, whether they are well, and replacing them one by one.
#
# They are looked up by compose's labels, which both of its generations set alike, and replaced here
# instead of by `compose up`, which stops all containers of a service before it starts the new ones.

# Containers of this image are left alone: they are what is wanted, and known to work.
SPARED_IMAGE=

# Containers of a service whatever their state, the oldest first.
containers_of() {
  docker ps --all --quiet --no-trunc \
    --filter "label=com.docker.compose.project=$PROJECT" \
    --filter "label=com.docker.compose.service=$1" \
    --filter "label=com.docker.compose.oneoff=False" | sed '1!G;h;$!d'
}

# Those of them that are to be replaced.
outdated() {
  local id
  for id in $(containers_of "$1"); do
    if [ -z "$SPARED_IMAGE" ] || [ "$(image_of "$id")" != "$SPARED_IMAGE" ]; then
      echo "$id"
    fi
  done
}

image_of() { docker inspect --format '{{.Config.Image}}' "$1"; }

count_of() { containers_of "$1" | wc -l | tr -d ' '; }

# "running", or "running healthy" and the like where the service has a health check.
state_of() {
  docker inspect --format '{{.State.Status}}{{if .State.Health}} {{.State.Health.Status}}{{end}}' "$1"
}

wait_until_healthy() {
  local service=$1 id=$2 deadline=$((SECONDS + HEALTH_TIMEOUT_S)) state
  while :; do
    state=$(state_of "$id")
    case $state in
      running | "running healthy") return ;;
      exited* | restarting* | dead* | *unhealthy) break ;;
    esac
    ((SECONDS < deadline)) || break
    sleep "$POLL_S"
  done
  warn "$service is '$state' ${id:0:12}; its last lines:"
  docker logs --tail 30 "$id" >&2 || true
  return 1
}

wait_until_all_healthy() {
  local service id
  [ "$DRY_RUN" = no ] || return 0
  for service in "$@"; do
    for id in $(containers_of "$service"); do
      wait_until_healthy "$service" "$id"
    done
  done
}

# Starts as many containers as are missing; those that run are left alone.
start_missing() {
  run_compose up --detach --no-deps --no-build --no-recreate --scale "$1=$2" "$1"
}

# One container more, with the present image and settings; it is removed again if it does not become
# healthy.
start_one() {
  local service=$1 number=$2 before id
  before=$(containers_of "$service")
  start_missing "$service" "$number"
  for id in $(containers_of "$service"); do
    if ! grep -qF "$id" <<<"$before"; then
      wait_until_healthy "$service" "$id" || {
        docker rm --force "$id" >/dev/null
        return 1
      }
    fi
  done
}

# Stopped with the grace period that compose gave them, all at the same time.
retire() {
  run docker stop "$@" >/dev/null
  run docker rm "$@" >/dev/null
}

# A second container beside the old one needs a port of its own: none that the host publishes.
can_stand_beside() {
  case $1 in
    backend | celery_worker) [ "$(docker inspect --format '{{len .HostConfig.PortBindings}}' "$2")" = 0 ] ;;
    *) return 1 ;;
  esac
}

# Replaces a service's containers one after another; where there are none, it starts as many as the
# compose file says. Where possible the new one is healthy before an old one ends, so that as many
# as before serve at every moment.
roll() {
  local service=$1 id number
  number=$(count_of "$service")
  for id in $(outdated "$service"); do
    if can_stand_beside "$service" "$id"; then
      start_one "$service" $((number + 1))
      retire "$id"
    else
      retire "$id"
      start_one "$service" "$number"
    fi
    [ "$DRY_RUN" = yes ] || detail "$service: ${id:0:12} replaced"
  done
  if ((number == 0)); then
    run_compose up --detach --no-deps --no-build "$service"
    wait_until_all_healthy "$service"
  fi
}

# Replaces services that nobody waits for, all at once.
replace() {
  local service old
  old=$(for service in "$@"; do outdated "$service"; done)
  # shellcheck disable=SC2086 # one word a container
  [ -z "$old" ] || retire $old
  run_compose up --detach --no-deps --no-build --no-recreate "$@"
  wait_until_all_healthy "$@"
}

# As many containers as wanted; the youngest go first.
resize() {
  local service=$1 wanted=$2 surplus
  surplus=$(containers_of "$service" | tail -n "+$((wanted + 1))")
  if [ -n "$surplus" ]; then
    # shellcheck disable=SC2086 # one word a container
    retire $surplus
  else
    start_missing "$service" "$wanted"
    wait_until_all_healthy "$service"
  fi
}
