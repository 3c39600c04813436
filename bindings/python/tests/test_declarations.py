"""The module that cffi made holds every public name, and nothing else leaves it."""

import re
import subprocess

import pytest
import sipas
from conftest import ROOT
from sipas._sipas import ffi, lib


def public_functions():
    text = (ROOT / "lib/sipas.map").read_text()
    return re.findall(r"^\s+(sipas_\w+);", text, re.MULTILINE)


def test_every_public_function_is_reachable():
    names = public_functions()
    assert len(names) > 60
    assert [name for name in names if not callable(getattr(lib, name, None))] == []


def test_every_constant_is_reachable():
    headers = "".join(path.read_text() for path in (ROOT / "include/sipas").glob("*.h"))
    names = re.findall(r"^    (SIPAS_\w+) = -?\d+", headers, re.MULTILINE)
    assert len(names) > 80
    assert [name for name in names if not isinstance(getattr(lib, name, None), int)] == []
    assert lib.SIPAS_ALLOCATE_NO_TOTAL == -1


def test_every_public_struct_has_its_layout():
    headers = "".join(path.read_text() for path in (ROOT / "include/sipas").glob("*.h"))
    names = re.findall(r"^typedef struct (sipas_\w+) \{", headers, re.MULTILINE)
    assert len(names) > 10
    for name in names:
        assert ffi.sizeof(name) > 0


def test_only_the_module_is_exported():
    names = subprocess.run(
        ["nm", "-D", "--defined-only", sipas._sipas.__file__], capture_output=True, text=True, check=True
    ).stdout.split()[2::3]
    assert names == ["PyInit__sipas"]


def test_the_wheel_is_small(build):
    wheels = list((build / "python/dist").glob("sipas-*.whl"))
    if not wheels:
        pytest.skip("there is no wheel in the build folder")
    assert max(wheel.stat().st_size for wheel in wheels) < 5e6


def test_version():
    text = (ROOT / "include/sipas/version.h").read_text()
    assert sipas.__version__ == ".".join(re.findall(r"SIPAS_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", text))


def test_every_status_has_its_exception():
    from sipas import _errors

    statuses = {getattr(lib, name) for name in dir(lib) if name.startswith("SIPAS_ERR_")}
    assert set(_errors.CLASSES) == statuses
    assert len(set(_errors.CLASSES.values())) == len(statuses)
    for cls in _errors.CLASSES.values():
        assert getattr(sipas, cls.__name__) is cls


# Public functions that no face needs, and why.
WITHOUT_FACE = {
    r"sipas_abi_version": "the library is inside the module, so there is one of them",
    r"sipas_column_\w+": "columns are filled where they lie, with stride and bitmap",
    r"sipas_table_get_(f64|i64|code)|sipas_table_find_meta": "sipas_table_get_column and sipas_table_get_meta serve all types and keys",
    r"sipas_schema_\w+": "a table tells its own fields",
    r"sipas_arrow_find": "the names are a list here",
    r"sipas_instrument_get_parent": "a node has the code of its parent",
}


def test_every_public_function_has_its_face():
    code = "".join(path.read_text() for path in (ROOT / "bindings/python/sipas").glob("*.py"))
    code += (ROOT / "bindings/python/export.c").read_text()
    named = set(re.findall(r"\bsipas_\w+", code)) | {name + "_init" for name in re.findall(r'options\("(\w+)"', code)}
    absent = [name for name in public_functions() if name not in named]
    unjustified = [name for name in absent if not any(re.fullmatch(pattern, name) for pattern in WITHOUT_FACE)]
    assert unjustified == []
    for pattern in WITHOUT_FACE:
        assert any(re.fullmatch(pattern, name) for name in absent), f"{pattern} is not needed"


# Fields of option structs that Python says in another way.
IN_ANOTHER_WAY = {"struct_size", "reserved", "reserved2", "alloc", "free", "alloc_user"}


def test_every_option_has_its_argument():
    """Every field of an options struct is named in a file of the package that uses the struct."""
    files = [path.read_text() for path in (ROOT / "bindings/python/sipas").glob("*.py")]
    headers = "".join(path.read_text() for path in (ROOT / "include/sipas").glob("*.h"))
    names = re.findall(r"^typedef struct (sipas_\w+) \{\s+uint32_t struct_size;", headers, re.MULTILINE)
    assert len(names) > 20
    absent = []
    for name in names:
        code = "".join(text for text in files if name in text or name.removesuffix("_opts") in text)
        for field, _ in ffi.typeof(name).fields:
            if field not in IN_ANOTHER_WAY and not re.search(rf"\b{field}\b", code):
                absent.append(f"{name}.{field}")
    assert absent == []


def test_plain_calls_fill_every_option():
    """Every field of the options of a plain call is an argument of one of the functions that take them."""
    code = (ROOT / "bindings/python/sipas/_calls.py").read_text()
    filled = {}
    for name, body in re.findall(r'call\.options\("(\w+)", \{(.*?)\n    \}', code, re.DOTALL):
        filled.setdefault(name, set()).update(re.findall(r'"(\w+)"(?::| if )', body))
    assert len(filled) > 8
    for name, fields in filled.items():
        assert {field for field, _ in ffi.typeof(name).fields} - fields == IN_ANOTHER_WAY & {field for field, _ in ffi.typeof(name).fields}
