# shellcheck shell=bash
# Which image runs, which ran before, and how a new one is made.

KEPT_IMAGES=5

# Two different trees never share a tag, so the version before can always be told from this one.
new_tag() {
  local tag
  tag=$(git describe --tags --always 2>/dev/null | tr -c 'A-Za-z0-9_.\n-' -) || tag=untracked
  if [ -n "$(git status --porcelain 2>&1)" ]; then
    tag=$tag-dirty-$(date -u +%Y%m%d%H%M%S)
  fi
  echo "$tag"
}

build_image() { run_compose build backend; }

image_exists() { docker image inspect "$IMAGE:$1" >/dev/null 2>&1; }

# The history has a line "time tag" for each version that became healthy, the newest last.
versions_that_ran() {
  [ ! -f "$STATE/history" ] || cut -d ' ' -f 2 "$STATE/history"
}

current_version() { versions_that_ran | tail -n 1; }

previous_version() {
  local current
  current=$(current_version)
  versions_that_ran | sed -n "/^$current\$/!p" | tail -n 1
}

remember_version() {
  [ "$DRY_RUN" = no ] || return 0
  printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$IMAGE_TAG" >>"$STATE/history"
}

# Only images that this place has run are removed, and not its newest.
remove_old_images() {
  local kept tag
  kept=$(versions_that_ran | awk '{ last[$0] = NR } END { for (tag in last) print last[tag], tag }' |
    sort -rn | sed -n "1,${KEPT_IMAGES}p" | cut -d ' ' -f 2)
  versions_that_ran | sort -u | while read -r tag; do
    if ! grep -qxF -- "$tag" <<<"$kept" && image_exists "$tag"; then
      docker image rm "$IMAGE:$tag" >/dev/null || warn "the image $IMAGE:$tag could not be removed"
    fi
  done
}
