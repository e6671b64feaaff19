# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running GIMP to talk to: Script-Fu goes in, values or the text of an error come out.

Each session is a real GIMP with a profile of its own and only the plug-ins that the tests need, which
listens on this machine's loopback as a Script-Fu server.
"""

import ctypes
import os
import re
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

START = 120  # seconds; a first start on a busy machine
ANSWER = 120  # for one call

CONSOLE = {2: ("gimp-console-2.10", "gimp-console"), 3: ("gimp-console-3.0", "gimp-console")}
WINDOW = {2: ("gimp-2.10", "gimp"), 3: ("gimp-3.0", "gimp")}


class Error(Exception):
    """What Script-Fu says when a call fails."""


class Symbol(str):
    """A bare word of Scheme."""


def to_scheme(value):
    if isinstance(value, Symbol):
        return str(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, (list, tuple)):
        return "(vector " + " ".join(map(to_scheme, value)) + ")"
    return repr(value)


TOKEN = re.compile(r'\s*(#?\(|\)|"(?:[^"\\]|\\.)*"|[^\s()"]+)')


def from_scheme(text):
    """The value of a printed expression; lists and vectors become lists."""
    stack = [[]]
    for token in TOKEN.findall(text):
        if token in ("(", "#("):
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        elif token.startswith('"'):
            stack[-1].append(re.sub(r"\\(.)", r"\1", token[1:-1]))
        elif token in ("#t", "#f"):
            stack[-1].append(token == "#t")
        else:
            try:
                stack[-1].append(float(token) if "." in token or "e" in token else int(token))
            except ValueError:
                stack[-1].append(Symbol(token))
    return stack[0][-1] if stack[0] else None


def find_program(names):
    for name in names:
        for folder in os.environ.get("PATH", "").split(":"):
            path = Path(folder, name)
            if path.is_file() and os.access(path, os.X_OK):
                return str(path)
    raise FileNotFoundError(" or ".join(names))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_plug_ins(folder, system, plugin):
    """A folder with our plug-in and those of GIMP's own that the tests use."""
    folder.mkdir(parents=True)
    (folder / "pastiche").symlink_to(plugin)
    for name in ("script-fu", "script-fu-server", "file-png", "file-pnm", "file-glob"):
        if (system / name).exists():
            (folder / name).symlink_to(system / name)
    return folder


def end_with_us():
    """Called in a child before it becomes a program: it is to end when we do, however we end."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def environment(major, home, **more):
    """Nothing of the user's own, and no display unless one is asked for."""
    keep = ("PATH", "LD_LIBRARY_PATH", "OMP_NUM_THREADS")
    env = {name: os.environ[name] for name in keep if name in os.environ}
    env.update({
        "HOME": str(home),
        f"GIMP{major}_DIRECTORY": str(home / "profile"),
        "LC_ALL": "C.UTF-8",
        "NO_AT_BRIDGE": "1",
        # Threads that wait by spinning would starve the others of a busy machine.
        "OMP_WAIT_POLICY": "passive",
    })
    env.update({name: str(value) for name, value in more.items() if value is not None})
    return env


class Session:
    def __init__(self, major, home, plug_ins, window=False, fonts=False, preferences="", **env):
        self.major, self.port, self.fonts = major, free_port(), fonts
        home.mkdir(parents=True, exist_ok=True)
        (home / "profile").mkdir(exist_ok=True)
        # Neither a greeting nor a look for updates.
        settings = "(check-updates no)\n" + ("(show-welcome-dialog no)\n" if major == 3 else "")
        (home / "profile" / "gimprc").write_text(settings + preferences)
        env = environment(major, home, GIMP_TESTING_PLUGINDIRS=plug_ins, **env)
        self.log = open(home / "log", "ab")
        self.process = subprocess.Popen(
            self.command(window), env=env, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=subprocess.STDOUT, cwd=home, start_new_session=True, preexec_fn=end_with_us)
        try:
            self.socket = self.connect()
        except BaseException:
            self.close()
            raise

    def command(self, window):
        program = find_program((WINDOW if window else CONSOLE)[self.major])
        command = [program, "--no-data", "--new-instance", "--no-splash"]
        if not self.fonts:
            command.append("--no-fonts")
        if not window:
            command.append("--no-interface")
        if self.major == 2:
            return command + ["-b", f'(plug-in-script-fu-server RUN-NONINTERACTIVE "127.0.0.1" '
                              f'{self.port} "")']
        return command + ["--quit", "--batch-interpreter", "plug-in-script-fu-eval", "-b",
                          f'(plug-in-script-fu-server #:run-mode RUN-NONINTERACTIVE '
                          f'#:ip "127.0.0.1" #:port {self.port} #:logfile "/dev/null")']

    def connect(self):
        deadline = time.monotonic() + START
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                connection = socket.create_connection(("127.0.0.1", self.port), ANSWER)
                connection.settimeout(ANSWER)
                return connection
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"GIMP did not start; its words are in {self.log.name}")

    # ---- Script-Fu ----

    def send(self, text):
        data = text.encode()
        self.socket.sendall(b"G" + struct.pack(">H", len(data)) + data)

    def read(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise ConnectionError("GIMP is gone")
            data += part
        return data

    def receive(self):
        _, failed, size = struct.unpack(">cBH", self.read(4))
        text = self.read(size).decode(errors="replace")
        if failed:
            raise Error(text.strip())
        return from_scheme(text)

    def eval(self, text):
        self.send(text)
        return self.receive()

    def call(self, procedure, *arguments):
        """A procedure by position."""
        return self.eval(f"({' '.join([procedure, *map(to_scheme, arguments)])})")

    def close(self):
        """Ends GIMP and all that it has started: they are a process group of their own."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
