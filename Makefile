# SPDX-License-Identifier: Apache-2.0
# cmalab's front door: 'make boot' and 'make test' do all their own set-up.

SWIFT   ?= swift
PREFIX  ?= /usr/local
DESTDIR ?=

RELEASE := .build/release/cmalab
DEBUG   := .build/debug/cmalab
# The program for a first look: unoptimised it is built in less than half the time, and 'make test' goes on
# from what was built. Where the optimised one has been made, that.
AT_HAND := $(or $(wildcard $(RELEASE)),$(DEBUG))
SOURCES := Package.swift $(shell find Sources -type f)
LINK    := .build/link
COMMIT  := $(shell git describe --always --dirty --abbrev=12 --exclude '*' 2> /dev/null)
STAMP   := $(LINK)/commit-$(COMMIT).o
SOURCE_DATE_EPOCH ?= $(or $(shell git log -1 --format=%ct 2> /dev/null),$(shell stat -c %Y Package.swift))
# Nothing of the release depends on where it is built, or on libraries that a new machine may lack. It is
# optimised for size, which takes 1.3 MB off it, and as much as nothing off its speed: the model's 9 µs
# become 10. Its relocations are packed, which takes off 2.8 MB and is for glibc 2.36 (Debian 12) and later.
STATIC  := -c release -Xswiftc -Osize --static-swift-stdlib --disable-local-rpath \
	-Xlinker --build-id=none -Xlinker --no-export-dynamic \
	-Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs \
	-Xcc '-ffile-prefix-map=$(CURDIR)=.' -Xswiftc '-L$(CURDIR)/$(LINK)' -Xlinker '$(CURDIR)/$(STAMP)'
SHARED  := boards dts kernel-config images
SCHEMAS := Sources/Judgement/Records/Schemas
C_FILES := $(shell find images Sources -name '*.[ch]')
MANUAL  := .build/manual

.PHONY: help boot test conformance-all soak soak-layouts coverage fuzz harm-logs slurm \
	build bench lint lint-dts format manual install dist dist-check clean fresh-check setup

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s  %s\n", $$1, $$2 }' Makefile

boot: setup $(AT_HAND) ## Boot the first board and prove its 3000 MiB of CMA
	$(AT_HAND) boot --board arm64-4g --cma 3000M

# A target's variable is its prerequisites' too: here 'setup' also asks for what only these need.
test: ALSO := test- gdb- arm-
test: setup ## Run every test, on real guests of one kernel line
	SWIFT="$(SWIFT)" .ci/test

conformance-all: ALSO := arm- test-
conformance-all: setup $(DEBUG) ## Hold the model against every kernel, by hand (an hour or two)
	SWIFT="$(SWIFT)" .ci/compile --build-tests
	SWIFT="$(SWIFT)" python3 .ci/parts.py --everything

BOOTS ?= 1000
soak: setup $(RELEASE) ## Boot cells of the catalogue while everything goes wrong around them (BOOTS=1000)
	python3 .ci/soak-boots.py $(RELEASE) --boots $(BOOTS) $(addprefix --only ,$(ONLY))

soak-layouts: ALSO := arm-
soak-layouts: setup $(DEBUG) ## Hold the model against every kernel on fresh layouts (CASES=500 each)
	.ci/soak-layouts $(CASES)

coverage: setup $(DEBUG) ## See which branches of early memory layouts reach (CASES=600 SEED=6300)
	python3 .ci/coverage.py $(addprefix --cases ,$(CASES)) $(addprefix --seed ,$(SEED))

SECONDS ?= 600
fuzz: setup ## Give every reader of files what libFuzzer makes up (SECONDS=600 each, TARGETS='blob …')
	SWIFT="$(SWIFT)" .ci/fuzz $(SECONDS) $(TARGETS)

FUZZ ?= 1000
harm-logs: setup ## Cut the boot logs of the tests at every byte, and garble each (FUZZ=1000 times)
	CMALAB_FUZZ=$(FUZZ) $(SWIFT) test --filter HarmedLog

