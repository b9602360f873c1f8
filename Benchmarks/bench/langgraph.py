"""langgraph_put, langgraph_get: LangGraph's checkpoints through `Examples/langgraph`, and through LangGraph's own saver for
PostgreSQL."""

import collections
import concurrent.futures
import contextlib
import functools
import multiprocessing
import random
import sys
import time

from harness import ROOT
from harness.postgres import shared_cluster
from harness.server import CHANNEL_OPTIONS, Server

from . import by_turns, report
from .processor import Meter

sys.path.insert(0, str(ROOT / "Examples" / "langgraph"))

# Calls in flight, and how they are made: by the threads of one process, which share a saver as those of an application
# do, or by as many processes.
IN_FLIGHT = 8
SHAPES = {"": (1, IN_FLIGHT), f"_{IN_FLIGHT}_processes": (IN_FLIGHT, 1)}
SECONDS = 2
# LangGraph's threads for each call in flight, and checkpoints of each before anything is measured.
THREADS, STEPS = 10, 10
MESSAGES = 20
# What a process that calls holds until it ends.
OPEN = contextlib.ExitStack()


def run():
    ours, theirs = shared_cluster().create(), shared_cluster().create()
    server = Server("--database-url", ours.url).start()
    try:
        sides = {
            "cairn": (server.address, ours, Meter(ours, server)), "postgres": (theirs.url, theirs, Meter(theirs))}
        with saver("postgres", theirs.url) as setup:
            setup.setup()
        for shape, (processes, threads) in SHAPES.items():
            measure(shape, [Side(name, *side, processes, threads) for name, side in sides.items()])
    finally:
        server.stop()
    stored = {
        "cairn": int(ours.value("SELECT count(*) FROM context WHERE context_id LIKE 'lg!%!c'")),
        "postgres": int(theirs.value("SELECT count(*) FROM checkpoints"))}
    assert stored == Side.acknowledged, f"{Side.acknowledged} acknowledged, {stored} stored"


def measure(shape, sides):
    # What is done before, and what is measured.
    for name, before, work in (("put", fill, put), ("get", interrupt, get)):
        for side in sides:
            side.do(before)
            side.database.query("VACUUM ANALYZE")
            side.database.query("CHECKPOINT")
        (rate, used), (baseline, baseline_used) = by_turns(*(functools.partial(side.do, work) for side in sides))
        report(
            f"langgraph_{name}{shape}", rate, baseline, goal=None if shape else 1,
            unit=f"calls/s, {IN_FLIGHT} in flight; {used.median:.0f} and {baseline_used.median:.0f} µs of CPU a call,"
            " all in all")
    for side in sides:
        side.close()


class Side:
    """A saver, and the processes that call it."""

    # Checkpoints by the names of the sides.
    acknowledged = collections.Counter()

    def __init__(self, name, where, database, meter, processes, threads):
        self.name, self.where, self.database, self.meter, self.threads = name, where, database, meter, threads
        # `spawn`, since a process that has used gRPC cannot be forked.
        self.processes = [
            concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) for _ in range(processes)]

    def do(self, work):
        """Has all processes do something; returns calls a second, and the processor's microseconds for one."""
        before = self.meter.read()
        begun = [
            process.submit(work, self.name, self.where, f"{len(self.processes)}/{number}", self.threads)
            for number, process in enumerate(self.processes)]
        calls, used = map(sum, zip(*(each.result() for each in begun)))
        if work in (fill, put):
            self.acknowledged[self.name] += calls
        return calls / SECONDS, (used + self.meter.read() - before) / calls * 1e6

    def close(self):
        for process in self.processes:
            process.shutdown()


@contextlib.contextmanager
def saver(side, where):
    """A saver of one of the sides, each as its README makes it, with the same serializer."""
    if side == "cairn":
        import grpc
        from cairn_saver import CairnSaver

        with grpc.insecure_channel(where, options=CHANNEL_OPTIONS) as channel:
            yield CairnSaver(channel)
    else:
        from langgraph.checkpoint.postgres import PostgresSaver

        with PostgresSaver.from_conn_string(where) as made:
            yield made


class Conversation:
    """A thread of an agent, with messages, of which each step changes the last one, and facts, which stay."""

    def __init__(self, name):
        from langchain_core.messages import HumanMessage

        self.config = {"configurable": {"thread_id": name, "checkpoint_ns": ""}}
        self.step = 0
        self.messages = [
            HumanMessage(f"{number}: The bridge was closed in 1987 and opened again as a footpath.", id=str(number))
            for number in range(MESSAGES)]

    def put(self, saver):
        from langchain_core.messages import AIMessage
        from langgraph.checkpoint.base.id import uuid6

        self.step += 1
        self.messages[-1] = AIMessage(f"That was step {self.step}.", id=str(MESSAGES))
        branch, version = f"branch:to:{self.step % 2}", f"{self.step:032}.5"
        changed = {"messages": version, branch: version} | ({"facts": version} if self.step == 1 else {})
        versions = {"facts": f"{1:032}.5"} | changed
        self.config = saver.put(
            self.config,
            {"v": 4, "id": str(uuid6(clock_seq=self.step)), "ts": "2026-11-22T06:33:00.000000+00:00",
             "channel_values": {
                 "messages": self.messages, "facts": {"place": "by the river", "built": 1904}, branch: None},
             "channel_versions": versions, "versions_seen": {"agent": versions, "tools": versions},
             "updated_channels": ["messages"]},
            {"source": "loop", "step": self.step, "parents": {}}, changed)

    def get(self, saver):
        found = saver.get_tuple({"configurable": {"thread_id": self.config["configurable"]["thread_id"]}})
        assert found.config == self.config and len(found.pending_writes) == 2, found
        messages = found.checkpoint["channel_values"]["messages"]
        assert len(messages) == MESSAGES and messages[-1] == self.messages[-1], found


@functools.cache
def caller(side, where, name, threads):
    """What a process keeps of a side: its saver, and the conversations of each of its threads."""
    return OPEN.enter_context(saver(side, where)), [
        [Conversation(f"{name}/{thread}/{number}") for number in range(THREADS)] for thread in range(threads)]


def metered(work):
    """Work that all threads of a process do: how many calls that were, and the processor's seconds for them."""
    @functools.wraps(work)
    def run(side, where, name, threads):
        made, conversations = caller(side, where, name, threads)
        used = time.process_time()
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            calls = sum(pool.map(functools.partial(work, made), conversations))
        return calls, time.process_time() - used

    return run


@metered
def fill(saver, conversations):
    for conversation in conversations:
        for _ in range(STEPS):
            conversation.put(saver)
    return len(conversations) * STEPS


@metered
def put(saver, conversations):
    return for_a_while(conversations, lambda conversation: conversation.put(saver))


@metered
def interrupt(saver, conversations):
    """Stores writes of a task of each newest checkpoint."""
    for conversation in conversations:
        saver.put_writes(conversation.config, [("messages", ["so it goes"]), ("branch:to:tools", None)], "task", "agent")
    return len(conversations)


@metered
def get(saver, conversations):
    """Reads the newest checkpoint of a thread, with its writes."""
    return for_a_while(conversations, lambda conversation: conversation.get(saver))


def for_a_while(conversations, call):
    dice, calls, end = random.Random(1), 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        call(dice.choice(conversations))
        calls += 1
    return calls
