"""What Python sees of libsipas: the declarations of its public headers, read when the package is built.

A function, struct or constant that is added to a header is reachable as `sipas._sipas.lib.<name>` without a line here.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent
ROOT = HERE / "c" if (HERE / "c").is_dir() else HERE.parent.parent  # the source distribution holds its own
INCLUDE = ROOT / "include"
STATIC = os.environ.get("SIPAS_STATIC_PATH", "libsipas.a")  # setup.py says where
sys.path.insert(0, str(ROOT / "bindings/generate"))
from headers import declarations, read  # noqa: E402

# The functions of export.c.
EXPORT = """
void *export_stream(const sipas_table *table, sipas_error *err);
void *export_schema(const sipas_table *table, sipas_error *err);
void *export_part(int part);
int surely_nfc(const char *texts, int64_t size);
char *read_texts(const void *cells, int64_t n, int64_t width, const char **texts, uint8_t *kinds);
void free_texts(char *bytes);
"""

# Callbacks, which _context.py and _function.py fill with Python.
CALLBACKS = """
extern "Python" {
    int32_t sipas_python_progress(void *user, const char *task, int64_t done, int64_t total);
    int32_t sipas_python_function(void *user, int64_t n, const double *x, double *value, double *gradient);
}
"""


def gsl() -> list[str]:
    """GSL as linker arguments: inside the module where there is a static library, else shared."""
    tool = os.environ.get("PKG_CONFIG", "pkg-config")
    if shutil.which(tool):
        folder = subprocess.run([tool, "--variable=libdir", "gsl"], capture_output=True, text=True, check=False)
        static = Path(folder.stdout.strip() or "/nowhere") / "libgsl.a"
        if static.exists():
            return [str(static), "-lm"]
    return ["-lgsl", "-lgslcblas", "-lm"]


ffi = FFI()
ffi.cdef("\n".join(declarations(header.path.read_text(encoding="utf-8")) for header in read()) + EXPORT + CALLBACKS)
ffi.set_source(
    "sipas._sipas",
    "#include <sipas.h>\n" + (HERE / "export.c").read_text(encoding="utf-8"),
    include_dirs=[str(INCLUDE)],
    extra_objects=[STATIC],
    depends=[STATIC],  # another library is another module
    extra_compile_args=["-O3", "-Werror=implicit-function-declaration"],
    # Only PyInit__sipas leaves the module: another libsipas or GSL in the process is another one.
    extra_link_args=["-Wl,--exclude-libs,ALL", *gsl(), "-pthread"],
)
