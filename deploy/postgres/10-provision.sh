#!/bin/bash
# Runs once, when the container creates its data directory (docker-entrypoint-initdb.d).
# provision.sql lies outside that directory, because the image would run it by itself there.
set -euo pipefail

psql --no-psqlrc --username "$POSTGRES_USER" --dbname postgres \
    -v database="${OITA_DATABASE:-oita}" \
    -f "${PROVISION_SQL:-/usr/local/share/oita/provision.sql}" >/dev/null
