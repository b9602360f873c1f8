"""A `cairn serve` process: started on a port of its own, stopped by its process id."""

import os
import re
import signal
import subprocess
import threading

import grpc

from . import ROOT, SLOWNESS, binary
from .deadlines import patient

LISTENING = re.compile(r"^cairn: listening on (\S+)$")

# A stock client refuses answers of more than 4 MB; channels here say so explicitly where it matters.
CHANNEL_OPTIONS = [("grpc.enable_retries", 0), ("grpc.max_send_message_length", -1)]


def environment(**extra):
    """The environment of a child, without settings of ours that the developer's shell may carry."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("CAIRN_")}
    return {**clean, **extra}


class Server:
    """A server process and what it printed."""

    def __init__(self, *arguments, listen="127.0.0.1:0", program="cairn", command=("serve",), env=None, prefix=()):
        self.arguments = [*prefix, binary(program), *command, "--listen", listen, *arguments]
        self.env = env or {}
        self.process = None
        self.address = None
        self.output = []
        self._announced = threading.Event()
        self._readers = []

    def start(self, timeout=60.0):
        """Starts the server and waits until it says where it listens."""
        self.spawn()
        if not self._announced.wait(timeout * SLOWNESS) or self.address is None:
            self.kill()
            raise AssertionError(f"the server did not say where it listens; it said:\n{self.text}")
        return self

    def spawn(self):
        """Starts the process without waiting for it to listen."""
        self.address = None
        self._announced.clear()
        self.process = subprocess.Popen(
            [str(argument) for argument in self.arguments], cwd=ROOT, env=environment(**self.env), text=True,
            errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._readers = [
            threading.Thread(target=self._read, args=(pipe,), daemon=True)
            for pipe in (self.process.stdout, self.process.stderr)]
        for reader in self._readers:
            reader.start()
        return self

    def _read(self, pipe):
        for line in pipe:
            self.output.append(line)
            if match := LISTENING.match(line.rstrip("\n")):
                self.address = match[1]
                self._announced.set()
        if pipe is self.process.stdout:
            self._announced.set()  # It ended: nobody need wait any longer.

    @property
    def text(self):
        return "".join(self.output)

    @property
    def port(self):
        return int(self.address.rpartition(":")[2])

    def channel(self, *options):
        """A stock client's channel. Of an option given twice gRPC heeds the first: `options` go before ours."""
        return patient(grpc.insecure_channel(self.address, options=[*options, *CHANNEL_OPTIONS]))

    def send_signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=30.0):
        """The exit status; everything that the process printed has been read by then."""
        status = self.process.wait(timeout * SLOWNESS)
        for reader in self._readers:
            reader.join(5)
        return status

    def stop(self, number=signal.SIGTERM, timeout=30.0):
        """Asks the server to stop and returns its exit status."""
        if self.process.poll() is None:
            self.send_signal(number)
        try:
            return self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop within {timeout * SLOWNESS:g} s; it said:\n{self.text}")

    def kill(self):
        """Ends the process as kill -9 does."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.wait()


def cairn(*arguments, env=None, timeout=60, input=None):
    """Runs a `cairn` command to its end."""
    return subprocess.run(
        [str(binary("cairn")), *map(str, arguments)], cwd=ROOT, env=environment(**(env or {})), timeout=timeout * SLOWNESS,
        capture_output=True, text=True, input=input)
