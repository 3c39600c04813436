# Sphinx: the reference of the Python package from its docstrings. `make docs-python`.
# SPDX-License-Identifier: GPL-3.0-or-later
import inspect
from pathlib import Path
from typing import Any

import sipas

project = "sipas for Python"
author = "the authors of libsipas"
version = release = sipas.__version__
language = "en"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
html_theme = "furo"
html_title = f"sipas {release} for Python"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {"source_repository": ""}
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
default_role = "py:obj"
templates_path = ["."]


def names(wanted):
    """Public names that fit, in the order of the alphabet."""
    return sorted(name for name in sipas.__all__ if getattr(sipas, name) is not Any and wanted(getattr(sipas, name)))


def is_error(thing):
    return inspect.isclass(thing) and issubclass(thing, BaseException)


def listed(name_list, title, intro):
    """A section that lists names, each with a page of its own."""
    lines = [title, "-" * len(title), "", intro, "", ".. autosummary::", "   :toctree: names", "   :nosignatures:", ""]
    return "\n".join(lines + [f"   sipas.{name}" for name in name_list] + ["", ""])


def index():
    """What is public is documented: the lists are made from `sipas.__all__`."""
    functions = names(inspect.isfunction)
    classes = names(lambda thing: inspect.isclass(thing) and not is_error(thing))
    title = "sipas for Python"
    text = f"{title}\n{'=' * len(title)}\n\n`Guide, methods and the C library <../index.html>`__\n\n.. automodule:: sipas\n\n"
    text += listed(classes, "Designs, tables and the rest that has methods", "Estimates are methods of a design.")
    text += listed(functions, "Functions", "From how many to the rank.")
    return text + listed(names(is_error), "Errors", "One for each status of the library.")


Path(__file__).with_name("index.rst").write_text(index(), encoding="utf-8")


def without_licence(app, what, name, obj, options, lines):
    """The licence of the file is none of the module's description."""
    lines[:] = [line for line in lines if not line.startswith("SPDX-")]


def setup(app):
    app.connect("autodoc-process-docstring", without_licence)
