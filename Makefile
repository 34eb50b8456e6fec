# What people type here. "make" alone lists it.
#
# Needed on the machine: git, make, bash, gcc (for the race detector) and Go
# (any version from 1.21 on fetches the one that go.mod names). On Debian:
#   apt-get install git make gcc libc6-dev golang
# Where npm is (on Debian: apt-get install npm; root gets it by itself) pages have their
# scripts and fonts; without it they work in the fonts of the system.
# Everything else is fetched by Go, in the versions that go.mod, tools/go.mod
# and their go.sum name. Tests drive a real Neovim and a real PostgreSQL, which
# "make test" installs as root on Debian.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := $(CURDIR)/bin
SAMPLE := testdata/incidents/edge-setting/evidence
FUZZTIME ?= 20s
BUNDLES ?= $(DEBRIEF_BUNDLES)
RACE ?= -race

step = @printf '\n== %s\n' '$(1)'

.PHONY: help
help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

.PHONY: build
build: ui ## build the command, with its pages' scripts and fonts, into bin/debrief
	@mkdir -p $(BIN)
	go build -trimpath -o $(BIN)/debrief ./cmd/debrief

.PHONY: ui
ui:
	@mkdir -p $(BIN)
	@GOBIN=$(BIN) go -C tools install github.com/evanw/esbuild/cmd/esbuild
	@tools/ui.sh $(BIN)/esbuild

.PHONY: run
run: build ## draft from the sample incident and print it, then serve the room with a sample company
	@for incident in $(SAMPLE); do \
		printf '\n$$ debrief draft %s\n\n' "$$incident"; \
		$(BIN)/debrief draft "$$incident"; \
		printf '\n$$ debrief timeline %s\n\n' "$$incident"; \
		$(BIN)/debrief timeline "$$incident"; \
	done
	@printf '\n$$ debrief demo\n\n'; exec $(BIN)/debrief demo

.PHONY: test
test: setup ui types format vet staticcheck vulncheck unit ## everything that must hold: formatting, static checks, tests, generated docs
	@printf '\n== all steps passed\n'

.PHONY: setup
setup:
	$(call step,programs that tests drive)
	@tools/setup.sh

.PHONY: tools
tools:
	@mkdir -p $(BIN)
	@GOBIN=$(BIN) go -C tools install tool

.PHONY: types
types: ui
	$(call step,tsc: types of the scripts of the pages)
	@tools/types.sh

.PHONY: format
format: tools
	$(call step,gofumpt)
	@files=$$(git ls-files -co --exclude-standard '*.go' | while read -r f; do [ -e "$$f" ] && echo "$$f"; done); \
	 left=$$($(BIN)/gofumpt -l $$files); \
	 if [ -n "$$left" ]; then printf 'not formatted:\n%s\n"make fmt" formats them.\n' "$$left"; exit 1; fi; \
	 echo "ok, $$(wc -w <<<"$$files") files"

.PHONY: vet
vet:
	$(call step,go vet)
	@go vet ./... && echo ok

.PHONY: staticcheck
staticcheck: tools
	$(call step,staticcheck)
	@$(BIN)/staticcheck ./... && echo ok

.PHONY: vulncheck
vulncheck: tools
	$(call step,govulncheck)
	@tools/vulncheck.sh $(BIN)/govulncheck

.PHONY: unit
unit:
	$(call step,go test: unit tests, scripts, fuzz seeds, import rules, generated docs)
	@go test $(RACE) ./...

.PHONY: vale
vale:
	@mkdir -p $(BIN)
	@GOBIN=$(BIN) go -C tools/vale install tool 2>$(BIN)/vale.log || echo 'Vale cannot be built ($(BIN)/vale.log); it is not compared'

.PHONY: bench
bench: vale ## measure the promises about speed, as ratios within one run
	@DEBRIEF_VALE="$$(ls $(BIN)/vale 2>/dev/null || true)" go test -run '^$$' -bench 'Ratio' -benchtime 1x -timeout 30m ./... | { grep -v -e '^PASS$$' -e 'no test files' || true; }

.PHONY: score
score: ## compare proposals and the language engine with known answers; BUNDLES=DIR:DIR adds your own
	@DEBRIEF_BUNDLES='$(BUNDLES)' go test -count=1 -run 'Score' -v ./internal/truth ./lint | { grep -v -e '^=== ' -e '^--- ' -e '^PASS$$' -e '^ok ' || true; }

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (20s)
	@go list ./... | while read -r pkg; do \
		go test -list '^Fuzz' "$$pkg" | { grep '^Fuzz' || true; } | while read -r target; do \
			printf '\n== %s %s\n' "$${pkg##*/}" "$$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x "$$pkg" </dev/null; \
		done; \
	done

.PHONY: fmt
fmt: tools ## format the code
	@$(BIN)/gofumpt -w $$(git ls-files -co --exclude-standard '*.go' | while read -r f; do [ -e "$$f" ] && echo "$$f"; done)

.PHONY: docs
docs: ## write the generated pages under docs/
	@go generate ./...

.PHONY: clean
clean: ## remove what was built
	@rm -rf $(BIN) dist
