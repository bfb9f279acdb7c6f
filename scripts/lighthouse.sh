#!/usr/bin/env bash
# Lighthouse for the page of a public room on the release binary; see docs/PERFORMANCE.md. SNUG_BIN names another binary, RUNS another
# number of runs.
set -euo pipefail
cd "$(dirname "$0")/.."

binary=${SNUG_BIN:-target/release/snug}
[[ -x $binary ]] || { echo "$binary is not there. Run: make build" >&2; exit 1; }
[[ -d bench/lighthouse/node_modules ]] || { echo "Lighthouse is not installed. Run: make lighthouse" >&2; exit 1; }
exec node bench/lighthouse/room.js "$(realpath "$binary")" "${CHROMIUM:-$(<.tools/chromium)}" "${RUNS:-3}"
