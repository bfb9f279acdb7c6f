#!/usr/bin/env bash
# Checks what building Snug needs and installs what is missing, into this folder wherever that is possible:
#   scripts/setup.sh        what `make run` needs
#   scripts/setup.sh dev    and what `make dev` needs in addition
#   scripts/setup.sh test   and what `make test` needs in addition
#   scripts/setup.sh audit  and what `make audit` needs in addition
# A second run finds everything in place and takes less than a second.
set -euo pipefail
cd "$(dirname "$0")/.."

tools="$PWD/.tools"
export PATH="$tools/bin:$PATH"

say() { printf '\033[1msetup:\033[0m %s\n' "$*"; }

die() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# What only the person at the machine can install: named, each with its command, all at once.
check_prerequisites() {
  local missing=()
  has rustup || missing+=("rustup is missing (it brings Rust). Install it: curl --proto '=https' -sSf https://sh.rustup.rs | sh")
  has cc || missing+=("A C compiler is missing. Install it: apt-get install build-essential (Debian), xcode-select --install (macOS)")
  if ! has npm || ! has node || (($(node -p 'process.versions.node.split(".")[0]') < 20)); then
    missing+=("Node.js 20 or newer with npm is missing. Install it: apt-get install nodejs npm (Debian 13), brew install node (macOS), or https://nodejs.org")
  fi
  ((${#missing[@]} == 0)) || die "${missing[@]}"
}

# The version that the project pins is the one place where it is said.
toolchain() { sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml; }
locked_version() { sed -n "/^name = \"$1\"$/{n;s/^version = \"\(.*\)\"/\1/p;}" Cargo.lock; }

# rustup may be told not to install by itself (RUSTUP_AUTO_INSTALL=0), so it is asked to.
install_rust() {
  local channel components
  channel=$(toolchain)
  components=$(rustup component list --installed --toolchain "$channel" 2>/dev/null || true)
  for part in clippy rustfmt rust-src rust-std-wasm32-unknown-unknown; do
    if ! grep -q "^$part" <<<"$components"; then
      say "Rust $channel with clippy, rustfmt, its sources and the WebAssembly target: installing with rustup"
      rustup toolchain install "$channel" --profile minimal --component clippy --component rustfmt --component rust-src --target wasm32-unknown-unknown
      return
    fi
  done
}

# cargo_tool NAME VERSION [FLAGS…]: built once, from source, without optimisations: they have little to do. What several of
# them are made of is compiled once.
cargo_tool() {
  local name=$1 version=$2 command=${1%-cli}
  shift 2
  [[ $("$command" --version 2>/dev/null | head -n 1) =~ ^"$command $version"( |$) ]] && return
  say "$name $version: building it into .tools/bin (once; this takes some minutes)"
  CARGO_TARGET_DIR="$tools/build" CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=false \
    cargo install "$name" --version "=$version" --root "$tools" "$@"
}

# What is compiled: `dev`, `test` and `audit` need one more each.
cargo_tools() {
  # Its own lock file would ask for yanked versions. Its features are the TLS of what runs tests in a browser.
  cargo_tool wasm-bindgen-cli "$(locked_version wasm-bindgen)" --no-default-features
  case ${1:-} in
    dev) cargo_tool cargo-leptos 0.3.10 --locked ;;
    test) cargo_tool geckodriver 0.37.1 --locked ;;
    audit) cargo_tool cargo-deny 0.20.2 --locked ;;
  esac
  rm -rf "$tools/build"
}

# wasm-opt (in the package binaryen) and esbuild for the build, Playwright, axe and TypeScript for the browser tests.
install_npm_tools() {
  [[ end2end/node_modules/.package-lock.json -nt end2end/package-lock.json ]] && return
  say "wasm-opt, esbuild and the browser test tools: installing with npm into end2end/node_modules"
  npm ci --prefix end2end --no-audit --no-fund --fetch-retries=5
  touch end2end/node_modules/.package-lock.json
}

# debian_packages REASON PACKAGE…: installed where that is possible without a question, else named.
debian_packages() {
  local reason=$1
  shift
  if [[ $(id -u) == 0 ]] && has apt-get; then
    say "$reason: installing $* with apt-get"
    apt-get -o Acquire::Retries=5 update -q
    DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=5 install -y -q "$@"
  else
    die "$reason is missing. Install it: sudo apt-get install $* (Debian), or the like on other systems"
  fi
}

find_chromium() {
  local mac="/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
  if [[ -n ${CHROMIUM:-} ]]; then
    command -v "$CHROMIUM" || die "CHROMIUM is set to '$CHROMIUM', which is no program"
  else
    command -v chromium || command -v chromium-browser || command -v google-chrome || command -v "$mac"
  fi
}

# The browser tests read the path of the browser from .tools/chromium.
install_chromium() {
  mkdir -p "$tools"
  if ! find_chromium >"$tools/chromium"; then
    [[ -z ${CHROMIUM:-} ]] || exit 1
    debian_packages "Chromium" chromium
    find_chromium >"$tools/chromium"
  fi
}

# Browsers of the two other families, which the tests drive by WebDriver, and a screen that nobody sees for the one that needs it.
install_other_browsers() {
  local missing=()
  has firefox-esr || has firefox || missing+=(firefox-esr)
  has WebKitWebDriver || missing+=(webkit2gtk-driver)
  has Xvfb || missing+=(xvfb)
  ((${#missing[@]} == 0)) || debian_packages "What the tests in other browsers need" "${missing[@]}"
}

# The example client of docs/PROTOCOL.md is Python; its test runs it with .tools/python/bin/python.
install_python() {
  local websockets=websockets==17.4
  [[ -f "$tools/python/$websockets" ]] && return
  say "Python with the package $websockets: setting up .tools/python"
  # Debian keeps what `venv` needs in a package of its own.
  has python3 && python3 -m venv --clear "$tools/python" || {
    debian_packages "Python 3 with venv" python3-venv
    python3 -m venv --clear "$tools/python"
  }
  "$tools/python/bin/pip" install --quiet --retries 10 "$websockets"
  touch "$tools/python/$websockets"
}

# What asks the API for all that its description says (scripts/schemathesis.sh).
install_schemathesis() {
  local schemathesis=schemathesis==4.32.5
  [[ -f "$tools/schemathesis/$schemathesis" ]] && return
  say "$schemathesis: setting up .tools/schemathesis"
  python3 -m venv --clear "$tools/schemathesis"
  "$tools/schemathesis/bin/pip" install --quiet --retries 10 "$schemathesis"
  touch "$tools/schemathesis/$schemathesis"
}

# Servers that the tests start themselves, on free ports and in folders of their own, and a clock that goes wrong on demand.
install_services() {
  local missing=()
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || has postgres || missing+=(postgresql)
  has redis-server || has valkey-server || missing+=(redis-server)
  PATH="$PATH:/usr/sbin" has nginx || missing+=(nginx-light)
  has openssl || missing+=(openssl)
  has faketime || missing+=(faketime)
  ((${#missing[@]} == 0)) || debian_packages "What the tests of several nodes run against" "${missing[@]}"
}

check_prerequisites
install_rust
# What is compiled and what is fetched do not wait for each other.
cargo_tools "$@" &
compiling=$!
# Whatever is missing, no compiler is left behind.
trap 'wait' EXIT
install_npm_tools
if [[ ${1:-} == test ]]; then
  install_chromium
  install_other_browsers
  install_python
  install_schemathesis
  install_services
fi
wait "$compiling"
