.DEFAULT_GOAL := help
.PHONY: help run test faults soak soak-messages check fuzz sanitize security bench format build database image

help: ## This list.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | \
		while IFS="$$(printf '\t')" read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

run: ## Build, then run the service with its own PostgreSQL and demo data. PORT and ADMIN_PORT choose ports.
	@scripts/run

test: ## Everything CI runs.
	@scripts/test

faults: ## What breaks around the service, and what must hold then. scripts/faults NAME… runs some.
	@scripts/faults

soak: ## Payments at random for SECONDS (60) while the service is killed; then the books must balance.
	@scripts/soak --seconds $(or $(SECONDS),60)

soak-messages: ## COUNT (100000) people told of one outage while Zalo has bad days and the service is killed.
	@scripts/soak messages --count $(or $(COUNT),100000)

check: ## Formatter, shellcheck, hadolint, compose file, openapi.yaml, dependencies, line coverage of Electricity.
	@scripts/check

fuzz: ## The parsers under libFuzzer for SECONDS (60), then against h11, json, http_sf and urllib.
	@scripts/fuzz --seconds $(or $(SECONDS),60)

sanitize: ## The unit tests under AddressSanitizer and ThreadSanitizer.
	@scripts/sanitize

security: ## Attacks on a started service: signatures, enumeration, logs, dumps, schemathesis.
	@scripts/security

bench: ## Ratios beside pgbench and nginx; scripts/bench --growth for a million customers as well.
	@scripts/bench

format: ## Format all Swift files in place.
	swift format --in-place --parallel --recursive Package.swift Sources Tests

build: ## The release binary, as `make run` and the image use it.
	swift build -c release --static-swift-stdlib --product customer-care

database: ## Only the private PostgreSQL cluster, with both roles.
	@scripts/run --database-only

image: ## The container image customer-care:latest.
	docker build --file docker/Dockerfile --tag customer-care:latest .
