# Thin on purpose: what needs more than a line is a script in scripts/, readable on its own.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# The playbook runner that scripts/bootstrap installs, unless another one is named.
export ROOKERY_ANSIBLE_PLAYBOOK ?= $(CURDIR)/.tools/ansible/bin/ansible-playbook

TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
# Directories are listed too, so that a removed file counts as a change.
FRONTEND_SOURCES := $(shell find frontend/src frontend/public 2>/dev/null) \
                    $(wildcard frontend/*.html frontend/*.json frontend/*.ts schema.graphql)

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build and serve the demo on http://127.0.0.1:4000 (data in ./.rookery)
	@exec "$(TARGET_DIR)/release/rookery" serve --demo

.PHONY: dev
dev: ## Serve the demo, rebuilding the server and reloading the app on change
	@scripts/bootstrap run
	@$(MAKE) frontend
	@exec scripts/dev

.PHONY: build
build: ## Build the release binary, with the app inside it
	@scripts/bootstrap run
	@$(MAKE) frontend
	@cargo build --release --locked --bin rookery

.PHONY: test
test: ## Run every test and check; the last line is the count
	@exec scripts/test

.PHONY: bench
bench: ## Measure Rookery against handlers written by hand, and write docs/performance (three quarters of an hour)
	@scripts/bootstrap bench
	@$(MAKE) frontend
	@exec scripts/bench

.PHONY: soak
soak: ## Kill, stop and flood the deployment engine 20 times over: nothing may be lost or done twice (hours)
	@scripts/bootstrap test
	@exec scripts/soak

.PHONY: check
check: frontend/node_modules/.package-lock.json ## Formatting, lints and types, licences; no tests
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	npm --prefix frontend run --silent typecheck
	@if command -v cargo-deny >/dev/null; then cargo deny --locked check; \
	else echo 'cargo-deny is not installed, licences and advisories were not checked: cargo install --locked cargo-deny'; fi

.PHONY: schema
schema: frontend/node_modules/.package-lock.json ## Regenerate schema.graphql and the app's types from the code
	cargo build --workspace --locked --bin rookery
	"$(TARGET_DIR)/debug/rookery" schema print > schema.graphql.new
	mv schema.graphql.new schema.graphql
	npm --prefix frontend run --silent gql

.PHONY: sabotage
sabotage: ## Remove each guard, scope and policy in turn: the schema walk must notice (takes a while)
	@exec scripts/sabotage

.PHONY: clean
clean: ## Remove what was built; data (.rookery) and tools (.tools) stay
	cargo clean
	rm -rf frontend/dist frontend/documents frontend/node_modules

# The app as static files, which the server embeds when it is compiled.
.PHONY: frontend
frontend: frontend/dist/index.html ; @:

frontend/dist/index.html: frontend/node_modules/.package-lock.json $(FRONTEND_SOURCES)
	npm --prefix frontend run build
	@touch $@

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	npm --prefix frontend ci --no-audit --no-fund
	@touch $@
