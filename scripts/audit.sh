#!/usr/bin/env bash
# Holds what Snug is made of to deny.toml: licences, crates that must not come in, where crates come from, and known vulnerabilities.
# The last needs the database of RustSec from GitHub; where that cannot be reached it is said, and the rest is checked all the same.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.tools/bin:$PATH"

status=0
cargo deny check --hide-inclusion-graph licenses bans sources || status=1

if cargo deny fetch db; then
  cargo deny check --hide-inclusion-graph advisories || status=1
else
  echo "audit: the advisory database (https://github.com/rustsec/advisory-db) cannot be reached; known vulnerabilities were NOT looked for." >&2
fi
exit "$status"
