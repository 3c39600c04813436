-- Builds from a checkout: `luarocks make bindings/lua/sipas-scm-1.rockspec` at its top.
rockspec_format = "3.0"
package = "sipas"
version = "scm-1"
source = {
  url = "git+file://.",
}
description = {
  summary = "Survey sampling and satisfaction indices with honest margins of error",
  detailed = [[
    How many people to ask, how to split the sample, whom to draw, with which weight, the index over its question tree, and how sure
    each figure and each rank is. The Lua face of libsipas: every number comes from the C library, to the bit.]],
  license = "GPL-3.0-or-later",
}
supported_platforms = {"unix"}
dependencies = {
  "lua >= 5.1, < 5.5",
}
external_dependencies = {
  GSL = {header = "gsl/gsl_cdf.h"},
}
build = {
  type = "command",
  build_command = "make lua-rock LUA_INCDIR=$(LUA_INCDIR)",
  install_command = "mkdir -p $(LIBDIR) && cp build/lua/rock/sipas.so $(LIBDIR)",
}
