#!/usr/bin/env bash
# One cryptography for all TLS and tokens, aws-lc-rs: with a second one in the tree rustls picks neither and panics at the first
# connection. A crate that brings another has a feature for this one.
set -euo pipefail
cd "$(dirname "$0")/.."

forbidden=(ring openssl openssl-sys native-tls)
# An assignment of its own, so that a failing cargo fails the check.
tree=$(cargo tree --workspace --target all --edges normal,build,dev --prefix none --format '{p}')
crates=$(cut -d ' ' -f 1 <<<"$tree" | sort -u)

grep -qx aws-lc-rs <<<"$crates" || { echo "The tree does not hold aws-lc-rs: this check looks at the wrong thing." >&2; exit 1; }

found=$(grep -xF "$(printf '%s\n' "${forbidden[@]}")" <<<"$crates" || true)
if [[ -n $found ]]; then
  printf 'A second cryptography, see: cargo tree --workspace --target all --invert %s\n' $found >&2
  exit 1
fi
echo "The cryptography is aws-lc-rs, and none of: ${forbidden[*]}."
