# shellcheck shell=bash
# What the operator sees, and the one place where a command that changes something is run.

DRY_RUN=no
ASSUME_YES=no
OUTCOME=0

warn() { printf '\033[1;33mwarning:\033[0m %s\n' "$*" >&2; }
detail() { printf '    %s\n' "$*"; }

# Every command that changes something goes through here; a dry run prints it instead.
run() {
  if [ "$DRY_RUN" = yes ]; then
    printf 'would run:'
    [[ $* != *compose* ]] || printf ' IMAGE_TAG=%q' "$IMAGE_TAG"
    printf ' %s' "$(quoted "$@")"
    printf '\n'
  else
    "$@"
  fi
}

# Words as one could type them, quoted only where needed.
quoted() {
  local word words=()
  for word in "$@"; do
    [[ -n $word && $word != *[!A-Za-z0-9_./:=,@%+-]* ]] || word=${word@Q}
    words+=("$word")
  done
  echo "${words[*]}"
}

run_into() {
  local file=$1
  shift
  if [ "$DRY_RUN" = yes ]; then
    printf '%s > %q\n' "$(run "$@")" "$file"
  else
    "$@" >"$file"
  fi
}

run_from() {
  local file=$1
  shift
  if [ "$DRY_RUN" = yes ]; then
    printf '%s < %q\n' "$(run "$@")" "$file"
  else
    "$@" <"$file"
  fi
}

# Sets OUTCOME to the exit status of a command, run in a subshell. Its first failing line ends it,
# which bash would switch off inside `if` and `||`.
attempt() {
  set +e
  (
    set -e
    "$@"
  )
  OUTCOME=$?
  set -e
}

# Announces a step, runs it, and tells how long it took; the script ends with a step that fails.
step() {
  local title=$1 began=$SECONDS
  shift
  say "$title"
  attempt "$@"
  ((OUTCOME == 0)) || die "failed after $((SECONDS - began)) s: $title"
  [ "$DRY_RUN" = yes ] || detail "$((SECONDS - began)) s"
}

# Asks; without an answer nothing goes on.
confirm() {
  local answer
  if [ "$DRY_RUN" = yes ] || [ "$ASSUME_YES" = yes ]; then
    return
  fi
  [ -t 0 ] || die "'$1' is confirmed by a person at a terminal, or with --yes"
  read -r -p "$1. Go on? [y/N] " answer
  case $answer in
    y | Y | yes) ;;
    *) die "nothing was changed" ;;
  esac
}

confirm_in_production() {
  [ "$PLACE" != prod ] || confirm "PRODUCTION: $1"
}
