"""Long and nasty texts in every field of every method: no client can keep the server busy, or fill it, with one."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time

import grpc
import pytest
from cairn.v1 import (
    context_pb2, context_pb2_grpc, session_pb2, session_resource_pb2, template_pb2, transfer_pb2)
from google.protobuf import struct_pb2

from harness import SLOWNESS
from harness.bystander import MEGABYTE, Bystander
from harness.memory import is_within, resident
from harness.refusals import refused
from harness.services import Methods
from harness.sweep import processor_time
from harness.waiting import eventually

# How many requests the sweep sends: CAIRN_TEST_SWEEP=0 sends every one there is.
REQUESTS = int(os.environ.get("CAIRN_TEST_SWEEP", "300"))
SEED = int(os.environ.get("CAIRN_TEST_SEED", "20261121"))
# What a neighbour waits at most, in seconds: nearly always, and once in a while. A machine may be so busy that it waits
# without us: then several times what it waited before.
OFTEN, SELDOM, TIMES = 0.1 * SLOWNESS, 0.5 * SLOWNESS, 4
KEPT = 100 * MEGABYTE


def known(channel):
    """A context, a template and a session that the sweep's requests name."""
    stub = Methods(channel)
    for id in ("sweep", "other"):
        stub.CreateContext(context_pb2.CreateContextRequest(context=context_pb2.Context(id=id, title=id)))
    variable = template_pb2.TemplateVariable(
        name="v", type=template_pb2.TemplateVariable.TYPE_STRING, pattern=".{0,1000}" * 10 + ".*b?")
    stub.CreateTemplate(template_pb2.CreateTemplateRequest(definition=template_pb2.Template(
        id="sweep", title="t", context_title="t", content="{{v}}", variables=[variable])))
    stub.CreateSession(session_pb2.CreateSessionRequest(session=session_resource_pb2.Session(id="sweep")))


def reads(channel):
    """A call that reads a context."""
    stub = context_pb2_grpc.ContextServiceStub(channel)
    request = context_pb2.GetContextRequest(id="sweep")

    def call():
        assert stub.GetContext(request, timeout=30).id == "sweep"

    return call


class Neighbour:
    """A bystander that reads a context, first alone and then while the body runs, in which it must not notice more."""

    def __init__(self, server):
        self.alone, self.beside = Bystander(server, reads), Bystander(server, reads)

    def __enter__(self):
        self.alone.start()
        eventually(lambda: len(self.alone.latencies) >= 200, "a neighbour has called without us")
        self.alone.stop()
        self.beside.start()
        return self

    def __exit__(self, *_):
        self.beside.stop()

    def noticed(self, waves=()):
        """The calls that took too long, and what was sent meanwhile."""
        before, now = sorted(self.alone.latencies), sorted(self.beside.latencies)
        often = max(OFTEN, TIMES * before[len(before) * 95 // 100])
        seldom = SELDOM if now[len(now) * 95 // 100] < often else often
        return [
            (f"{seconds:.2f} s", [cases for start, end, _, cases in waves if start < begun + seconds and begun < end])
            for begun, seconds in zip(self.beside.calls_begun, self.beside.latencies)
            if seconds > max(seldom, TIMES * before[-1])]


@pytest.mark.timeout(14_400 if REQUESTS == 0 else 240)
def test_no_text_in_any_field_keeps_the_server_busy(own_server):
    with own_server.channel() as channel:
        known(channel)
    before = resident(own_server.process)
    arguments = [own_server.address, own_server.process.pid, REQUESTS, SEED]
    with Neighbour(own_server) as neighbour:
        swept = subprocess.run(
            [sys.executable, "-m", "harness.sweep", *map(str, arguments)], cwd=pathlib.Path(__file__).parent,
            capture_output=True, text=True)
    assert swept.returncode == 0, swept.stderr + own_server.text[-5_000:]
    report = json.loads(swept.stdout)
    assert report["wrong"] == []
    assert sum(len(cases) for *_, cases in report["waves"]) >= (REQUESTS or 1_000)
    assert neighbour.noticed(report["waves"]) == []
    eventually(
        lambda: is_within(resident(own_server.process) - before, KEPT), "what the texts took is given back", timeout=10)


def templated(content, *patterns):
    """A template with variables v0, v1, …, texts that look like the patterns."""
    return template_pb2.Template(title="t", context_title="t", content=content, variables=[
        template_pb2.TemplateVariable(name=f"v{n}", type=template_pb2.TemplateVariable.TYPE_STRING, pattern=pattern)
        for n, pattern in enumerate(patterns)])


def rendering(template, *texts):
    values = {f"v{n}": struct_pb2.Value(string_value=text) for n, text in enumerate(texts)}
    return template_pb2.RenderTemplateRequest(definition=template, values=values)


@contextlib.contextmanager
def unnoticed(server):
    """A neighbour does not notice what the body calls."""
    with server.channel() as channel:
        known(channel)
        with Neighbour(server) as neighbour:
            yield Methods(channel)
    assert neighbour.noticed() == []


def test_patterns_and_templates_take_time_for_what_there_is_to_read(own_server):
    with unnoticed(own_server) as stub:
        for pattern in (".{0,1000}" * 10 + "b", ".{0,1000}" * 20 + "b", "a*" * 63 + "b", ".*a.{1000}b"):
            refused(stub.RenderTemplate, rendering(templated("{{v0}}", pattern), "a" * 20_000), timeout=10,
                    code=grpc.StatusCode.INVALID_ARGUMENT)
        answer = stub.RenderTemplate(rendering(templated("{{v0}}" * 20_000, ""), "x"), timeout=10)
        assert answer.content == "x" * 20_000
        stub.CreateTemplate(
            template_pb2.CreateTemplateRequest(definition=templated("{{v0}} {{v1}}\n" * 15_000, "", "a*")), timeout=10)


def test_lines_without_text_are_not_kept(own_server):
    with unnoticed(own_server) as stub:
        before = resident(own_server.process)
        lines = transfer_pb2.ImportContextsRequest(json_lines=b"\n" * 4_000_000)
        last = list(stub.ImportContexts(iter([lines]), timeout=30))[-1]
        assert last.done and last.ignored == 4_000_000 == last.acknowledged
        assert is_within(resident(own_server.process) - before, 60 * MEGABYTE)


def test_work_that_nobody_waits_for_ends(own_server):
    request = rendering(templated("", *[".*" + ".{2,99}" * 35] * 3), *["a" * 1_000_000] * 3)

    def is_idle():
        used, begun = processor_time(own_server.process.pid), time.monotonic()
        time.sleep(0.3)
        return processor_time(own_server.process.pid) - used < 0.5 * (time.monotonic() - begun)

    with unnoticed(own_server) as stub:
        begun = processor_time(own_server.process.pid)
        refused(stub.RenderTemplate, request, timeout=0.5, code=grpc.StatusCode.DEADLINE_EXCEEDED)
        eventually(is_idle, "the server ends what nobody waits for")
        stopped = processor_time(own_server.process.pid) - begun
        # To its end it takes several times as long: there was something to stop.
        begun = processor_time(own_server.process.pid)
        stub.RenderTemplate(request, timeout=120)
        assert processor_time(own_server.process.pid) - begun > 2 * stopped
