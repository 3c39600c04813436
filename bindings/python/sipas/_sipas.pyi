# The module that cffi makes: what is in the public headers, and what declarations.py adds.
from typing import Any

from sipas._public import Public

class _Lib(Public):
    sipas_python_progress: Any
    sipas_python_function: Any
    def export_stream(self, table: Any, err: Any, /) -> Any: ...
    def export_schema(self, table: Any, err: Any, /) -> Any: ...
    def export_part(self, part: int, /) -> Any: ...
    def read_texts(self, objects: Any, n: int, texts: Any, kinds: Any, /) -> None: ...

ffi: Any
lib: _Lib
