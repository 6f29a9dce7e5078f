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
SCHEMAS := Sources/Judgement/Records/Schemas
MANUAL  := .build/manual
LINES    = $(shell sed -n 's/^  - name: "\(.*\)"/\1/p' kernel-config/kernels.yaml)

.PHONY: manual help boot test conformance build bench lint format install clean setup

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
	$(DEBUG) build kernel --page-size 16k
	$(DEBUG) build kernel --page-size 64k
	$(DEBUG) build kernel --architecture arm
	$(DEBUG) build kernel --architecture arm --lpae
	CMALAB_TEST_LINES="$(LINES)" CMALAB_TEST_ARCHITECTURES=arm CMALAB_TEST_PAGES="16k 64k" $(SWIFT) test --skip-build \
	  --filter 'MemoryCell|PageSize|aGuestShowsEach|Catalogue|MaxTests|WholePool|ModuleCheckers|ARMGuest|CrashKernel'
	$(DEBUG) conform --cases 50 --seed 1
	$(DEBUG) conform --cases 50
	$(DEBUG) conform --architecture arm --cases 25 --seed 1
	$(DEBUG) conform --architecture arm --lpae --cases 25 --seed 1
	$(DEBUG) conform --architecture arm --cases 25

build: setup $(RELEASE) ## Build cmalab

bench: setup $(RELEASE) ## Measure cmalab against the bare guest that it boots
	$(SWIFT) build $(STATIC) --product boot-benchmark
	.build/release/boot-benchmark $(RELEASE)

lint: ## Check the style of the Swift sources
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

format: ## Format the Swift sources
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

manual: $(MANUAL)/cmalab.1 ## Make the man pages, from the commands themselves

install: $(RELEASE) $(MANUAL)/cmalab.1 ## Install below PREFIX (default /usr/local)
	install -D -s -m 755 $(RELEASE) $(DESTDIR)$(PREFIX)/bin/cmalab
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(MANUAL)/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	@set -e; completion() { \
	  install -d "$(DESTDIR)$(PREFIX)/share/$$(dirname "$$2")"; \
	  $(RELEASE) --generate-completion-script $$1 > "$(DESTDIR)$(PREFIX)/share/$$2"; }; \
	completion bash bash-completion/completions/cmalab; \
	completion zsh zsh/site-functions/_cmalab; \
	completion fish fish/vendor_completions.d/cmalab.fish
	for folder in $(SHARED); do \
	  find $$folder -type f -exec install -D -m 644 '{}' \
	    '$(DESTDIR)$(PREFIX)/share/cmalab/{}' ';' || exit 1; \
	done
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/cmalab/schemas $(SCHEMAS)/*.json

clean: ## Remove what was built here (the cache of kernels stays)
	rm -rf .build

$(RELEASE): $(SOURCES)
	$(SWIFT) build $(STATIC) --product cmalab
	@touch $@

# The pages are named as man(1) finds them: cmalab-boot for 'cmalab boot'.
$(MANUAL)/cmalab.1: $(RELEASE)
	$(SWIFT) build $(STATIC) --product generate-manual
	rm -rf $(MANUAL) && mkdir -p $(MANUAL)
	.build/release/generate-manual $(RELEASE) --multi-page --output-directory $(MANUAL) \
	  --date "$$(date -u -d "@$${SOURCE_DATE_EPOCH:-$$(stat -c %Y Package.swift)}" +%F)"
	sed -i -E '/^\.(Xr|Dt) /{s/(CMALAB|cmalab)\./\1-/g; s/([a-z])\.([a-z])/\1-\2/g; s/([A-Z])\.([A-Z])/\1-\2/g}; /^\.Pp$$/d' $(MANUAL)/*.1
	cd $(MANUAL) && for page in cmalab.*.1; do \
	  name=$${page%.1}; mv "$$page" "$$(echo "$$name" | tr . -).1"; done

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
