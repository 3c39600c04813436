# libsipas -- survey sampling and estimation in C11.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# GNU make is the only build system. Everything that is made lands under $(BUILD). `make help` lists the targets.
#
# Tools are asked for paths (pkg-config) when a recipe runs, never when this file is read, so that
# `make deps demo` works in one go on a machine that has nothing installed yet.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# ---------------------------------------------------------------------------------------------------------- settings

BUILD ?= build

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CXX),default)
CXX := g++
endif
ifeq ($(origin AR),default)
AR := ar
endif
PKG_CONFIG ?= pkg-config
INSTALL ?= install
CLANG_FORMAT ?= clang-format-14
CLANG_TIDY ?= clang-tidy-14
CPPCHECK ?= cppcheck
DOXYGEN ?= doxygen
VALGRIND ?= valgrind

prefix ?= /usr/local
exec_prefix ?= $(prefix)
includedir ?= $(prefix)/include
libdir ?= $(exec_prefix)/lib
datarootdir ?= $(prefix)/share
mandir ?= $(datarootdir)/man
docdir ?= $(datarootdir)/doc/libsipas
pkgconfigdir ?= $(libdir)/pkgconfig
cmakedir ?= $(libdir)/cmake/libsipas

CPPFLAGS ?=
CFLAGS ?= -O3 -g
LDFLAGS ?=

# The numbers of this library are part of its contract: no flag that lets the compiler bend them.
ifneq (,$(filter -Ofast -ffast-math -funsafe-math-optimizations -fassociative-math -ffinite-math-only,$(CFLAGS) $(CPPFLAGS)))
$(error CFLAGS: flags that relax floating-point arithmetic are not supported)
endif

# WERROR=1 turns warnings into errors (lint and CI). SANITIZE=1 adds the address and undefined-behaviour sanitizers.
WERROR ?=
SANITIZE ?=

# V=1 shows the whole commands.
V ?=
ifeq ($(V),1)
Q :=
say := @:
else
Q := @
say = @printf '  %-5s %s\n'
endif

# ----------------------------------------------------------------------------------------------------------- version

version_h := include/sipas/version.h
version_macro = $(shell awk '$$2 == "$(1)" { print $$3; exit }' $(version_h) 2>/dev/null)

MAJOR := $(call version_macro,SIPAS_VERSION_MAJOR)
MINOR := $(call version_macro,SIPAS_VERSION_MINOR)
PATCH := $(call version_macro,SIPAS_VERSION_PATCH)
ABI := $(call version_macro,SIPAS_ABI_VERSION)
VERSION := $(MAJOR).$(MINOR).$(PATCH)

SONAME := libsipas.so.$(ABI)
REALNAME := $(SONAME).$(VERSION)

# ------------------------------------------------------------------------------------------------------------- flags

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion \
            -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wpointer-arith \
            -Wcast-qual -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough

comma := ,
SANITIZERS := $(if $(SANITIZE),-fsanitize=address$(comma)undefined$(comma)float-cast-overflow \
              -fno-sanitize-recover=all -fno-omit-frame-pointer -DSIPAS_ASSERT)

# What the caller sets comes first; what the library cannot do without comes last.
C_FLAGS = -std=c11 $(WARNINGS) $(if $(WERROR),-Werror) $(CFLAGS) -ffp-contract=off -pthread \
          -ffile-prefix-map=$(CURDIR)=. $(SANITIZERS)
LIB_FLAGS = $(CPPFLAGS) -Iinclude -Ilib $(C_FLAGS) -fvisibility=hidden -fPIC
DEP_FLAGS = -MMD -MP -MF $@.d -MT $@
LINK_FLAGS = $(LDFLAGS) -pthread $(SANITIZERS)

# Shell text, expanded in the recipe.
GSL_CFLAGS = $$($(PKG_CONFIG) --cflags gsl 2>/dev/null)
GSL_LIBS = $$($(PKG_CONFIG) --libs gsl 2>/dev/null || echo -lgsl -lgslcblas -lm) -lm
CMOCKA = $$($(PKG_CONFIG) --cflags --libs cmocka 2>/dev/null || echo -lcmocka)

# ----------------------------------------------------------------------------------------------------------- sources

