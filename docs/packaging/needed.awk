# Build-Depends of debian/control as names of packages: without versions and profiles, of alternatives the last; without the names
# of debhelper's and dh-python's features, which are no packages.
# SPDX-License-Identifier: GPL-3.0-or-later
/^[^ ]/ { inside = /^Build-Depends:/ }
inside {
    sub(/^Build-Depends:/, "")
    sub(/.*\|/, "")
    sub(/[(<:,].*/, "")
    gsub(/ /, "")
    if ($0 != "" && $0 != "debhelper-compat" && $0 !~ /^dh-sequence-/) print
}
