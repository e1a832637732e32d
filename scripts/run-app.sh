#!/bin/sh
# What a container runs: run-app.sh payment. ADMIN_TOKEN_FILE and DATABASE_URL_FILE name files with the values of these settings.
set -eu
if [ -z "${ADMIN_TOKEN:-}" ] && [ -n "${ADMIN_TOKEN_FILE:-}" ]; then
  ADMIN_TOKEN=$(cat "$ADMIN_TOKEN_FILE")
  export ADMIN_TOKEN
fi
if [ -z "${DATABASE_URL:-}" ] && [ -n "${DATABASE_URL_FILE:-}" ]; then
  DATABASE_URL=$(cat "$DATABASE_URL_FILE")
  export DATABASE_URL
fi
app=$1
shift
# `exec`, so that the app gets SIGTERM itself, and drains.
exec node --enable-source-maps "dist/apps/$app/src/main.js" "$@"
