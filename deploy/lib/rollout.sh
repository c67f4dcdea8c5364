# shellcheck shell=bash
# Bringing a version to life, going back to one, and changing how much of it runs.

MAX_WORKERS=10
WORKERS='^([1-9]|10)$'

up() {
  (($# <= 1)) || die "up [TAG]: one name for the version, or none"
  prepare_to_change
  check_before_up
  if (($#)) && image_exists "$1"; then
    die "the image $IMAGE:$1 exists already: 'rollback $1' brings it back, a new version needs a new name"
  fi
  IMAGE_TAG=${1:-$(new_tag)}
  confirm_in_production "up with $IMAGE:$IMAGE_TAG"
  step "building $IMAGE:$IMAGE_TAG" build_image
  step "checking the settings in the image" check_settings_in_image
  step "starting the database and Redis" start_data_services
  back_up_before_migration
  step "migrating the database" run_once migrate
  # Workers first: whatever message the new API writes finds a worker that understands it.
  attempt replace_services celery_worker backend
  if ((OUTCOME)); then
    go_back_from "$IMAGE_TAG"
    exit 1
  fi
  remember_version
  [ "$DRY_RUN" = yes ] || remove_old_images
  say "'$PLACE' runs $IMAGE:$IMAGE_TAG"
}

start_data_services() {
  run_compose up --detach postgres redis
  wait_until_all_healthy postgres redis
}

# Replaces what is made of our image: the two given in their order, then the rest.
replace_services() {
  local service
  for service in "$@"; do
    step "rolling $service" roll "$service"
  done
  step "replacing celery_beat and flower" replace celery_beat flower
  if has_service proxy; then
    step "starting the proxy" start_proxy
  fi
  step "waiting until the service is ready" wait_until_ready
}

# Read to the end: a reader that leaves early would make compose fail.
has_service() { compose config --services | grep -xF -- "$1" >/dev/null; }

# Recreated only when its part of the compose file has changed, because nobody is served meanwhile;
# what changed in the Caddyfile is taken over by the running proxy.
start_proxy() {
  run_compose up --detach --no-deps --no-build proxy
  wait_until_all_healthy proxy
  run_compose exec -T proxy caddy reload --config /etc/caddy/Caddyfile --adapter caddyfile
}

# Database, storage and the API together, as the API itself sees them.
wait_until_ready() {
  local deadline=$((SECONDS + HEALTH_TIMEOUT_S))
  [ "$DRY_RUN" = no ] || return 0
  until in_backend python -m src.healthcheck 8000 /health/ready >/dev/null 2>&1; do
    ((SECONDS < deadline)) || die "/health/ready does not answer 200 after $HEALTH_TIMEOUT_S s"
    sleep "$POLL_S"
  done
}

in_backend() {
  local id
  id=$(containers_of backend | tail -n 1)
  [ -n "$id" ] || die "no container of 'backend' runs: ./deploy.sh $PLACE up"
  docker exec "$id" "$@"
}

go_back_from() {
  local failed=$1
  IMAGE_TAG=$(current_version)
  if [ -z "$IMAGE_TAG" ] || [ "$IMAGE_TAG" = "$failed" ] || ! image_exists "$IMAGE_TAG"; then
    warn "$IMAGE:$failed did not become healthy, and no other version is here to go back to"
    return
  fi
  warn "$IMAGE:$failed did not become healthy: going back to $IMAGE:$IMAGE_TAG"
  SPARED_IMAGE=$IMAGE:$IMAGE_TAG
  attempt replace_services backend celery_worker
  if ((OUTCOME)); then
    warn "$IMAGE:$IMAGE_TAG does not become healthy either: see ./deploy.sh $PLACE logs"
  else
    warn "'$PLACE' runs $IMAGE:$IMAGE_TAG again"
  fi
  warn_about_the_database
}

warn_about_the_database() {
  warn "the database keeps its migrations, with which the version before works too; the backups: $BACKUP_PATH/$PLACE"
}

rollback() {
  local wanted=${1:-$(previous_version)} from=$IMAGE_TAG
  (($# <= 1)) || die "rollback [TAG]: one version, or none for the one before"
  prepare_to_change
  [ -n "$wanted" ] || die "no version before $from is known here: ./deploy.sh $PLACE rollback TAG"
  image_exists "$wanted" || die "the image $IMAGE:$wanted is not on this machine"
  confirm_in_production "rollback from $from to $wanted"
  IMAGE_TAG=$wanted
  # The API first: the workers then meet no message that only the newer version could write.
  attempt replace_services backend celery_worker
  if ((OUTCOME)); then
    go_back_from "$IMAGE_TAG"
    exit 1
  fi
  remember_version
  warn_about_the_database
  say "'$PLACE' runs $IMAGE:$IMAGE_TAG"
}

restart() {
  local service
  prepare_to_change
  for service in "$@"; do
    has_service "$service" || die "there is no service '$service'"
    [ "$service" != migrate ] || die "'migrate' runs once with 'up'"
  done
  confirm_in_production "rolling restart of ${*:-everything but the database, Redis and the proxy}"
  if (($# == 0)); then
    replace_services celery_worker backend
    return
  fi
  for service in "$@"; do
    step "rolling $service" roll "$service"
  done
  step "waiting until the service is ready" wait_until_ready
}

scale() {
  local number=${1:-}
  if (($# != 1)) || ! [[ $number =~ $WORKERS ]]; then
    die "scale N: the number of workers, from 1 to $MAX_WORKERS"
  fi
  prepare_to_change
  resize_workers "$number"
}

resize_workers() {
  local number=$1 now
  now=$(count_of celery_worker)
  confirm_in_production "$number workers instead of $now"
  step "scaling celery_worker from $now to $number" resize celery_worker "$number"
}

# One look at the backlog, for an operator's cron.
autoscale() {
  local current wanted
  LOCK_TIMEOUT_S=30
  prepare_to_change
  current=$(count_of celery_worker)
  wanted=$(in_backend python -m src.autoscale --current "$current" "$@")
  [[ $wanted =~ $WORKERS ]] || die "src.autoscale answered '$wanted' instead of a number up to $MAX_WORKERS"
  if ((wanted == current)); then
    say "$current workers are right"
  else
    resize_workers "$wanted"
  fi
}

down() {
  (($# == 0)) || die "'down' takes no arguments"
  prepare_to_change
  confirm_in_production "down: the service ends, its data stay in their volumes"
  step "stopping '$PLACE'; its volumes stay" run_compose down
}
