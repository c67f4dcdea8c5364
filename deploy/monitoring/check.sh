#!/usr/bin/env bash
# Checks scrape configuration and alarms, and lets the alarms fire. `--strict` fails without promtool.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if ! command -v promtool >/dev/null; then
  echo "promtool is not installed (Debian: prometheus): the alarms' own tests are left to CI" >&2
  [ "${1:-}" != --strict ]
  exit
fi
promtool check config prometheus.yml
promtool test rules alerts_test.yml
