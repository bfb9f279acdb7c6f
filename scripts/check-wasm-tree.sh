#!/usr/bin/env bash
# The page must stay small: what belongs to the server never comes into the WebAssembly.
set -euo pipefail
cd "$(dirname "$0")/.."

forbidden=(tokio sea-orm sqlx axum hyper chat migration server)
# An assignment of its own, so that a failing cargo fails the check.
tree=$(cargo tree --package frontend --target wasm32-unknown-unknown --edges normal --prefix none --format '{p}')
crates=$(cut -d ' ' -f 1 <<<"$tree" | sort -u)

grep -qx app <<<"$crates" || { echo "The tree of frontend does not hold app: this check looks at the wrong thing." >&2; exit 1; }

found=$(grep -xF "$(printf '%s\n' "${forbidden[@]}")" <<<"$crates" || true)
if [[ -n $found ]]; then
  printf 'In the WebAssembly, but for the server only: %s\n' $found >&2
  exit 1
fi
echo "The WebAssembly is made of $(wc -l <<<"$crates" | tr -d ' ') crates, none of them: ${forbidden[*]}."
