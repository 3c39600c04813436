"""Build of the package: compiles nothing by itself but the module that cffi writes; libsipas.a comes from the Makefile.

`make python` has made the archive already and says where it is (SIPAS_STATIC); `pip install ./bindings/python` makes it
here. Everything that setuptools leaves behind goes under build/, as everything else does.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
os.chdir(HERE)
sys.path.insert(0, str(HERE))


def version() -> str:
    text = (ROOT / "include/sipas/version.h").read_text(encoding="utf-8")
    return ".".join(re.search(rf"define SIPAS_VERSION_{part} (\d+)", text)[1] for part in ("MAJOR", "MINOR", "PATCH"))


def archive() -> Path:
    """libsipas.a, made when nobody has."""
    given = os.environ.get("SIPAS_STATIC")
    if given:
        return Path(given)
    build = os.environ.get("BUILD", "build")
    subprocess.run(["make", "-C", str(ROOT), f"BUILD={build}", f"{build}/libsipas.a"], check=True)
    return ROOT / build / "libsipas.a"


static = archive().resolve()
os.environ["SIPAS_STATIC"] = str(static)
scratch = static.parent / "python"
scratch.mkdir(parents=True, exist_ok=True)

setup(
    version=version(),
    cffi_modules=["declarations.py:ffi"],
    options={
        "build": {"build_base": str(scratch / "setuptools")},
        "egg_info": {"egg_base": str(scratch)},
        "bdist_wheel": {"py_limited_api": "cp311"},
    },
)
