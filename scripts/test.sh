#!/usr/bin/env bash
# Everything that has to hold before a change is taken: the stages one after the other, each with the time it took, and at the end
# the sum of all tests as `N passed, N failed`. A stage that fails without a failing test counts as one failure. Nothing is skipped:
# a later stage runs although an earlier one failed, unless it needs what that one should have built.
set -uo pipefail
cd "$(dirname "$0")/.."

export CARGO_TERM_PROGRESS_WHEN=never
# The page and the server know each other by it.
SNUG_BUILD=$(make --no-print-directory --silent build-name)
export SNUG_BUILD
reports=target/test-reports
mkdir -p "$reports"
passed=0
failed=0

# stage NAME COMMAND…: runs it, shows how long it took, returns how it ended.
stage() {
  local name=$1 started=$SECONDS status=0
  shift
  printf '\n=== %s\n' "$name"
  "$@" || status=$?
  printf '=== %s: %s in %d s\n' "$name" "$([[ $status == 0 ]] && echo ok || echo FAILED)" $((SECONDS - started))
  return "$status"
}

# count PASSED FAILED STATUS: adds up; a run that ended badly has failed even if it counted no failing test.
count() {
  local bad=$2
  ((bad > 0 || $3 == 0)) || bad=1
  passed=$((passed + $1))
  failed=$((failed + bad))
}

check() { stage "$@" || count 0 1 1; }

# cargo_stage NAME LOG COMMAND…: a stage that runs Rust tests, counted by what it prints.
cargo_stage() {
  local name=$1 log=$reports/$2 status=0
  shift 2
  stage "$name" "$@" 2>&1 | tee "$log" || status=$?
  # cargo prints one line for each test binary: test result: ok. 12 passed; 0 failed; …
  count $(awk '/^test result:/ { p += $4; f += $6 } END { print p + 0, f + 0 }' "$log") "$status"
}

# Tests wait more than they work: for a second of the server, for another node, for a database that does not answer.
rust_threads=$(($(nproc) * 2))
# All but the browser's own crate in one call: `server` switches `app` to its server side.
workspace=(--workspace --exclude frontend --no-fail-fast)

# patiently COMMAND…: a stage of tests that hangs says so after five times as long as it takes, and the next ones have their turn.
patiently() {
  timeout --kill-after=30 1200 "$@"
  local status=$?
  ((status != 124)) || echo "This was ended: a test above hangs."
  return "$status"
}

rust_tests() {
  cargo test "${workspace[@]}" --no-run && RUST_TEST_THREADS=$rust_threads patiently cargo test "${workspace[@]}"
}

# The same tests as before, of all that touches the database.
postgres_tests() {
  RUST_TEST_THREADS=$rust_threads SNUG_TEST_DATABASE=postgres patiently cargo test "${workspace[@]}" --test all
}

browser_tests() {
  (cd end2end && npx tsc --noEmit && npx playwright test)
}

# The page is built as it is shipped, in what the tests of the server leave of the machine. It is long done when it is waited for.
begin_site() { nice -n 19 make --no-print-directory site >"$reports/site.log" 2>&1; }

site() {
  wait "$building" && return
  cat "$reports/site.log"
  return 1
}

finish() {
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0 && passed > 0))
  exit
}

stage "set-up" scripts/setup.sh test || { count 0 1 1; finish; }
check "lint" make --no-print-directory lint
check "dependencies of the page" scripts/check-wasm-tree.sh

begin_site &
building=$!
cargo_stage "rust tests" rust.log rust_tests
cargo_stage "rust tests on PostgreSQL" postgres.log postgres_tests
cargo_stage "tests under faults" faults.log patiently make --no-print-directory test-faults

# The server that these tests built, with debug assertions.
export SNUG_BINARY=$PWD/target/debug/snug
if stage "the site" site; then
  check "size" scripts/size.sh
  check "the API as it is described" scripts/schemathesis.sh
  report=end2end/test-results/report.json
  rm -f "$report"
  stage "browser tests" browser_tests
  status=$?
  # A test that was skipped has not passed.
  count $(node -p "const { stats } = require('./$report'); [stats.expected, stats.unexpected + stats.flaky + stats.skipped].join(' ')" || echo 0 0) "$status"
else
  count 0 1 1
fi
finish
