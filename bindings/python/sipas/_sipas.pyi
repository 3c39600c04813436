# The module that cffi makes: what is in the public headers, and what declarations.py adds.
from typing import Any

from sipas._public import Public

class _Lib(Public):
    sipas_python_progress: Any
    sipas_python_function: Any
    def export_stream(self, table: Any, owner: Any, /) -> Any: ...
    def export_schema(self, table: Any, /) -> Any: ...
    def export_part(self, part: int, /) -> Any: ...

ffi: Any
lib: _Lib
