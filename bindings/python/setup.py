"""Build of the package: compiles nothing by itself but the module that cffi writes, and where it stands alone the library.

In a checkout libsipas.a comes from the Makefile: `make python` has made it already and says where it is (SIPAS_STATIC), and
`pip install ./bindings/python` makes it then. The source distribution holds the C sources in the folder `c`, which are
compiled here: a C compiler and GSL are all it asks for. Everything that setuptools leaves behind goes under build/.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import setup
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
ALONE = (HERE / "c").is_dir()
ROOT = HERE / "c" if ALONE else HERE.parent.parent
BUILD = HERE / "build" if ALONE else ROOT / os.environ.get("BUILD", "build")
STATIC = Path(os.environ.get("SIPAS_STATIC") or BUILD / "libsipas.a").resolve()
SCRATCH = STATIC.parent / "python"
# What the source distribution takes along: the C sources, what reads their headers, the licence.
SOURCES = ("include/*.h", "include/sipas/*.h", "lib/*/*.c", "lib/*/*.h", "bindings/generate/headers.py", "LICENSE")
# Those of the Makefile: the numbers are part of the library's contract.
FLAGS = ["-std=c11", "-ffp-contract=off", "-pthread", "-fvisibility=hidden", "-fPIC"]

os.chdir(HERE)
sys.path.insert(0, str(HERE))


def version() -> str:
    text = (ROOT / "include/sipas/version.h").read_text(encoding="utf-8")
    return ".".join(re.search(rf"define SIPAS_VERSION_{part} (\d+)", text)[1] for part in ("MAJOR", "MINOR", "PATCH"))


def gsl_flags() -> list[str]:
    tool = os.environ.get("PKG_CONFIG", "pkg-config")
    if not shutil.which(tool):
        return []
    return subprocess.run([tool, "--cflags", "gsl"], capture_output=True, text=True, check=False).stdout.split()


def compile_archive() -> None:
    """libsipas.a from the sources in the folder `c`."""
    compiler, archiver = shlex.split(os.environ.get("CC", "cc")), shlex.split(os.environ.get("AR", "ar"))
    chosen = shlex.split(os.environ.get("CPPFLAGS", "")) + shlex.split(os.environ.get("CFLAGS", "-O3"))
    flags = [f"-I{ROOT / 'include'}", f"-I{ROOT / 'lib'}", *gsl_flags(), *chosen, *FLAGS]
    objects = BUILD / "obj"
    objects.mkdir(parents=True, exist_ok=True)

    def compiled(source: Path) -> str:
        made = objects / (source.stem + ".o")  # base names are unique over the library
        subprocess.run([*compiler, *flags, "-c", str(source), "-o", str(made)], check=True)
        return str(made)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = list(pool.map(compiled, sorted(ROOT.glob("lib/*/*.c"))))
    STATIC.unlink(missing_ok=True)
    subprocess.run([*archiver, "rcs", str(STATIC), *made], check=True)


class Library(build_ext):
    """The library first, when nobody has made it."""

    def run(self) -> None:
        if ALONE and not STATIC.exists():
            compile_archive()
        elif not ALONE and not os.environ.get("SIPAS_STATIC"):
            build = os.environ.get("BUILD", "build")
            subprocess.run(["make", "-C", str(ROOT), f"BUILD={build}", f"{build}/libsipas.a"], check=True)
        super().run()


class Sources(sdist):
    """The C sources go along, in the folder `c`."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        super().make_release_tree(base_dir, files)
        for pattern in SOURCES:
            for source in sorted(ROOT.glob(pattern)):
                target = Path(base_dir) / "c" / source.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        shutil.copyfile(ROOT / "LICENSE", Path(base_dir) / "LICENSE")


os.environ["SIPAS_STATIC_PATH"] = str(STATIC)
SCRATCH.mkdir(parents=True, exist_ok=True)

setup(
    version=version(),
    cffi_modules=["declarations.py:ffi"],
    cmdclass={"build_ext": Library, "sdist": Sources},
    options={
        "build": {"build_base": str(SCRATCH / "setuptools")},
        "egg_info": {"egg_base": str(SCRATCH)},
        "bdist_wheel": {"py_limited_api": "cp311"},
    },
)