HEADERS := $(wildcard include/sipas.h include/sipas/*.h)
LIB_SOURCES := $(wildcard lib/*/*.c)
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/obj/%.o)
SUPPORT_OBJECTS := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out tests/support/comma_locale.c,$(wildcard tests/support/*.c)))
COMMON_OBJECTS := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard examples/common/*.c))

# Names without suffix, as the summary of `make check` shows them.
names = $(sort $(basename $(wildcard $(1))))

UNIT := $(call names,tests/unit/test_*.c)
API := $(call names,tests/api/test_*.c)
GOLDEN := $(call names,tests/golden/test_*.c)
OOM := $(call names,tests/oom/test_*.c)
ABI_TESTS := $(call names,tests/abi/test_*.c)
FILES := $(call names,tests/files/test_*.c)
EXAMPLES := $(call names,examples/*.c)
FUZZ := $(call names,tests/fuzz/fuzz_*.c)
BENCH := $(call names,tests/bench/bench_*.c)
VALIDATE := $(call names,tests/bench/validate_*.c)
DOCS := docs/names docs/adding docs/words docs/site docs/check_page docs/guide docs/from_r docs/files docs/vi/README docs/README
PACKAGES := packages/install packages/man packages/dist packages/sdist
GATES := gates/floors gates/symbols gates/objects gates/headers gates/layout gates/generated gates/contracts gates/abi gates/ledger gates/gates

DEMOS := national_survey province_round score_survey

STATIC := $(BUILD)/libsipas.a
SHARED := $(BUILD)/libsipas.so
SUPPORT := $(BUILD)/libsupport.a
COMMON := $(BUILD)/libcommon.a

# `make -j deps demo`: whatever is asked for beside `deps` waits for it.
ifneq (,$(filter deps,$(MAKECMDGOALS)))
$(LIB_OBJECTS) $(SUPPORT_OBJECTS) $(COMMON_OBJECTS) $(filter-out deps,$(MAKECMDGOALS)): | deps
endif

# ----------------------------------------------------------------------------------------------------------- library

.PHONY: all
all: $(SHARED) $(STATIC) ## Build the shared and the static library (default)

$(BUILD)/obj/lib/%.o: lib/%.c
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(LIB_FLAGS) $(DEP_FLAGS) $(if $(filter lib/num/%,$<),$(GSL_CFLAGS)) -c -o $@ $<

$(STATIC): $(LIB_OBJECTS)
	$(say) AR $@
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $(LIB_OBJECTS)

$(SHARED): $(LIB_OBJECTS) lib/sipas.map $(version_h)
	$(say) LINK $@
	@mkdir -p $(@D)
	$(Q)$(CC) -shared $(LINK_FLAGS) -Wl,-soname,$(SONAME) -Wl,--version-script,lib/sipas.map \
	    $(if $(SANITIZE),,-Wl$(comma)-z$(comma)defs) -Wl,-z,relro -Wl,-z,now -Wl,--as-needed \
	    -o $@ $(LIB_OBJECTS) $(GSL_LIBS)
	@ln -sf $(@F) $(BUILD)/$(SONAME)

# ------------------------------------------------------------------------------------------------- tests and examples

TEST_FLAGS = $(CPPFLAGS) -D_POSIX_C_SOURCE=200809L -Iinclude -Itests/support $(C_FLAGS)
WITH_STATIC = $(SUPPORT) $(STATIC) $(CMOCKA) $(GSL_LIBS)
WITH_SHARED = $(SUPPORT) -L$(BUILD) -lsipas -Wl,-rpath,'$$ORIGIN/../..' $(CMOCKA) -lm

define link_static
$(say) CC $<
@mkdir -p $(@D)
$(Q)$(CC) -Ilib $(TEST_FLAGS) $(DEP_FLAGS) $(LINK_FLAGS) -o $@ $< $(WITH_STATIC)
endef

define link_shared
$(say) CC $<
@mkdir -p $(@D)
$(Q)$(CC) $(TEST_FLAGS) $(DEP_FLAGS) $(LINK_FLAGS) -o $@ $< $(WITH_SHARED)
endef

$(BUILD)/obj/tests/support/%.o: tests/support/%.c
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_FLAGS) $(DEP_FLAGS) -c -o $@ $<

$(BUILD)/obj/examples/common/%.o: examples/common/%.c
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -Iinclude -Iexamples/common $(C_FLAGS) $(DEP_FLAGS) -c -o $@ $<

$(SUPPORT): $(SUPPORT_OBJECTS)
$(COMMON): $(COMMON_OBJECTS)
$(SUPPORT) $(COMMON):
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/tests/unit/%: tests/unit/%.c $(STATIC) $(SUPPORT)
	$(link_static)
$(BUILD)/tests/oom/%: tests/oom/%.c $(STATIC) $(SUPPORT)
	$(link_static)
$(BUILD)/tests/fuzz/%: tests/fuzz/%.c $(STATIC) $(SUPPORT)
	$(link_static)
$(BUILD)/tests/bench/%: tests/bench/%.c $(STATIC) $(SUPPORT)
	$(link_static)
$(BUILD)/tests/files/%: tests/files/%.c $(SHARED) $(SUPPORT) $(COMMON)
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) -Iexamples/common $(TEST_FLAGS) $(DEP_FLAGS) $(LINK_FLAGS) -o $@ $< $(COMMON) $(WITH_SHARED) -lcsv -lutf8proc
$(BUILD)/tests/api/%: tests/api/%.c $(SHARED) $(SUPPORT)
	$(link_shared)
$(BUILD)/tests/golden/%: tests/golden/%.c $(SHARED) $(SUPPORT)
	$(link_shared)
$(BUILD)/tests/abi/%: tests/abi/%.c $(SHARED) $(SUPPORT)
	$(link_shared)

$(BUILD)/examples/%: examples/%.c $(SHARED) $(COMMON)
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -Iinclude -Iexamples/common $(C_FLAGS) $(DEP_FLAGS) $(LINK_FLAGS) -o $@ $< $(COMMON) \
	    -L$(BUILD) -lsipas -Wl,-rpath,'$$ORIGIN/..' -lcsv -lutf8proc -lm

.PHONY: examples
examples: $(EXAMPLES:%=$(BUILD)/%) ## Compile the examples against the shared library

.PHONY: demo
demo: $(DEMOS:%=$(BUILD)/examples/%) ## Build and run the three example surveys
	@set -e; for name in $(DEMOS); do $(BUILD)/examples/$$name; done

# ---------------------------------------------------------------------------------------------------------- bindings

# Debian's own Python has Debian's numpy, cffi and pytest.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
PYTHON_SOURCES := $(wildcard bindings/generate/headers.py bindings/python/*.* bindings/python/sipas/*.*)
PYTHON_TESTS := $(patsubst bindings/python/tests/%.py,python/%,$(sort $(wildcard bindings/python/tests/test_*.py)))

.PHONY: python
python: $(BUILD)/python/installed ## Build the Python wheel, and a virtual environment with it, in build/python

$(BUILD)/python/installed: $(STATIC) $(HEADERS) $(PYTHON_SOURCES)
	$(say) WHEEL $(BUILD)/python/dist
	$(Q)bindings/python/build.sh '$(PYTHON)' '$(STATIC)'
	@touch $@

.PHONY: python-sdist
python-sdist: ## Make the Python source distribution, with the C sources in it, in build/python/dist
	$(say) SDIST $(BUILD)/python/dist
	@mkdir -p $(BUILD)/python/dist
	$(Q)cd bindings/python && BUILD='$(abspath $(BUILD))' '$(PYTHON)' -W ignore -c \
	    'import sys, setuptools.build_meta as b; b.build_sdist(sys.argv[1])' '$(abspath $(BUILD))/python/dist' >/dev/null

# For the tests: nothing is fetched, and where the tools are not there the tests are skipped.
$(BUILD)/python/tried: $(STATIC) $(HEADERS) $(PYTHON_SOURCES)
	$(say) WHEEL $(BUILD)/python/dist
	$(Q)bindings/python/build.sh --if-able '$(PYTHON)' '$(STATIC)'
	@[ -f $(@D)/missing ] || touch $@ $(@D)/installed

# What hands columns over in tests, and is nowhere needed: the tests that need one of them are skipped without.
.PHONY: python-frames
python-frames: $(STATIC) ## Install pandas, polars, pyarrow and DuckDB from PyPI in the environment of the Python tests
	$(say) PIP $(BUILD)/python/venv
	$(Q)bindings/python/build.sh --frames '$(PYTHON)' '$(STATIC)'

# One module for each binary interface of Lua, with the library and GSL inside; LuaJIT has that of 5.1. Which are there, and
# under which names pkg-config knows them, is settled when a recipe runs.
LUA_ABIS := 5.1 5.2 5.3 5.4
LUA_MODULES := $(LUA_ABIS:%=$(BUILD)/lua/%/sipas.so)
LUA_SOURCES := $(wildcard bindings/lua/*.[ch]) bindings/lua/build.sh
LUA_BUILD = CC='$(CC)' FLAGS='$(CPPFLAGS) -Iinclude $(C_FLAGS) -fvisibility=hidden -fPIC' LINK_FLAGS='$(LINK_FLAGS)' \
            PKG_CONFIG='$(PKG_CONFIG)'
LUA_TESTS := $(patsubst bindings/lua/spec/%_spec.lua,lua/%,$(sort $(wildcard bindings/lua/spec/*_spec.lua)))

.PHONY: lua
lua: $(LUA_MODULES) ## Build the Lua modules, build/lua/<version>/sipas.so, for every Lua that is installed
	@ls $(BUILD)/lua/*/sipas.so >/dev/null 2>&1 || { echo 'lua: no headers of Lua 5.1 to 5.4 or LuaJIT are there' >&2; exit 1; }

# Where there is no such Lua nothing is made, and nothing is wrong.
$(BUILD)/lua/%/sipas.so: $(LUA_SOURCES) $(STATIC) $(HEADERS)
	$(say) LUA $(@D)
	@mkdir -p $(@D)
	$(Q)$(LUA_BUILD) bindings/lua/build.sh $* '$(STATIC)' $@

# For LuaRocks, which says where the headers of its Lua are.
.PHONY: lua-rock
lua-rock: $(STATIC)
	@mkdir -p $(BUILD)/lua/rock
	$(Q)$(LUA_BUILD) LUA_INCDIR='$(LUA_INCDIR)' bindings/lua/build.sh any '$(STATIC)' $(BUILD)/lua/rock/sipas.so

# ------------------------------------------------------------------------------------------------------------- check
#
# Each check is one result file under $(BUILD)/results, written by tests/support/run_check.sh. The runs are made with
# -k, so one failure hides no other; a check without a result file did not build, and counts as failed.

CHECKS ?= $(UNIT) $(API) $(GOLDEN) $(OOM) $(FUZZ) $(ABI_TESTS) $(FILES) $(GATES) $(EXAMPLES) $(VALIDATE) $(PYTHON_TESTS) \
          $(LUA_TESTS) $(DOCS) $(PACKAGES)
RESULTS ?= $(BUILD)/results
WRAPPER ?=
TEST_TIMEOUT ?= 1200

run_check = +@RESULTS='$(RESULTS)' TEST_TIMEOUT='$(TEST_TIMEOUT)' TESTS_ROOT='$(CURDIR)/tests' BUILD='$(BUILD)' \
            CC='$(CC)' CXX='$(CXX)' MAKE='$(MAKE)' PYTHON='$(PYTHON)' VERSION='$(VERSION)' ABI='$(ABI)' \
            ASAN_OPTIONS="$${ASAN_OPTIONS:-detect_stack_use_after_return=1}" \
            UBSAN_OPTIONS="$${UBSAN_OPTIONS:-print_stacktrace=1}" tests/support/run_check.sh

.PHONY: check
check: ## Run every test, gate and example
	@rm -rf $(RESULTS)
	@$(MAKE) --no-print-directory all || { echo '0 passed, $(words $(CHECKS)) failed'; exit 1; }
	@$(MAKE) --no-print-directory -k $(CHECKS:%=$(RESULTS)/%) 2>&1 || :
	@tests/support/run_check.sh --summary $(RESULTS) $(CHECKS)

.PHONY: FORCE
FORCE:

$(RESULTS)/tests/bench/%: $(BUILD)/tests/bench/% FORCE
	$(run_check) tests/bench/$* $(WRAPPER) $< --slice
$(RESULTS)/tests/%: $(BUILD)/tests/% FORCE
	$(run_check) tests/$* $(WRAPPER) $<
$(RESULTS)/examples/%: $(BUILD)/examples/% FORCE
	$(run_check) --expect tests/api/expected/$*.sh examples/$* $(WRAPPER) $<
$(RESULTS)/python/test_cross: $(BUILD)/tests/api/cross
$(RESULTS)/python/test_files_both: $(BUILD)/examples/estimate
$(RESULTS)/python/%: bindings/python/tests/%.py $(BUILD)/python/tried FORCE
	$(run_check) python/$* bindings/python/check.sh $(BUILD)/python $<
$(RESULTS)/lua/cross: $(BUILD)/tests/api/cross
$(RESULTS)/lua/%: bindings/lua/spec/%_spec.lua $(LUA_MODULES) FORCE
	$(run_check) lua/$* bindings/lua/check.sh $(BUILD)/lua $<

# What a page shows is run: programs in these languages, and commands.
$(RESULTS)/docs/guide: SHOWN := c python lua
$(RESULTS)/docs/vi/README: SHOWN := python
$(RESULTS)/docs/words: $(BUILD)/examples/estimate $(BUILD)/examples/plan $(BUILD)/python/tried FORCE
	$(run_check) docs/words tests/docs/test_words.sh
$(RESULTS)/docs/names: FORCE
	$(run_check) docs/names tests/docs/test_names.sh
$(RESULTS)/docs/site: FORCE
	$(run_check) docs/site tests/docs/test_site.sh
$(RESULTS)/docs/adding: $(SHARED) $(BUILD)/python/tried $(LUA_MODULES) FORCE
	$(run_check) docs/adding tests/docs/test_adding.sh
$(RESULTS)/docs/check_page: $(SHARED) $(BUILD)/python/tried $(LUA_MODULES) FORCE
	$(run_check) docs/check_page tests/docs/test_check_page.sh
$(RESULTS)/docs/README: README.md $(SHARED) $(BUILD)/examples/estimate FORCE
	$(run_check) docs/README tests/docs/check_page.sh $<
$(RESULTS)/docs/%: docs/%.md $(SHARED) $(BUILD)/examples/estimate $(BUILD)/python/tried $(LUA_MODULES) FORCE
	$(run_check) docs/$* tests/docs/check_page.sh $< $(SHOWN)

$(RESULTS)/packages/install: $(SHARED) $(STATIC) FORCE
	$(run_check) packages/install tests/packages/test_install.sh
$(RESULTS)/packages/dist: FORCE
	$(run_check) packages/dist tests/packages/test_dist.sh
$(RESULTS)/packages/sdist: FORCE
	$(run_check) packages/sdist tests/packages/test_sdist.sh
$(RESULTS)/packages/man: $(SHARED) FORCE
	$(run_check) packages/man tests/packages/test_man.sh

$(RESULTS)/gates/floors: FORCE
	$(run_check) gates/floors tests/support/check_floors.sh
$(RESULTS)/gates/symbols: $(SHARED) FORCE
	$(run_check) gates/symbols tests/abi/check_symbols.sh --library $(SHARED)
$(RESULTS)/gates/objects: $(LIB_OBJECTS) FORCE
	$(run_check) gates/objects tests/abi/check_objects.sh $(LIB_OBJECTS)
$(RESULTS)/gates/headers: FORCE
	$(run_check) gates/headers tests/abi/check_headers.sh
$(RESULTS)/gates/layout: FORCE
	$(run_check) gates/layout tests/abi/check_layout.sh
$(RESULTS)/gates/generated: FORCE
	$(run_check) gates/generated tests/abi/check_generated.sh
$(RESULTS)/gates/contracts: FORCE
	$(run_check) gates/contracts tests/abi/check_contracts.sh
$(RESULTS)/gates/abi: $(SHARED) FORCE
	$(run_check) gates/abi tests/abi/check_abi.sh --library $(SHARED)
$(RESULTS)/gates/ledger: FORCE
	$(run_check) gates/ledger tests/golden/check_ledger.sh
$(RESULTS)/gates/gates: $(SHARED) FORCE
	$(run_check) gates/gates tests/abi/test_gates.sh --library $(SHARED)

.PHONY: asan
asan: ## Run all tests and examples under the address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory check BUILD=$(BUILD)/asan SANITIZE=1 CFLAGS='-O1 -g' \
	    CHECKS='$(UNIT) $(API) $(GOLDEN) $(OOM) $(FUZZ) $(ABI_TESTS) $(FILES) $(EXAMPLES) $(VALIDATE)'

# Random calls of the public face under the sanitizers, each target for a share of the minutes; by libFuzzer, whose inputs are kept
# in $(BUILD)/fuzz, where clang has it.
MINUTES ?= 5
FUZZ_CLANG ?= $(firstword $(wildcard /usr/bin/clang /usr/bin/clang-14))
FUZZ_FLAGS = -std=c11 -g -O1 -ffp-contract=off -pthread -DLIBFUZZER $(CPPFLAGS) -Iinclude -Itests/support \
             -fsanitize=fuzzer$(comma)address$(comma)undefined

.PHONY: fuzz
fuzz: ## Call the public face at random, under the sanitizers, for MINUTES=5
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SANITIZE=1 CFLAGS='-O1 -g' all $(FUZZ:%=$(BUILD)/asan/%)
	@set -e; seconds=$$(( $(MINUTES) * 60 / $(words $(FUZZ)) )); for name in $(notdir $(FUZZ)); do \
	    mkdir -p $(BUILD)/fuzz/$$name; \
	    if [ -n '$(FUZZ_CLANG)' ] && $(FUZZ_CLANG) $(FUZZ_FLAGS) -Ilib tests/fuzz/$$name.c tests/support/fuzz.c lib/*/*.c \
	        $(GSL_CFLAGS) $(GSL_LIBS) -o $(BUILD)/fuzz/$$name.libfuzzer 2>/dev/null; then \
	        $(BUILD)/fuzz/$$name.libfuzzer -max_total_time=$$seconds -max_len=4096 $(BUILD)/fuzz/$$name; \
	    else $(BUILD)/asan/tests/fuzz/$$name --for $$seconds; fi; done

# Lines and branches that the tests reach, by room, against the least that each room has had.
.PHONY: coverage
coverage: ## Measure what the tests reach of each room, and fail below the floors in tests/support/coverage.tsv
	@$(MAKE) --no-print-directory check BUILD=$(BUILD)/coverage CFLAGS='-O1 -g --coverage -fprofile-abs-path' \
	    LDFLAGS='--coverage' CHECKS='$(UNIT) $(API) $(GOLDEN) $(OOM)'
	@tests/support/coverage.sh $(BUILD)/coverage

# Threads: the tests that use several of them, on rows enough for several stretches, and stop them.
TSAN := tests/api/test_estimate_shapes tests/api/test_estimate_quantile tests/api/test_index_shapes tests/api/test_cancel \
        tests/api/test_estimate_crossing tests/unit/test_influence tests/unit/test_patterns tests/unit/test_runs tests/unit/test_context

.PHONY: tsan
tsan: ## Run the tests that use threads under the thread sanitizer
	@$(MAKE) --no-print-directory check BUILD=$(BUILD)/tsan CFLAGS='-O1 -g -fsanitize=thread' LDFLAGS='-fsanitize=thread' \
	    CHECKS='$(TSAN)'

# A locale that writes 0,5.
COMMA := $(UNIT) $(API)

$(BUILD)/comma/comma: tests/support/comma_locale.c
	$(say) LOCALE $@
	@mkdir -p $(@D)
	$(Q)localedef -i de_DE -f UTF-8 $(abspath $@)
	$(Q)$(CC) $(TEST_FLAGS) -shared -fPIC -o $(@D)/comma.so $<

.PHONY: comma
comma: $(BUILD)/comma/comma ## Run the unit tests and those of the public face in a host whose locale has a decimal comma
	@$(MAKE) --no-print-directory check RESULTS=$(BUILD)/comma/results CHECKS='$(COMMA)' \
	    WRAPPER='env LOCPATH=$(abspath $(BUILD))/comma LD_PRELOAD=$(abspath $(BUILD))/comma/comma.so'

.PHONY: valgrind
valgrind: ## Run the unit tests and the examples under valgrind
	@$(MAKE) --no-print-directory check RESULTS=$(BUILD)/valgrind CHECKS='$(UNIT) $(EXAMPLES)' \
	    WRAPPER='$(VALGRIND) -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite'

# ------------------------------------------------------------------------------------------------ bench and validation

.PHONY: bench
bench: ## Measure: one JSON line a case on stdout
	@$(MAKE) --no-print-directory $(BENCH:%=$(BUILD)/%) >&2
	@set -e; for name in $(BENCH); do $(BUILD)/$$name; done
	@[ ! -x $(BUILD)/python/venv/bin/python ] || $(BUILD)/python/venv/bin/python bindings/python/tests/bench_overhead.py

.PHONY: validate
validate: $(VALIDATE:%=$(BUILD)/%) ## Long Monte Carlo runs; the table goes to build/validate.txt
	@set -e; : > $(BUILD)/validate.txt; for name in $(VALIDATE); do \
	    echo "# libsipas $(VERSION): make validate ($$name)" >> $(BUILD)/validate.txt; \
	    $(BUILD)/$$name > $(BUILD)/validate.part; \
	    cat $(BUILD)/validate.part >> $(BUILD)/validate.txt; rm $(BUILD)/validate.part; done
	@cat $(BUILD)/validate.txt

# --------------------------------------------------------------------------------------------------------- ABI upkeep

.PHONY: generated
generated: ## Rewrite what is made from the public headers: words, layout test, lists
	@$(PYTHON) -B bindings/generate/generate.py

.PHONY: symbols
symbols: ## Rewrite the current node of lib/sipas.map from the public headers
	@tests/abi/check_symbols.sh --update

.PHONY: abi-baseline
abi-baseline: $(SHARED) $(BUILD)/tests/abi/test_schema ## Rewrite the ABI baseline (while the ABI number is 0, or at a release)
	@tests/abi/check_abi.sh --update --library $(SHARED)
	@$(BUILD)/tests/abi/test_schema --print > tests/abi/schema.txt

# -------------------------------------------------------------------------------------------------------------- lint

C_SOURCES := $(sort $(wildcard lib/*/*.c examples/*.c examples/*/*.c tests/*/*.c bindings/*/*.c))
C_FILES := $(sort $(C_SOURCES) $(HEADERS) $(wildcard lib/*/*.h examples/*/*.h tests/*/*.h bindings/*/*.h))

