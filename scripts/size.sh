#!/usr/bin/env bash
# What a first visit loads, as it goes over the wire (brotli), against the budget. Reports only.
set -euo pipefail
cd "$(dirname "$0")/.."

budget=200000
total=0
shopt -s nullglob
files=(target/site/pkg/*.{wasm,js,css}.br)
((${#files[@]} > 0)) || { echo "There is nothing to measure. Run: make build" >&2; exit 1; }

for file in "${files[@]}"; do
  bytes=$(wc -c <"$file")
  total=$((total + bytes))
  printf '%9d  %s\n' "$bytes" "${file#target/site/}"
done
printf '%9d  bytes in all, of %d\n' "$total" "$budget"
printf '%9d  bytes: the binary\n' "$(wc -c <target/release/snug)"
