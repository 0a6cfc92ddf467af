"""Candor's rules in Python: `libcandor_gate` through ctypes, for lakes.

>>> gate = Gate.open("libcandor_gate.so", "catalogue.json")
>>> gate.check_lines(['{"kind":"span","name":"Tea Break"}'])
['{"valid":false,"signals":1,"rules":["missing_key","unknown_signal"],"findings":[…]}']

A gate may be used by any number of threads. The library is `cargo build --release -p candor-gate`; nothing else is needed.
"""

import ctypes
import os

__all__ = ["Gate", "GateError", "register_duckdb"]

TRACES, LOGS, METRICS = 1, 2, 3


class GateError(Exception):
    """The library says why a call did not work."""


class _Answer(ctypes.Structure):
    _fields_ = [
        ("status", ctypes.c_uint32),
        ("signals", ctypes.c_uint32),
        ("body", ctypes.c_void_p),
        ("body_length", ctypes.c_size_t),
        ("report", ctypes.c_void_p),
        ("report_length", ctypes.c_size_t),
    ]


def _load(path):
    library = ctypes.CDLL(os.path.abspath(path))
    answer, text, size = ctypes.POINTER(_Answer), ctypes.c_char_p, ctypes.c_size_t
    functions = {
        "candor_open": (answer, [text, size, ctypes.POINTER(ctypes.c_void_p)]),
        "candor_pass": (answer, [ctypes.c_void_p, ctypes.c_uint32, text, size, text, size]),
        "candor_check_lines": (answer, [ctypes.c_void_p, text, size, text, size]),
        "candor_free": (None, [answer]),
        "candor_close": (None, [ctypes.c_void_p]),
    }
    for name, (result, arguments) in functions.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class Gate:
    """An opened catalogue, at one consent."""

    def __init__(self, library, document, consent="default"):
        """Open a catalogue from the bytes of its document, with the shared library at this path."""
        self._library, self._catalogue = _load(library), ctypes.c_void_p()
        self._consent = consent.encode()
        self._take(self._library.candor_open(document, len(document), ctypes.byref(self._catalogue)))

    @classmethod
    def open(cls, library, catalogue, consent="default"):
        """Open the catalogue in a file: the document that `candor extract` prints."""
        with open(catalogue, "rb") as file:
            return cls(library, file.read(), consent)

    def close(self):
        """Close the catalogue. The gate must not be used again."""
        self._library.candor_close(self._catalogue)
        self._catalogue = ctypes.c_void_p()

    def check_lines(self, lines):
        """Return the verdict on each payload line: one text of JSON for each, in order.

        A line break inside of a payload is a space, as JSON sees it. `None` has no verdict.
        """
        given = [line for line in lines if line is not None]
        joined = b"".join(line.replace("\n", " ").encode("utf-8", "surrogatepass") + b"\n" for line in given)
        consent, answers = self._consent, iter(())
        if given:
            body = self._take(
                self._library.candor_check_lines(self._catalogue, consent, len(consent), joined, len(joined))
            )[1]
            answers = iter(body.decode("utf-8", "surrogatepass").split("\n"))
        return [None if line is None else next(answers) for line in lines]

    def pass_request(self, signals, request):
        """Rebuild an OTLP request. Return the number of signals, the request in protobuf and the report in JSON."""
        consent = self._consent
        return self._take(
            self._library.candor_pass(self._catalogue, signals, consent, len(consent), request, len(request))
        )

    def _take(self, pointer):
        answer = pointer.contents
        try:
            body = ctypes.string_at(answer.body, answer.body_length) if answer.body else b""
            report = ctypes.string_at(answer.report, answer.report_length) if answer.report else b""
            if answer.status != 0:
                raise GateError(report.decode("utf-8", "replace"))
            return answer.signals, body, report.decode()
        finally:
            self._library.candor_free(pointer)


def register_duckdb(connection, gate, name="candor_check"):
    """Make `candor_check(line)` a function of a DuckDB connection; it takes a column at a time, through Arrow."""
    import duckdb
    import pyarrow

    def check(column):
        return pyarrow.array(gate.check_lines(column.to_pylist()), type=pyarrow.string())

    text = duckdb.sqltype("VARCHAR")
    connection.create_function(name, check, [text], text, type="arrow")