.PHONY: lint
lint: format-check floors cppcheck tidy werror ## Format, floors, cppcheck, clang-tidy and a build without warnings

.PHONY: format
format: ## Format every C file in place
	@$(CLANG_FORMAT) -i $(C_FILES)

.PHONY: format-check
format-check: ## Fail if a C file is not formatted
	@echo '  FORMAT'
	@$(CLANG_FORMAT) --dry-run -Werror $(C_FILES)

.PHONY: floors
floors: ## Fail if a room of lib/ reaches up or sideways
	@echo '  FLOORS'
	@tests/support/check_floors.sh

.PHONY: cppcheck
cppcheck: ## Static analysis with cppcheck
	@echo '  CPPCHECK'
	@mkdir -p $(BUILD)/cppcheck
	@$(CPPCHECK) --quiet --std=c11 --language=c --platform=unix64 --error-exitcode=1 --inline-suppr \
	    -j $$(getconf _NPROCESSORS_ONLN) --cppcheck-build-dir=$(BUILD)/cppcheck \
	    --enable=warning,performance,portability --suppress=missingIncludeSystem \
	    -Iinclude -Ilib -D__GNUC__=12 -D__LP64__=1 lib examples

.PHONY: tidy
tidy: ## Static analysis of library and examples with clang-tidy
	@echo '  TIDY'
	@printf '%s\n' $(wildcard lib/*/*.c examples/*.c examples/*/*.c) | xargs -P $$(getconf _NPROCESSORS_ONLN) -n 2 sh -c '\
	    $(CLANG_TIDY) --quiet --warnings-as-errors="*" "$$@" -- -std=c11 -Iinclude -Ilib -Itests/support \
	    -Iexamples/common -D_POSIX_C_SOURCE=200809L 2>/dev/null' sh