slurm: setup $(RELEASE) ## Break a Slurm cluster in namespaces while it runs a matrix (CELLS=2000, as root)
	Tests/Slurm/failures $(RELEASE) $(CELLS)

fresh-check: ## Boot by the README in a new Debian that has Swift alone (as root)
	SWIFT="$(SWIFT)" .ci/fresh-check

build: setup $(RELEASE) ## Build cmalab

bench: setup $(RELEASE) ## Measure cmalab against the bare guest that it boots
	$(SWIFT) build $(STATIC) --product boot-benchmark
	.build/release/boot-benchmark $(RELEASE)

lint-dts: setup $(RELEASE) ## Look at the device trees of Linux 6.1 with 'cmalab lint'
	.ci/lint-dts

lint: ## Check the style of the sources
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	shellcheck $(filter-out %.py %.awk %.tsv .ci/packaging,$(wildcard .ci/* .github/action/*)) Tests/CommandsTests/Terminal/complete.bash \
	  $(filter-out %/same-results,$(wildcard Tests/Slurm/*))
	clang-format --dry-run -Werror $(C_FILES)

format: ## Format the Swift and the C sources
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests
	clang-format -i $(C_FILES)

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

dist: setup $(RELEASE) $(MANUAL)/cmalab.1 ## Make a tar.xz and a .deb of the commit, in .build/dist
	.ci/dist

dist-check: dist ## Install both in a new Debian 12 and a new Debian 13 (as root)
	.ci/dist-check bookworm trixie

clean: ## Remove what was built here (the cache of kernels stays)
	rm -rf .build

$(RELEASE): $(SOURCES) $(STAMP)
	@echo '== compiling cmalab, optimised: some 6 minutes on two cores'
	$(SWIFT) build $(STATIC) --product cmalab
	@touch $@

# What the release is linked with: the commit, and the archives of libraries that have one.
$(STAMP):
	rm -rf $(LINK) && mkdir -p $(LINK)
	printf 'const char *cmalab_build_commit(void) { return "%s"; }\n' '$(COMMIT)' \
	  | $(CC) -x c -O2 -c -o $@ -
	for library in libcrypto.a libfdt.a libstdc++.a libz.a; do \
	  archive=$$($(CC) -print-file-name=$$library); \
	  [ "$$archive" = $$library ] || ln -s "$$archive" $(LINK)/$$library; \
	done

# The pages are named as man(1) finds them: cmalab-boot for 'cmalab boot'.
$(MANUAL)/cmalab.1: $(RELEASE)
	$(SWIFT) build $(STATIC) --product generate-manual
	rm -rf $(MANUAL) && mkdir -p $(MANUAL)
	.build/release/generate-manual $(RELEASE) --multi-page --output-directory $(MANUAL) \
	  --date "$$(date -u -d '@$(SOURCE_DATE_EPOCH)' +%F)"
	sed -i -E -e '/^\.(Xr|Dt) /{s/(CMALAB|cmalab)\./\1-/g; s/([a-z])\.([a-z])/\1-\2/g; s/([A-Z])\.([A-Z])/\1-\2/g}; /^\.Pp$$/d' \
	  -e '/^\.Nm ./{h; s/ /-/2g; s/"//g}; /^\.Nm$$/g' $(MANUAL)/*.1
	for page in $(MANUAL)/*.1; do \
	  awk -f .ci/manual.awk "$$page" > "$$page.new" && mv "$$page.new" "$$page" || exit 1; done
	cd $(MANUAL) && for page in cmalab.*.1; do \
	  name=$${page%.1}; mv "$$page" "$$(echo "$$name" | tr . -).1"; done

$(DEBUG): $(SOURCES)
	@echo '== compiling cmalab, and building its first kernel beside it: some 6 minutes on two cores'
	SWIFT="$(SWIFT)" .ci/compile-with-kernel
	@touch $@

# Installs what is missing of kernel-config/host-packages.tsv.
setup:
	@SWIFT="$(SWIFT)" .ci/setup build- $(ALSO)
