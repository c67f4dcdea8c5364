# shellcheck shell=bash
# Putting a backup back: the present data are replaced only once the old ones are whole in place.

OUR_SERVICES=(celery_worker backend celery_beat flower)

restore() {
  local folder=${1:-} workers
  (($# == 1)) || die "restore FOLDER: one of those in $BACKUP_PATH/$PLACE"
  [ ! -f "$folder" ] || folder=$(dirname "$folder")
  [ -s "$folder/database.dump" ] || die "$folder holds no database.dump"
  prepare_to_change
  check_disk
  refuse_with_faults
  step "checking the sums of $folder" check_sums "$folder"
  confirm "restore: $(wc -c <"$folder/database.dump") bytes of $folder replace the database of '$PLACE'"
  step "starting the database and Redis" start_data_services
  step "reading the dump to its end" verify_dump "$folder/database.dump"
  back_up_what_is_there
  workers=$(count_of celery_worker)
  step "stopping what writes" run_compose rm --stop --force "${OUR_SERVICES[@]}"
  step "loading the dump beside the present database" load_beside "$folder/database.dump"
  if [ -f "$folder/files.tar.gz" ]; then
    step "unpacking the files" unpack_files "$folder/files.tar.gz"
  fi
  step "putting the loaded database in place" swap_databases
  step "migrating it to what $IMAGE:$IMAGE_TAG needs" run_once migrate
  replace_services celery_worker backend
  ((workers == 0)) || step "starting the other workers" resize celery_worker "$workers"
  step "stopping the scheduler" run_compose rm --stop --force celery_beat
  [ "$DRY_RUN" = yes ] || report_restored
  warn "celery_beat is stopped: at night it would delete files that this database does not name;" \
    "'./deploy.sh $PLACE restart celery_beat' when it is the right one"
}

check_sums() { (cd "$1" && sha256sum --check --quiet SHA256SUMS); }

back_up_what_is_there() {
  if [ "$DRY_RUN" = yes ] || [ -n "$(query "SELECT to_regclass('alembic_version')")" ]; then
    make_backup replaced
  fi
}

load_beside() {
  run_compose exec -T postgres sh -euc '
    dropdb --if-exists -U "$POSTGRES_USER" "${POSTGRES_DB}_restored"
    dropdb --if-exists -U "$POSTGRES_USER" "${POSTGRES_DB}_replaced"
    createdb -U "$POSTGRES_USER" "${POSTGRES_DB}_restored"'
  run_from "$1" "${COMPOSE[@]}" exec -T postgres sh -euc \
    'pg_restore --exit-on-error --no-owner -U "$POSTGRES_USER" -d "${POSTGRES_DB}_restored"'
}

# Files are only added: those that no row names are swept by the nightly maintenance.
unpack_files() { run_from "$1" "${ONCE[@]}" backend sh -euc 'tar -C "$STORAGE_PATH" -xzf -'; }

swap_databases() {
  run_compose exec -T postgres sh -euc '
    psql -Xq -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -o /dev/null \
      -v name="$POSTGRES_DB" -v loaded="${POSTGRES_DB}_restored" -v replaced="${POSTGRES_DB}_replaced"' <<'SQL'
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :'name';
BEGIN;
ALTER DATABASE :"name" RENAME TO :"replaced";
ALTER DATABASE :"loaded" RENAME TO :"name";
COMMIT;
DROP DATABASE :"replaced";
SQL
}

report_restored() {
  local files missing
  files=$("${ONCE[@]}" backend sh -euc 'cd "$STORAGE_PATH" && find . -type f -not -path "./incoming/*" | cut -c 3-')
  missing=$(without_file "$files")
  detail "$(query "SELECT processing_status || ': ' || count(*) FROM gpx_files GROUP BY processing_status" | paste -sd ' ' -)"
  detail "$(grep -c . <<<"$missing" || true) uploads without their file"
}
