# SPDX-License-Identifier: Apache-2.0
# cmalab's front door: 'make boot' and 'make test' do all their own set-up.

SWIFT   ?= swift
PREFIX  ?= /usr/local
DESTDIR ?=

RELEASE := .build/release/cmalab
DEBUG   := .build/debug/cmalab
SOURCES := Package.swift $(shell find Sources -type f)
STATIC  := -c release --static-swift-stdlib
SHARED  := boards dts kernel-config images
LINES    = $(shell sed -n 's/^  - name: "\(.*\)"/\1/p' kernel-config/kernels.yaml)

.PHONY: help boot test conformance build bench lint format install clean setup

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

boot: setup $(RELEASE) ## Boot the first board and prove its 3000 MiB of CMA
	$(RELEASE) boot --board arm64-4g --cma 3000M

test: ALSO := test- gdb-
test: setup $(DEBUG) ## Run every test, on real guests of one kernel line
	@echo "== the kernel that the tests boot"
	$(DEBUG) build kernel
	$(SWIFT) test

# A target's variable is its prerequisites' too: here 'setup' also asks for what only these need.
conformance: ALSO := arm- test-
conformance: setup $(DEBUG) ## Run the tests of kernels on every line and architecture
	@echo "== the kernels that the tests boot"
	@set -e; for line in $(LINES); do \
	  echo "$(DEBUG) build kernel --kernel $$line"; $(DEBUG) build kernel --kernel $$line; done
	$(DEBUG) build kernel --architecture arm
	$(DEBUG) build kernel --architecture arm --lpae
	CMALAB_TEST_LINES="$(LINES)" CMALAB_TEST_ARCHITECTURES=arm $(SWIFT) test --skip-build \
	  --filter 'MemoryCell|Catalogue|ModuleCheckers|ARMGuest'
	$(DEBUG) conform --cases 50 --seed 1
	$(DEBUG) conform --cases 50

build: setup $(RELEASE) ## Build cmalab

bench: setup $(RELEASE) ## Measure cmalab against the bare guest that it boots
	$(SWIFT) build $(STATIC) --product boot-benchmark
	.build/release/boot-benchmark $(RELEASE)

lint: ## Check the style of the Swift sources
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

format: ## Format the Swift sources
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

install: $(RELEASE) ## Install below PREFIX (default /usr/local)
	install -D -s -m 755 $(RELEASE) $(DESTDIR)$(PREFIX)/bin/cmalab
	for folder in $(SHARED); do \
	  find $$folder -type f -exec install -D -m 644 '{}' \
	    '$(DESTDIR)$(PREFIX)/share/cmalab/{}' ';' || exit 1; \
	done

clean: ## Remove what was built here (the cache of kernels stays)
	rm -rf .build

$(RELEASE): $(SOURCES)
	$(SWIFT) build $(STATIC) --product cmalab
	@touch $@

$(DEBUG): $(SOURCES)
	$(SWIFT) build --build-tests
	@touch $@

# What is missing of kernel-config/host-packages.tsv is asked of apt, and nothing else is done.
setup:
	@command -v $(SWIFT) > /dev/null || { \
	  echo "cmalab is written in Swift: put a Swift toolchain, 6.2 or newer, into PATH" >&2; \
	  exit 2; }
	@missing=$$(while IFS='	' read -r kind name package rest; do \
	  case " program $(ALSO:%=%program) file $(ALSO:%=%file) " in *" $$kind "*) ;; *) continue ;; esac; \
	  case $$kind in \
	    *program) command -v "$$name" > /dev/null || echo "$$package" ;; \
	    *file) test -e "$$name" || echo "$$package" ;; \
	  esac; done < kernel-config/host-packages.tsv | sort -u | tr '\n' ' '); \
	test -z "$$missing" && exit 0; \
	echo "== installing what is missing: $$missing"; \
	root=; test "$$(id -u)" = 0 || root=sudo; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$root apt-get update -qq || echo "apt-get update failed in part; going on" >&2; \
	$$root apt-get install -y -qq --no-install-recommends $$missing