.PHONY: werror
werror:
	@echo '  WERROR'
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/werror WERROR=1 all programs

.PHONY: programs
programs: $(patsubst %,$(BUILD)/%,$(UNIT) $(API) $(GOLDEN) $(OOM) $(FUZZ) $(ABI_TESTS) $(FILES) $(EXAMPLES) $(BENCH) $(VALIDATE))

# -------------------------------------------------------------------------------------------------------------- docs

# The site is static and asks nothing of any other host. Its theme is Debian's package doxygen-awesome-css.
SIPAS_THEME ?= /usr/share/doxygen-awesome-css
SITE := $(BUILD)/docs/html
SPHINX ?= $(BUILD)/python/venv/bin/python -m sphinx
LDOC ?= ldoc

.PHONY: docs
docs: docs-python docs-lua ## Make the documentation site in build/docs/html; a warning is an error
	@echo '$(SITE)/index.html'

.PHONY: docs-c
docs-c: ## Make the site without the references for Python and Lua
	$(say) DOXYGEN $(SITE)
	@[ -f '$(SIPAS_THEME)/doxygen-awesome.css' ] || { echo 'docs: doxygen-awesome.css is not in $(SIPAS_THEME)' >&2; exit 1; }
	@rm -rf $(SITE) && mkdir -p $(BUILD)/docs
	@SIPAS_VERSION='$(VERSION)' SIPAS_DOCS='$(BUILD)/docs' SIPAS_THEME='$(SIPAS_THEME)' $(DOXYGEN) docs/Doxyfile
	@docs/site/finish.sh '$(SITE)'

