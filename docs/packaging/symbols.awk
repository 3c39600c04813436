# lib/sipas.map as Debian's list of symbols. -v abi=N -v below=X.Y, the next minor version.
# SPDX-License-Identifier: GPL-3.0-or-later
BEGIN {
    print "libsipas.so." abi " libsipas" abi " #MINVER#" (abi == 0 ? ", libsipas0 (<< " below "~)" : "")
    print "* Build-Depends-Package: libsipas-dev"
}
/^SIPAS_[0-9.]+ *{/ { node = $1; version = substr(node, 7); print " " node "@" node " " version }
/^ *sipas_[a-z0-9_]+;/ { name = $1; sub(/;/, "", name); print " " name "@" node " " version }
