# Installing: part of the Makefile, which has the settings.
# SPDX-License-Identifier: GPL-3.0-or-later

# ----------------------------------------------------------------------------------------------------------- install

EXAMPLE_FILES := $(wildcard examples/*.c examples/common/*.c examples/common/*.h examples/data/*)

# A path as pkg-config writes it, so that what is installed can be moved: ${prefix}/lib.
in_prefix = $(patsubst $(prefix)/%,$${prefix}/%,$(patsubst $(prefix),$${prefix},$(1)))
# A path as seen from the folder of the CMake files, for the same reason.
from_cmake = $$(realpath -m --relative-to='$(cmakedir)' '$(1)')

$(BUILD)/libsipas.pc: docs/packaging/libsipas.pc.in $(version_h) FORCE
	@mkdir -p $(@D)
	@sed -e 's|@prefix@|$(prefix)|' -e 's|@exec_prefix@|$(call in_prefix,$(exec_prefix))|' \
	     -e 's|@libdir@|$(call in_prefix,$(libdir))|' -e 's|@includedir@|$(call in_prefix,$(includedir))|' \
	     -e 's|@version@|$(VERSION)|' $< > $@

$(BUILD)/libsipas%.cmake: docs/packaging/libsipas%.cmake.in $(version_h) FORCE
	@mkdir -p $(@D)
	@sed -e "s|@libdir@|$(call from_cmake,$(libdir))|" -e "s|@includedir@|$(call from_cmake,$(includedir))|" \
	     -e 's|@version@|$(VERSION)|' -e 's|@major@|$(MAJOR)|' -e 's|@minor@|$(MINOR)|' \
	     -e 's|@soname@|$(SONAME)|' -e 's|@realname@|$(REALNAME)|' $< > $@

CMAKE_FILES := $(BUILD)/libsipasConfig.cmake $(BUILD)/libsipasConfigVersion.cmake

.PHONY: install
install: all $(BUILD)/libsipas.pc $(CMAKE_FILES) ## Install under $(DESTDIR)$(prefix)
	@mkdir -p '$(DESTDIR)$(includedir)/sipas' '$(DESTDIR)$(libdir)' '$(DESTDIR)$(pkgconfigdir)' \
	          '$(DESTDIR)$(cmakedir)' '$(DESTDIR)$(docdir)' '$(DESTDIR)$(mandir)/man3'
	$(INSTALL) -m 644 include/sipas.h '$(DESTDIR)$(includedir)'
	$(INSTALL) -m 644 $(wildcard include/sipas/*.h) '$(DESTDIR)$(includedir)/sipas'
	$(INSTALL) -m 755 $(SHARED) '$(DESTDIR)$(libdir)/$(REALNAME)'
	ln -sf $(REALNAME) '$(DESTDIR)$(libdir)/$(SONAME)'
	ln -sf $(SONAME) '$(DESTDIR)$(libdir)/libsipas.so'
	$(INSTALL) -m 644 $(STATIC) '$(DESTDIR)$(libdir)'
	$(INSTALL) -m 644 $(BUILD)/libsipas.pc '$(DESTDIR)$(pkgconfigdir)'
	$(INSTALL) -m 644 $(CMAKE_FILES) '$(DESTDIR)$(cmakedir)'
	$(INSTALL) -m 644 docs/man/libsipas.3 '$(DESTDIR)$(mandir)/man3'
	$(INSTALL) -m 644 $(wildcard LICENSE README.md CHANGELOG.md) '$(DESTDIR)$(docdir)'
	@set -e; for file in $(EXAMPLE_FILES); do \
	    mkdir -p "$(DESTDIR)$(docdir)/$$(dirname $$file)"; \
	    $(INSTALL) -m 644 $$file "$(DESTDIR)$(docdir)/$$file"; done

.PHONY: uninstall
uninstall: ## Remove what `make install` put there
	rm -rf '$(DESTDIR)$(includedir)/sipas' '$(DESTDIR)$(cmakedir)' '$(DESTDIR)$(docdir)'
	rm -f '$(DESTDIR)$(includedir)/sipas.h' '$(DESTDIR)$(pkgconfigdir)/libsipas.pc' '$(DESTDIR)$(libdir)/libsipas.a' \
	      '$(DESTDIR)$(libdir)/libsipas.so' '$(DESTDIR)$(libdir)/$(SONAME)' '$(DESTDIR)$(libdir)/$(REALNAME)' \
	      '$(DESTDIR)$(mandir)/man3/libsipas.3'

# -------------------------------------------------------------------------------------------------------------- dist

# Unpacked, the tarball makes itself again, to the byte. Times are those of the last commit; of the tarball where there is
# no checkout.
DIST := libsipas-$(VERSION)
DIST_FILES = { git ls-files 2>/dev/null || find . -type f ! -path './$(BUILD)/*' ! -path './build/*' ! -path '*/__pycache__/*' | \
             sed 's|^\./||'; } | LC_ALL=C sort
DIST_TIME = $${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || stat -c %Y LICENSE)}

.PHONY: dist
dist: $(BUILD)/$(DIST).tar.gz ## Make the source tarball

$(BUILD)/$(DIST).tar.gz: FORCE
	$(say) DIST $@
	@mkdir -p $(@D)
	@$(DIST_FILES) | tar --create --file=$(@:.gz=) --format=ustar --no-recursion --owner=0 --group=0 --numeric-owner \
	    --mode='u+rw,go+r,go-w,a+X' --mtime="@$(DIST_TIME)" --transform='flags=r;s|^|$(DIST)/|' --files-from=-
	@gzip -9nf $(@:.gz=)

# --------------------------------------------------------------------------------------------------------------- deb
#
# debian/ is staged over the source tarball, unpacked, so that the packages are made of what is released. The list of
# symbols is lib/sipas.map's, each with the version its node names; while the number of the binary interface is 0, which
# promises nothing, a package that links the library wants this minor version.

DEB := $(BUILD)/deb
DEB_TREE := $(DEB)/$(DIST)
DEB_TOOLS := gcc g++ make debhelper dh-python dpkg-dev lintian
DEB_NEEDED = $(shell awk -f docs/packaging/needed.awk docs/packaging/debian/control)
# A first release that nobody has asked Debian for closes no bug of Debian's: the one warning that is not looked at.
# DEB_BUILD_OPTIONS=nocheck leaves the tests out that are run while the packages are built.
DEB_JOBS ?= parallel=$(shell getconf _NPROCESSORS_ONLN)

.PHONY: deb-deps
deb-deps: ## Install what `make deb` needs (Debian, Ubuntu)
	@$(MAKE) --no-print-directory deps DEPS='$(DEB_TOOLS) $(DEB_NEEDED)' DEPS_TOOLS=

# `make -j deb-deps deb`: the packages wait for it.
ifneq (,$(filter deb-deps,$(MAKECMDGOALS)))
deb-tree deb check-deb: | deb-deps
endif

.PHONY: deb-tree
deb-tree: $(BUILD)/$(DIST).tar.gz
	$(say) STAGE $(DEB_TREE)/debian
	@rm -rf $(DEB) && mkdir -p $(DEB)
	@cp $< $(DEB)/libsipas_$(VERSION).orig.tar.gz
	@tar -xzf $< -C $(DEB)
	@cp -r docs/packaging/debian $(DEB_TREE)/
	@awk -v abi=$(ABI) -v below=$(MAJOR).$$(($(MINOR) + 1)) -f docs/packaging/symbols.awk lib/sipas.map \
	    > $(DEB_TREE)/debian/libsipas$(ABI).symbols
	@head -n 1 $(DEB_TREE)/debian/changelog | grep -qF '($(VERSION)-' \
	    || { echo 'deb: docs/packaging/debian/changelog is not of version $(VERSION)' >&2; exit 1; }

.PHONY: deb
deb: deb-tree ## Build the Debian packages in build/deb, and look at them with lintian
	cd $(DEB_TREE) && env -u MAKEFLAGS -u MAKELEVEL DEB_BUILD_OPTIONS="$(DEB_JOBS)$${DEB_BUILD_OPTIONS:+ $$DEB_BUILD_OPTIONS}" \
	    dpkg-buildpackage -us -uc > ../build.log 2>&1 || { tail -n 50 ../build.log >&2; exit 1; }
	lintian --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs $(DEB)/libsipas_$(VERSION)-*.changes
	@ls $(DEB)/*.deb

.PHONY: check-deb
check-deb: ## Build the Debian packages, unpack them elsewhere and use them
	@$(MAKE) --no-print-directory check CHECKS=packages/deb

$(RESULTS)/packages/deb: deb FORCE
	$(run_check) packages/deb tests/packages/test_deb.sh $(DEB)
