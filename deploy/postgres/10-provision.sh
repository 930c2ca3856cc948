#!/bin/bash
# Runs once, when the container creates its data directory (docker-entrypoint-initdb.d).
# provision.sql lies outside that directory, because the image would run it by itself there.
set -euo pipefail
# Run again later, it waits for no journal: their role may not be there yet.
export PGOPTIONS="-c synchronous_commit=local"

psql --no-psqlrc --username "$POSTGRES_USER" --dbname postgres \
    -v database="${OITA_DATABASE:-oita}" \
    -f "${PROVISION_SQL:-/usr/local/share/oita/provision.sql}" >/dev/null

# From the next start on a commit waits for one of the journals. Here and not on the command line, so
# that an operator can say otherwise (docs/operations.md) when both are lost.
psql --no-psqlrc --username "$POSTGRES_USER" --dbname postgres --quiet \
    --command "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (journal_1, journal_2)'"
