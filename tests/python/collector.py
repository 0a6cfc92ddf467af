"""Runs the collector rotel between its caller and an endpoint, both with OTLP/HTTP, until standard input ends.

    python collector.py http://127.0.0.1:4318

Prints where it listens, once it does. It never outlives its caller, whatever becomes of that: standard input ends then,
too. Exits with rotel's own code, or with 3 where rotel's program cannot be loaded.
"""

import importlib.resources
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time

NOT_LOADABLE = 3
START, STOP = 4.0, 4.0  # seconds


def main(exporter: str) -> int:
    with tempfile.TemporaryFile("w+") as log:
        code = run(exporter, log)
        if code != 0:
            log.seek(0)
            print(log.read(), file=sys.stderr)
    return code


def run(exporter: str, log) -> int:
    end = time.monotonic() + START
    for _ in range(3):  # somebody else may take the port before rotel does
        port = free_port()
        rotel = start(exporter, port, log)
        if listens(rotel, port, end):
            print(f"http://127.0.0.1:{port}", flush=True)
            sys.stdin.read()
            return stop(rotel)
        if stop(rotel) == 127:  # of the loader
            return NOT_LOADABLE
    return 1


def start(exporter: str, port: int, log) -> subprocess.Popen:
    agent = importlib.resources.files("rotel") / "rotel-agent"
    command = [str(agent), "start", "--otlp-http-endpoint", f"127.0.0.1:{port}", "--otlp-grpc-endpoint", "localhost:0"]
    command += ["--exporter", "otlp", "--otlp-exporter-protocol", "http", "--otlp-exporter-endpoint", exporter]
    # Its program is linked with the Python that it was built for; where that is, its own installation knows.
    libraries = sysconfig.get_config_var("LIBDIR") or ""
    environment = {"LD_LIBRARY_PATH": libraries, "DYLD_LIBRARY_PATH": libraries}
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)


def listens(rotel: subprocess.Popen, port: int, end: float) -> bool:
    while time.monotonic() < end and rotel.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.01)
    return False


def stop(rotel: subprocess.Popen) -> int:
    rotel.terminate()
    try:
        return rotel.wait(STOP)
    except subprocess.TimeoutExpired:
        rotel.kill()
        rotel.wait()
        return 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


sys.exit(main(*sys.argv[1:]))
