#!/usr/bin/env bash
# What a first visit loads, as it goes over the wire (brotli): all of WASM, JavaScript and CSS. Fails above the limit.
set -euo pipefail
cd "$(dirname "$0")/.."

limit=240000

total=0
shopt -s nullglob
files=(target/site/pkg/*.{wasm,js,css}.br)
((${#files[@]} > 0)) || { echo "There is nothing to measure. Run: make site" >&2; exit 1; }

for file in "${files[@]}"; do
  bytes=$(wc -c <"$file")
  total=$((total + bytes))
  printf '%9d  %s\n' "$bytes" "${file#target/site/}"
done
printf '%9d  bytes in all, of %d\n' "$total" "$limit"
[[ ! -f target/release/snug ]] || printf '%9d  bytes: the binary\n' "$(wc -c <target/release/snug)"
if ((total > limit)); then
  printf 'A first visit loads %d bytes more than the limit in scripts/size.sh.\n' $((total - limit)) >&2
  exit 1
fi
