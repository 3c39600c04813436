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
	@$(DIST_FILES) | tar --create --format=ustar --files-from=- --transform='flags=r;s|^|$(DIST)/|' --no-recursion \
	    --owner=0 --group=0 --numeric-owner --mode='u+rw,go+r,go-w,a+X' --mtime="@$(DIST_TIME)" | gzip -9n > $@