.PHONY: docs-python
docs-python: docs-c $(BUILD)/python/installed
	$(say) SPHINX $(SITE)/python
	@rm -rf $(BUILD)/docs/python && mkdir -p $(BUILD)/docs/python
	@cp docs/site/python/* $(BUILD)/docs/python
	$(Q)$(SPHINX) -q -W --keep-going -b html -d $(BUILD)/docs/doctrees $(BUILD)/docs/python $(SITE)/python

.PHONY: docs-lua
docs-lua: docs-c
	$(say) LDOC $(SITE)/lua
	$(Q)$(LDOC) --quiet --fatalwarnings -c bindings/lua/config.ld -d '$(abspath $(SITE))/lua' . >/dev/null
	@docs/site/finish.sh '$(SITE)'

include docs/packaging/packaging.mk

# ----------------------------------------------------------------------------------------------------- deps and upkeep

DEPS := gcc g++ make pkg-config libgsl-dev libcsv-dev libutf8proc-dev libcmocka-dev
DEPS_TOOLS := abigail-tools clang-format-14 clang-tidy-14 cmake cppcheck doxygen gcovr libclang-rt-14-dev locales mandoc valgrind
DEPS_TOOLS += doxygen-awesome-css python3-sphinx python3-numpydoc furo
DEPS_TOOLS += python3 python3-dev python3-venv python3-cffi python3-numpy python3-setuptools python3-wheel \
              python3-pytest python3-hypothesis mypy
DEPS_TOOLS += lua5.1 lua5.2 lua5.3 lua5.4 luajit liblua5.1-0-dev liblua5.2-dev liblua5.3-dev liblua5.4-dev \
              libluajit-5.1-dev lua-busted lua-ldoc luarocks

.PHONY: deps
deps: ## Install what building, testing and linting need (Debian, Ubuntu)
	@set -e; \
	missing() { for p in "$$@"; do dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null | grep -q '^installed' \
	    || echo $$p; done; }; \
	if command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; then \
	    need=$$(missing $(DEPS)); tools=$$(missing $(DEPS_TOOLS)); \
	    if [ -z "$$need$$tools" ]; then echo 'deps: all present'; exit 0; fi; \
	    sudo=; if [ "$$(id -u)" -ne 0 ] && command -v sudo >/dev/null 2>&1; then sudo=sudo; fi; \
	    apt="$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=300"; \
	    $$apt update; \
	    if [ -n "$$need" ]; then $$apt install --no-install-recommends $$need; fi; \
	    for p in $$tools; do $$apt install --no-install-recommends $$p \
	        || echo "deps: $$p could not be installed; it is needed for lint, gates, docs, Python or Lua only" >&2; done; \
	else \
	    echo 'deps: needed: a C11 and a C++17 compiler, pkg-config, GSL, libcsv, libutf8proc, cmocka'; \
	    echo 'deps: for Python: Python 3.11 with headers; cffi, numpy, setuptools, wheel, pytest, hypothesis, mypy'; \
	    echo 'deps: for Lua: any of Lua 5.1 to 5.4 and LuaJIT with headers; busted; ldoc'; \
	    echo 'deps: for gates, lint and docs: libabigail, clang-format 14, clang-tidy 14, cppcheck, valgrind; doxygen,'; \
	    echo 'deps:   doxygen-awesome-css (SIPAS_THEME=its folder), sphinx, numpydoc, furo; for packages: cmake, mandoc, luarocks'; \
	    bad=; for tool in $(CC) $(CXX) $(PKG_CONFIG); do command -v $$tool >/dev/null 2>&1 || bad="$$bad $$tool"; done; \
	    for lib in gsl cmocka; do $(PKG_CONFIG) --exists $$lib 2>/dev/null || bad="$$bad $$lib"; done; \
	    echo '#include <csv.h>' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 || bad="$$bad libcsv"; \
	    echo '#include <utf8proc.h>' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 || bad="$$bad libutf8proc"; \
	    if [ -n "$$bad" ]; then echo "deps: missing:$$bad" >&2; exit 1; fi; \
	fi

.PHONY: clean
clean: ## Remove everything that was made
	rm -rf $(BUILD)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(filter-out %.d,$(MAKEFILE_LIST))

-include $(wildcard $(BUILD)/obj/*/*/*.d $(BUILD)/tests/*/*.d $(BUILD)/examples/*.d)
