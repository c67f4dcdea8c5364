# shellcheck shell=bash
# What an operator looks at; nothing here changes anything.

show_status() {
  local last
  prepare
  say "'$PLACE' (project $PROJECT, $STACK_FILE)"
  detail "version: $(current_version | grep . || echo 'none yet'), before: $(previous_version | grep . || echo none)"
  last=$(backups | sed -n 1p)
  detail "last backup: ${last:-none}${last:+ ($(du -sh "$last" | cut -f 1))}"
  show_services
  if [ -n "$(containers_of backend)" ]; then
    say "health, backlog and failures"
    in_backend python -m src.maintenance health-report || warn "the service does not answer"
  fi
}

show_services() {
  local service id
  printf '    %-15s %-13s %-20s %-30s %s\n' SERVICE CONTAINER STATE IMAGE STARTED
  for service in $(compose config --services | sort); do
    for id in $(containers_of "$service"); do
      printf '    %-15s %-13s %-20s %s\n' "$service" "${id:0:12}" "$(state_of "$id")" \
        "$(docker inspect --format '{{printf "%-30s %.19s" .Config.Image .State.StartedAt}}' "$id")"
    done
  done
}

show_ps() {
  prepare
  compose ps "$@"
}

show_logs() {
  local argument
  prepare
  for argument in "$@"; do
    case $argument in --tail*) compose logs "$@"; return ;; esac
  done
  compose logs --tail=100 "$@"
}
