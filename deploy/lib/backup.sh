# shellcheck shell=bash
# Backups: a folder each, with the database, the uploaded files, and what they belong to.
#
# The database comes first and the files after it: a file is stored before its row is committed, so
# every row of the dump finds its file, unless a cyclist deleted it in between.

# A whole backup under $BACKUP_PATH/PLACE, and the oldest of its kind removed.
backup() {
  (($# == 0)) || die "'backup' takes no arguments"
  # A cron's backup waits for what is under way, rather than being left out.
  LOCK_TIMEOUT_S=900
  prepare_to_change
  check_disk
  refuse_with_faults
  make_backup full
}

make_backup() {
  local kind=$1 folder part
  folder=$BACKUP_PATH/$PLACE/$(date -u +%Y%m%dT%H%M%SZ)-$kind
  part=$folder.part
  # What was not finished is no backup, and would fill the disk night after night.
  [ ! -d "$BACKUP_PATH/$PLACE" ] ||
    find "$BACKUP_PATH/$PLACE" -mindepth 1 -maxdepth 1 -type d -name '*.part' | while read -r unfinished; do
      run rm -r "$unfinished"
    done
  (umask 077 && run mkdir -p "$part")
  step "dumping the database" dump_database "$part/database.dump"
  if [ "$kind" = full ]; then
    if files_are_in_a_bucket; then
      detail "the uploaded files lie in a bucket: they are not part of this backup"
    else
      step "archiving the uploaded files" archive_files "$part/files.tar.gz"
      [ "$DRY_RUN" = yes ] || report_missing_files "$part/files.tar.gz"
    fi
  fi
  if [ "$DRY_RUN" = no ]; then
    describe >"$part/about"
    (cd "$part" && sha256sum -- * >SHA256SUMS)
  fi
  run mv "$part" "$folder"
  [ "$DRY_RUN" = yes ] || detail "$folder: $(du -sh "$folder" | cut -f 1)"
  remove_old_backups "$kind"
}

# A shell line in the database's container, where the tools and the password are.
in_postgres() { compose exec -T postgres sh -euc "$1"; }

query() { in_postgres 'psql -XAtq -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"' <<<"$1"; }

dump_database() {
  local file=$1
  (umask 077 && run_into "$file" "${COMPOSE[@]}" exec -T postgres \
    sh -euc 'pg_dump --format=custom -U "$POSTGRES_USER" "$POSTGRES_DB"')
  [ "$DRY_RUN" = yes ] || verify_dump "$file"
}

# The list of contents stands at the front; only reading on to the end shows that nothing is cut off.
verify_dump() {
  local file=$1 tables
  [ -s "$file" ] || die "$file is empty"
  tables=$(in_postgres 'pg_restore --list' <"$file" | grep -c 'TABLE DATA') || die "$file holds no tables"
  in_postgres 'pg_restore --file=/dev/null' <"$file" || die "$file cannot be read to its end"
  detail "$tables tables, $(du -h "$file" | cut -f 1), readable to the end"
}

files_are_in_a_bucket() { [ -n "$(setting STORAGE_URL)" ]; }

# tar says 1 when a file went away while it read: its row went as well.
archive_files() {
  (umask 077 && run_into "$1" "${ONCE[@]}" backend \
    sh -c 'tar -C "$STORAGE_PATH" --exclude=./incoming -czf - . || [ $? = 1 ]')
}

# The uploads of the database whose file is not in a list of stored files, one key a line.
without_file() {
  local keys
  keys=$(query "SELECT storage_key FROM gpx_files")
  comm -23 <(sort <<<"$keys") <(sort <<<"$1") | sed '/^$/d'
}

report_missing_files() {
  local files missing
  files=$(tar -tzf "$1" | sed -n 's#^\./\(.*[^/]\)$#\1#p')
  missing=$(without_file "$files")
  detail "$(grep -c . <<<"$files" || true) files; $(grep -c . <<<"$missing" || true) uploads without their file"
}

describe() {
  printf 'place=%s\nimage=%s:%s\nrevision=%s\n' "$PLACE" "$IMAGE" "$(current_version)" \
    "$(query 'SELECT version_num FROM alembic_version')"
}

# Nothing to keep before the first migration, and nothing to fear when none is pending.
back_up_before_migration() {
  if [ "$DRY_RUN" = yes ]; then
    say "a pending migration would be preceded by a backup of the database"
  elif [ -z "$(query "SELECT to_regclass('alembic_version')")" ]; then
    detail "the database is empty"
  elif "${ONCE[@]}" migrate alembic current --check-heads >/dev/null 2>&1; then
    detail "no migration is pending"
  else
    say "a migration is pending: the database is backed up first"
    make_backup migration
  fi
}

# The whole backups of a kind, or of all kinds, the newest first.
backups() {
  [ ! -d "$BACKUP_PATH/$PLACE" ] ||
    find "$BACKUP_PATH/$PLACE" -mindepth 1 -maxdepth 1 -type d -name "*Z-${1:-*}" ! -name '*.part' | sort -r
}

# Each kind keeps its newest, so that a series of deployments does not push the whole backups out.
remove_old_backups() {
  local folder
  backups "$1" | tail -n "+$((BACKUP_KEEP + 1))" | while read -r folder; do
    run rm -r "$folder"
  done
}
