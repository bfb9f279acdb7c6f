# `make` alone lists the targets.

export PATH := $(CURDIR)/.tools/bin:$(CURDIR)/end2end/node_modules/.bin:$(PATH)

BINARY := target/release/snug
BENCH_PYTHON := target/bench/venv/.ready
BENCH_NODE := bench/socketio/node_modules/.package-lock.json
LIGHTHOUSE := bench/lighthouse/node_modules/.package-lock.json
# Folders too: they change when a file goes away.
SOURCES := $(shell find Cargo.toml Cargo.lock rust-toolchain.toml .cargo crates app frontend server style public scripts/site.mjs)
FRONT := target/front
# `make dev` puts a site without compressed files in the place of the one for a release.
SITE := target/site/favicon.svg.br

.NOTPARALLEL:
.PHONY: help setup run dev build site build-name test test-rust test-faults test-e2e schemathesis fuzz bench lighthouse lint circles audit hooks check-wasm-tree screenshots size

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build (what is needed first is installed) and start Snug on 127.0.0.1:3000
	@exec $(BINARY) serve

dev: ## build for development, start, and rebuild when a file changes
	@scripts/setup.sh dev
	cargo leptos watch -- serve

build: setup $(BINARY) ## build target/release/snug: one binary, the site inside

# Names the build by its sources: an open page that hears another name offers to reload.
$(SITE) $(BINARY) build-name: export SNUG_BUILD = $(shell find $(SOURCES) -prune -type f -exec cat {} + | cksum | cut -d ' ' -f 1)
# The browser's part has a standard library of its own, in which a panic ends the script at once and is not put into words: a first visit
# loads 20 KB less. A stable compiler takes these flags only when it is told so.
$(SITE): $(SOURCES)
	RUSTC_BOOTSTRAP=1 RUSTFLAGS="--cfg=erase_components -Zunstable-options -Cpanic=immediate-abort" \
		cargo build --package frontend --target wasm32-unknown-unknown --target-dir $(FRONT) --profile wasm-release \
		-Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size
	node scripts/site.mjs $(FRONT)/wasm32-unknown-unknown/wasm-release/frontend.wasm
	@touch $@

$(BINARY): $(SITE) $(SOURCES)
	cargo build --package server --bin snug --release
	@touch $@

site: setup $(SITE) ## build target/site, which the binary has inside

build-name:
	@echo "$$SNUG_BUILD"

setup: ## install the tools that the build needs
	@scripts/setup.sh

test: ## check everything: lint, Rust tests, browser tests
	@scripts/test.sh

test-rust: ## run the Rust tests
	cargo test --workspace --exclude frontend

test-faults: ## run the guarantees under faults, some minutes; SNUG_FAULTS_SECONDS=60 for longer, ARGS="kill" picks some
	cargo test --workspace --exclude frontend --test faults -- --nocapture $(ARGS)

test-e2e: build ## run the browser tests; ARGS="talk --project=desktop" picks some
	@scripts/setup.sh test
	cd end2end && npx playwright test $(ARGS)

schemathesis: build ## ask a server of its own for all that the description of the API says; EXAMPLES=300 for that many an operation
	@scripts/setup.sh test
	@scripts/schemathesis.sh $(EXAMPLES)

bench: build $(BENCH_PYTHON) $(BENCH_NODE) ## measure speed and memory beside three neighbours, 10 minutes; ARGS="fanout sends --quick" picks some
	cargo build --release --package bench
	target/release/bench $(ARGS)

# Django Channels and uvicorn, one of the neighbours.
$(BENCH_PYTHON): bench/django/requirements.txt
	python3 -m venv target/bench/venv
	target/bench/venv/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Socket.IO and better-sqlite3, another one. Where there is no build of SQLite to fetch for this Node.js it is compiled, with the headers
# that came with Node.js if they are there.
$(BENCH_NODE): bench/socketio/package-lock.json
	export npm_package_config_node_gyp_nodedir="$$(node -p 'require("path").resolve(process.execPath, "../..")')"; \
	[ -f "$$npm_package_config_node_gyp_nodedir/include/node/node.h" ] || unset npm_package_config_node_gyp_nodedir; \
	npm ci --prefix bench/socketio --no-audit --no-fund
	@touch $@

lighthouse: build $(LIGHTHOUSE) ## grade the page of a public room as a phone on a slow line loads it, median of RUNS=3
	@scripts/setup.sh test
	@scripts/lighthouse.sh

$(LIGHTHOUSE): bench/lighthouse/package-lock.json
	npm ci --prefix bench/lighthouse --no-audit --no-fund
	@touch $@

# New finds go beside the build; what is worth keeping is copied into fuzz/corpus, where an ordinary test replays it. Cargo-fuzz needs
# flags that a stable compiler takes only when it is told so.
fuzz: export RUSTC_BOOTSTRAP = 1
fuzz: TARGET ?= markdown
fuzz: SECONDS ?= 60
fuzz: ## look for inputs that break TARGET=markdown or frames, SECONDS=60 long; needs cargo-fuzz (cargo install cargo-fuzz)
	@mkdir -p fuzz/target/corpus/$(TARGET)
	cargo fuzz run $(TARGET) fuzz/target/corpus/$(TARGET) fuzz/corpus/$(TARGET) -- -max_total_time=$(SECONDS) -dict=fuzz/$(TARGET).dict

lint: circles ## check the format, import circles, clippy for the server and for the browser, and that there is one cryptography
	cargo fmt --all --check
	cargo clippy --workspace --exclude frontend --all-targets -- -D warnings
	cargo clippy --workspace --exclude frontend --test faults -- -D warnings
	cargo clippy --package frontend --target wasm32-unknown-unknown -- -D warnings
	@scripts/check-crypto.sh

circles: ## check that no files import each other in a circle, and none from a floor above
	@cargo run --quiet --package circles -- Cargo.toml fuzz/Cargo.toml

audit: ## check what Snug is made of: known vulnerabilities, licences, sources, crates that must not come in
	@scripts/setup.sh audit
	@scripts/audit.sh

hooks: ## have git run scripts/hooks/pre-commit before each commit: format and import circles
	git config core.hooksPath scripts/hooks

check-wasm-tree: ## check that nothing of the server gets into the page
	@scripts/check-wasm-tree.sh

screenshots: build ## take pictures of the main pages into OUT=folder
	@scripts/setup.sh test
	cd end2end && OUT="$(abspath $(or $(OUT),target/screenshots))" npx playwright test --config screenshots.config.ts

size: site ## check what a first visit loads
	@scripts/size.sh
