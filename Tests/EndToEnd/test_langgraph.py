"""LangGraph's checkpoints in a Cairn server: `Examples/langgraph`, by PyPI's own conformance tests and real graphs."""

import asyncio
import collections
import concurrent.futures
import importlib
import itertools
import json
import operator
import random
import re
import subprocess
import sys
import threading
from typing import Annotated, TypedDict

import grpc
import pytest

from harness import CACHE, ROOT
from harness.project import new_project
from harness.server import environment
from harness.waiting import eventually

EXAMPLE = ROOT / "Examples" / "langgraph"
CHILD = ROOT / "Tests" / "EndToEnd" / "peers" / "langgraph_child.py"
sys.path.insert(0, str(EXAMPLE))

from cairn_saver import APART_BYTES, CairnSaver  # noqa: E402
from langgraph.channels.delta import DeltaChannel  # noqa: E402
from langgraph.checkpoint.base import empty_checkpoint  # noqa: E402
from langgraph.checkpoint.conformance import checkpointer_test, validate  # noqa: E402
from langgraph.checkpoint.conformance.report import ProgressCallbacks  # noqa: E402
from langgraph.checkpoint.serde.types import ERROR, INTERRUPT, RESUME  # noqa: E402
from langgraph.graph import END, START, StateGraph  # noqa: E402
from langgraph.types import Command, interrupt  # noqa: E402

MIB = 1 << 20
# How many conformance tests there are of each capability: none may vanish with another version.
NUMBERS = {
    "put": 17, "put_writes": 10, "get_tuple": 10, "list": 16, "delete_thread": 5, "delete_for_runs": 7,
    "copy_thread": 8, "prune": 8}
CASES = {
    capability: getattr(
        importlib.import_module(f"langgraph.checkpoint.conformance.spec.test_{capability}"),
        f"ALL_{capability.upper()}_TESTS")
    for capability in NUMBERS}


class ThreadSaver(CairnSaver):
    """A saver whose synchronous methods stand behind the asynchronous ones, which are all that is tested else."""

    async def aput(self, *arguments, **options):
        return await asyncio.to_thread(self.put, *arguments, **options)

    async def aput_writes(self, *arguments, **options):
        return await asyncio.to_thread(self.put_writes, *arguments, **options)

    async def aget_tuple(self, *arguments, **options):
        return await asyncio.to_thread(self.get_tuple, *arguments, **options)

    async def alist(self, *arguments, **options):
        for found in await asyncio.to_thread(lambda: list(self.list(*arguments, **options))):
            yield found

    async def adelete_thread(self, *arguments, **options):
        await asyncio.to_thread(self.delete_thread, *arguments, **options)

    async def adelete_for_runs(self, *arguments, **options):
        await asyncio.to_thread(self.delete_for_runs, *arguments, **options)

    async def acopy_thread(self, *arguments, **options):
        await asyncio.to_thread(self.copy_thread, *arguments, **options)

    async def aprune(self, *arguments, **options):
        await asyncio.to_thread(self.prune, *arguments, **options)


@pytest.fixture(scope="module")
def conformance(channel):
    """The report of all cases on a kind of saver, and what each case said: None where it passed."""
    reports = {}

    def run(kind):
        if kind not in reports:
            said = {}

            @checkpointer_test(name=kind.__name__)
            async def registered():
                yield kind(channel, project=new_project(channel).project)

            def tell(capability, name, passed, error):
                said[capability, name] = None if passed else error or "no reason given"

            reports[kind] = asyncio.run(validate(registered, progress=ProgressCallbacks(on_test_result=tell))), said
        return reports[kind]

    return run


@pytest.mark.parametrize("kind", [CairnSaver, ThreadSaver])
@pytest.mark.parametrize(
    "capability, name", [(capability, case.__name__) for capability, cases in CASES.items() for case in cases])
def test_conformance(conformance, kind, capability, name):
    _, said = conformance(kind)
    assert said[capability, name] is None, said[capability, name]


@pytest.mark.parametrize("kind", [CairnSaver, ThreadSaver])
def test_conformance_is_complete(conformance, kind):
    report, said = conformance(kind)
    assert collections.Counter(capability for capability, _ in said) == NUMBERS
    assert {name: result.tests_passed for name, result in report.results.items()} == NUMBERS
    assert all(result.detected and result.passed for result in report.results.values())
    assert report.conformance_level() == "FULL"


@pytest.fixture
def project(channel):
    return new_project(channel)


@pytest.fixture
def saver(channel, project):
    return CairnSaver(channel, project=project.project)


def at(thread, checkpoint=None, namespace=""):
    configurable = {"thread_id": thread, "checkpoint_ns": namespace}
    return {"configurable": {**configurable, "checkpoint_id": checkpoint} if checkpoint else configurable}


def put(saver, config, step=0, **values):
    """Stores a checkpoint as LangGraph does, after the one of the config if that names one."""
    checkpoint = {
        **empty_checkpoint(), "channel_values": values, "channel_versions": dict.fromkeys(values, 1)}
    return saver.put(config, checkpoint, {"source": "loop", "step": step, "parents": {}}, dict.fromkeys(values, 1))


def ids(project, start="lg"):
    return [id for id in project.ids() if id.startswith(start)]


class Counting(grpc.UnaryUnaryClientInterceptor):
    """Counts calls by their methods."""

    def __init__(self):
        self.calls = collections.Counter()

    def intercept_unary_unary(self, continuation, details, request):
        method = details.method if isinstance(details.method, str) else details.method.decode()
        self.calls[method.rpartition("/")[2]] += 1
        return continuation(details, request)

    def taken(self):
        taken, self.calls = dict(self.calls), collections.Counter()
        return taken


@pytest.fixture
def counting():
    return Counting()


@pytest.fixture
def counted(channel, project, counting):
    return CairnSaver(grpc.intercept_channel(channel, counting), project=project.project)


def test_a_put_and_a_get_are_one_call_each(counted, counting):
    assert counted.get_tuple(at("t")) is None
    assert counting.taken() == {"ListContexts": 1}
    config = put(counted, at("t"), text="hello", numbers=list(range(100)))
    assert counting.taken() == {"CreateContext": 1}
    counted.put_writes(config, [("text", "a"), ("numbers", [1])], "task")
    assert counting.taken() == {"CreateContext": 1}
    for where in (at("t"), config):
        assert counted.get_tuple(where).checkpoint["channel_values"]["text"] == "hello"
        assert counting.taken() == {"ListContexts": 1}


def test_a_put_with_large_values_is_one_write_that_is_seen_as_a_whole(counted, counting):
    counted.get_tuple(at("t"))
    counting.taken()
    put(counted, at("t"), large=b"x" * MIB, other=b"y" * MIB)
    assert counting.taken() == {"BatchUpdateContexts": 1}
    assert counted.get_tuple(at("t")).checkpoint["channel_values"]["other"] == b"y" * MIB
    assert counting.taken() == {"ListContexts": 1, "BatchGetContexts": 1}


def test_a_large_value_that_stays_is_stored_once(saver, project, channel):
    large = b"x" * (APART_BYTES + 1)
    config = put(saver, at("t"), large=large)
    for step in range(1, 4):
        config = put(saver, config, step, large=large, text=str(step))
    # Another saver has not stored it itself: it knows from what it read.
    other = CairnSaver(channel, project=project.project)
    config = put(other, other.get_tuple(at("t")).config, 4, large=large)
    [value] = [context for context in project.list() if context.id.startswith("lgv!")]
    assert value.version == 1
    assert [found.checkpoint["channel_values"]["large"] for found in saver.list(at("t"))] == [large] * 5


@pytest.mark.parametrize("size", [APART_BYTES, MIB - 1, MIB, 2 * MIB + 1, 9 * MIB])
def test_values_of_any_size(saver, size):
    value = (bytes(range(256)) * (size // 256 + 1))[:size]
    config = put(saver, at("t"), value=value, beside="small")
    saver.put_writes(config, [("value", value[::-1]), ("other", 1)], "task")
    found = saver.get_tuple(at("t"))
    assert found.checkpoint["channel_values"] == {"value": value, "beside": "small"}
    assert found.pending_writes == [("task", "value", value[::-1]), ("task", "other", 1)]


def test_many_values_that_are_large_together(saver):
    values = {f"channel {number}": bytes([number]) * (APART_BYTES - 10) for number in range(100)}
    put(saver, at("t"), **values)
    assert saver.get_tuple(at("t")).checkpoint["channel_values"] == values


@pytest.mark.parametrize("thread", ["", "x" * 100_000, "a\0b", "a!b", "\ud800", "🧵\n", "lg!", " "])
def test_threads_of_any_name(saver, thread):
    for namespace in ("", thread):
        put(saver, at(thread, namespace=namespace), text=f"in {bool(namespace)}")
    put(saver, at(thread + "?"), text="another")
    for namespace in ("", thread):
        found = saver.get_tuple(at(thread, namespace=namespace))
        assert found.checkpoint["channel_values"] == {"text": f"in {bool(namespace)}"}
        assert found.config["configurable"]["thread_id"] == thread
        assert found.config["configurable"]["checkpoint_ns"] == namespace
    saver.delete_thread(thread)
    assert saver.get_tuple(at(thread)) is None
    assert saver.get_tuple(at(thread + "?")).checkpoint["channel_values"] == {"text": "another"}


def test_names_that_look_alike_when_joined_are_apart(saver):
    places = [("ab", ""), ("a", "b"), ("", "ab"), ("a/b", ""), ("a", "/b"), ("a!", "b"), ("a", "!b")]
    for number, (thread, namespace) in enumerate(places):
        put(saver, at(thread, namespace=namespace), number=number)
    for number, (thread, namespace) in enumerate(places):
        found = saver.get_tuple(at(thread, namespace=namespace))
        assert found.checkpoint["channel_values"] == {"number": number}
        assert [each.checkpoint["id"] for each in saver.list(at(thread, namespace=namespace))] == [
            found.checkpoint["id"]]


def test_an_unusable_checkpoint_id_is_refused(saver):
    with pytest.raises(ValueError, match="ids of checkpoints"):
        saver.put(at("t"), {**empty_checkpoint(), "id": "a b"}, {}, {})
    assert saver.get_tuple(at("t", "a b")) is None


def test_the_newest_checkpoint_is_that_with_the_highest_id_whenever_it_was_stored(saver):
    checkpoints = [empty_checkpoint() for _ in range(3)]
    for checkpoint in checkpoints[::-1]:
        saver.put(at("t"), checkpoint, {"step": 0}, {})
    assert saver.get_tuple(at("t")).checkpoint["id"] == checkpoints[2]["id"]
    assert [found.checkpoint["id"] for found in saver.list(at("t"))] == [each["id"] for each in checkpoints[::-1]]


def test_a_checkpoint_is_the_newest_when_higher_ones_are_deleted(saver):
    checkpoints = [empty_checkpoint() for _ in range(4)]
    for number in (0, 3, 1, 2):
        saver.put(at("t"), checkpoints[number], {"run_id": str(number)}, {})
    for number in (3, 2, 1, 0):
        assert saver.get_tuple(at("t")).metadata["run_id"] == str(number)
        saver.delete_for_runs([str(number)])
    assert saver.get_tuple(at("t")) is None


@pytest.mark.parametrize("is_known", [True, False])
def test_older_checkpoints_may_be_put_and_copied_where_newer_ones_are(channel, project, saver, is_known):
    older = empty_checkpoint()
    put(saver, at("source"), 0)
    put(saver, at("target"), 1)
    if not is_known:
        saver = CairnSaver(channel, project=project.project)
    saver.put(at("target"), older, {"step": 2}, {})
    assert saver.get_tuple(at("target")).metadata["step"] == 1
    saver.copy_thread("source", "target")
    assert saver.get_tuple(at("target")).metadata["step"] == 1
    assert [found.metadata["step"] for found in saver.list(at("target"))] == [1, 0, 2]


def test_writes_may_be_stored_before_their_checkpoint(saver):
    put(saver, at("t"), step=1)
    checkpoint = empty_checkpoint()
    saver.put_writes(at("t", checkpoint["id"]), [("channel", "early")], "task")
    assert saver.get_tuple(at("t")).pending_writes == []
    assert saver.get_tuple(at("t", checkpoint["id"])) is None
    saver.put(at("t"), checkpoint, {}, {})
    assert saver.get_tuple(at("t")).pending_writes == [("task", "channel", "early")]


@pytest.mark.parametrize("is_asynchronous", [False, True])
def test_writes_are_found_whether_they_or_their_checkpoint_come_first(channel, project, saver, is_asynchronous):
    """LangGraph begins both at the same moment."""
    async def both(checkpoint):
        config = at("t", checkpoint["id"])
        if is_asynchronous:
            calls = [saver.aput(at("t"), checkpoint, {}, {}), saver.aput_writes(config, [("channel", 1)], "task")]
        else:
            calls = [
                asyncio.to_thread(saver.put, at("t"), checkpoint, {}, {}),
                asyncio.to_thread(saver.put_writes, config, [("channel", 1)], "task")]
        await asyncio.gather(*calls[::dice.choice([1, -1])])

    dice, other = random.Random(1), CairnSaver(channel, project=project.project)
    for _ in range(40):
        checkpoint = empty_checkpoint()
        asyncio.run(both(checkpoint))
        found = other.get_tuple(at("t"))
        assert (found.checkpoint["id"], found.pending_writes) == (checkpoint["id"], [("task", "channel", 1)])


def test_writes_need_not_wait_for_a_put_that_fails(saver):
    checkpoint = {**empty_checkpoint(), "channel_values": {"wrong": object()}}
    with pytest.raises(TypeError):
        saver.put(at("t"), checkpoint, {}, {})
    saver.put_writes(at("t", checkpoint["id"]), [("channel", 1)], "task")
    saver.put(at("t"), {**checkpoint, "channel_values": {}}, {}, {})
    assert saver.get_tuple(at("t")).pending_writes == [("task", "channel", 1)]


def test_of_writes_to_a_slot_the_first_stays_and_of_special_ones_the_last(saver):
    config = put(saver, at("t"))

    def pending(*writes):
        saver.put_writes(config, writes, "task")
        return [(channel, value) for _, channel, value in saver.get_tuple(config).pending_writes]

    assert pending(("a", 1)) == [("a", 1)]
    assert pending(("a", 2)) == [("a", 1)]
    # The same list, grown.
    assert pending(("a", 3), ("b", 3), (RESUME, "first")) == [(RESUME, "first"), ("a", 1), ("b", 3)]
    assert pending((RESUME, "second")) == [(RESUME, "second"), ("a", 1), ("b", 3)]
    assert pending((RESUME, "third")) == [(RESUME, "third"), ("a", 1), ("b", 3)]
    assert pending(("a", 4), (RESUME, "fourth")) == [(RESUME, "third"), ("a", 1), ("b", 3)]
    assert pending((INTERRUPT, "stop"), (ERROR, "wrong")) == [
        (RESUME, "third"), (INTERRUPT, "stop"), (ERROR, "wrong"), ("a", 1), ("b", 3)]


def test_writes_are_in_the_order_of_their_paths(saver):
    config = put(saver, at("t"))
    for task, path in (("c", "1"), ("a", "3"), ("b", "2"), ("d", "")):
        saver.put_writes(config, [("channel", 0), ("channel", 1)], task, path)
    assert [(task, value) for task, _, value in saver.get_tuple(config).pending_writes] == [
        (task, value) for task in "dcba" for value in (0, 1)]


def test_many_tasks_of_one_checkpoint(saver):
    config = put(saver, at("t"))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: saver.put_writes(config, [("channel", number)], f"task {number:03}"), range(250)))
    put(saver, at("another"))
    assert [value for _, _, value in saver.get_tuple(at("t")).pending_writes] == list(range(250))
    [found] = saver.list(at("t"))
    assert len(found.pending_writes) == 250


def test_a_thread_that_was_deleted_can_be_stored_again(saver, project):
    """Under the same ids, which deleted contexts still have."""
    large = b"x" * (APART_BYTES + 1)
    checkpoint = {**empty_checkpoint(), "channel_values": {"large": large}}
    for _ in range(2):
        config = saver.put(at("t"), checkpoint, {"step": 1}, {})
        saver.put_writes(config, [("channel", large)], "task")
        saver.put_writes(config, [(INTERRUPT, 1)], "task")
        found = saver.get_tuple(at("t"))
        assert found.checkpoint["channel_values"] == {"large": large}
        assert found.pending_writes == [("task", INTERRUPT, 1), ("task", "channel", large)]
        saver.delete_thread("t")
        assert saver.get_tuple(at("t")) is None
        assert ids(project) == []


def test_a_checkpoint_can_be_stored_twice(saver):
    checkpoint = empty_checkpoint()
    for step in (1, 2):
        saver.put(at("t"), checkpoint, {"step": step}, {})
    assert [found.metadata["step"] for found in saver.list(at("t"))] == [2]


@pytest.mark.parametrize("keeps", [True, False])
def test_pruning_deletes_the_values_that_nobody_has_any_more(saver, project, keeps):
    shared, old, new = (bytes([number]) * (APART_BYTES + 1) for number in range(3))
    config = put(saver, at("t"), 0, shared=shared, other=old)
    saver.put_writes(config, [("other", b"w" * MIB * 2)], "task")
    put(saver, config, 1, shared=shared, other=new)
    saver.prune(["t"], strategy="keep_latest" if keeps else "delete")
    if keeps:
        assert saver.get_tuple(at("t")).checkpoint["channel_values"] == {"shared": shared, "other": new}
        assert len(ids(project)) == 3
    else:
        assert ids(project) == []


def test_a_copy_has_large_values_of_its_own(saver, project):
    large = b"x" * (2 * MIB + 5)
    config = put(saver, at("source"), 0, large=large)
    put(saver, config, 1, large=large, text="small")
    put(saver, at("source", namespace="child"), 0, large=large)
    saver.copy_thread("source", "target")
    saver.delete_thread("source")
    assert [found.checkpoint["channel_values"]["large"] for found in saver.list(at("target"))] == [large, large]
    assert saver.get_tuple(at("target", namespace="child")).checkpoint["channel_values"] == {"large": large}
    assert saver.get_tuple(at("target")).parent_config["configurable"]["thread_id"] == "target"
    saver.delete_thread("target")
    assert ids(project) == []


def test_a_run_is_deleted_in_all_its_threads_with_its_values(saver, project):
    for thread in ("one", "two"):
        for run in ("gone", "left"):
            checkpoint = {
                **empty_checkpoint(), "channel_values": {"large": run.encode() * APART_BYTES, "same": b"s" * MIB}}
            config = saver.put(at(thread), checkpoint, {"run_id": run}, {})
            saver.put_writes(config, [("channel", 1)], "task")
    saver.delete_for_runs(["gone", "never"])
    assert {found.metadata["run_id"] for found in saver.list(None)} == {"left"}
    # For each thread: a checkpoint, writes and two values.
    assert len(ids(project)) == 8
    for thread in ("one", "two"):
        assert saver.get_tuple(at(thread)).checkpoint["channel_values"]["same"] == b"s" * MIB


def test_lists_without_a_thread_or_a_namespace(saver):
    """As LangGraph's own savers have them: the newest first, whatever the thread."""
    stored = [put(saver, at(thread, namespace=namespace), step)["configurable"]["checkpoint_id"]
              for step in range(3) for thread in ("one", "two") for namespace in ("", "child")]

    def found(config, **options):
        return [each.checkpoint["id"] for each in saver.list(config, **options)]

    assert found(None) == stored[::-1]
    assert found({"configurable": {"thread_id": "one"}}) == [stored[i] for i in (9, 8, 5, 4, 1, 0)]
    assert found(at("two", namespace="child")) == [stored[i] for i in (11, 7, 3)]
    assert found(None, filter={"step": 1}, limit=3) == stored[7:4:-1]
    assert found(None, before=at("any", stored[5]), limit=2) == [stored[4], stored[3]]
    assert found(at("one", stored[4])) == [stored[4]]


def test_a_long_list_is_read_part_by_part(counted, counting):
    config = at("t")
    for step in range(120):
        config = put(counted, config, step)
    counting.taken()
    reading = counted.list(at("t"))
    next(reading)
    assert counting.taken() == {"ListContexts": 1, "BatchGetContexts": 1}
    assert [found.metadata["step"] for found in reading] == list(range(118, -1, -1))
    assert counting.taken() == {"BatchGetContexts": 2}


# Graphs.


class Steps(TypedDict):
    steps: Annotated[list, operator.add]


def asking():
    """A graph that asks a person in its middle."""
    graph = StateGraph(Steps)
    graph.add_node("before", lambda state: {"steps": ["before"]})
    graph.add_node("ask", lambda state: {"steps": [interrupt("well?")]})
    graph.add_node("after", lambda state: {"steps": ["after"]})
    graph.add_edge(START, "before")
    graph.add_edge("before", "ask")
    graph.add_edge("ask", "after")
    graph.add_edge("after", END)
    return graph


def python_path():
    """Where another process finds the stubs that the tests use, and the savers."""
    return ":".join([next(path for path in sys.path if path.startswith(str(CACHE / "stubs"))), str(EXAMPLE)])


def restarted(server, start_server):
    """The server after a kill -9, on the same database and at the same address."""
    server.kill()
    return start_server(*server.arguments[4:], listen=server.address)


def test_a_graph_waits_for_a_person_while_the_server_is_killed(own_server, start_server):
    with own_server.channel() as channel:
        graph = asking().compile(checkpointer=CairnSaver(channel))
        assert graph.invoke({"steps": []}, at("t"))["__interrupt__"][0].value == "well?"
        restarted(own_server, start_server)
        assert graph.get_state(at("t")).next == ("ask",)
        assert graph.invoke(Command(resume="yes"), at("t"))["steps"] == ["before", "yes", "after"]
        # Back in time, and another way.
        asked = next(state for state in graph.get_state_history(at("t")) if state.next == ("ask",))
        assert graph.invoke(None, asked.config)["__interrupt__"][0].value == "well?"
        assert graph.invoke(Command(resume="no"), at("t"))["steps"] == ["before", "no", "after"]


def test_an_asynchronous_graph_on_two_event_loops(saver):
    graph = asking().compile(checkpointer=saver)
    assert asyncio.run(graph.ainvoke({"steps": []}, at("t")))["__interrupt__"][0].value == "well?"

    async def go_on():
        ended = await graph.ainvoke(Command(resume="yes"), at("t"))
        return ended["steps"], [state.next async for state in graph.aget_state_history(at("t"))]

    assert asyncio.run(go_on()) == (["before", "yes", "after"], [(), ("after",), ("ask",), ("before",), ("__start__",)])


def test_a_cancelled_call_leaves_the_saver_usable(saver):
    async def cancelled():
        calls = [asyncio.ensure_future(saver.aget_tuple(at("t"))) for _ in range(20)]
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        return await asyncio.gather(*calls, return_exceptions=True)

    put(saver, at("t"), text="here")
    ended = asyncio.run(cancelled())
    assert all(isinstance(each, asyncio.CancelledError) for each in ended[::2])
    assert [each.checkpoint["channel_values"] for each in ended[1::2]] == [{"text": "here"}] * 10


def test_a_graph_that_was_killed_with_the_server_goes_on(own_server, start_server, tmp_path):
    """What was done is not done again: neither the steps before, nor the task that ended beside the killed one."""
    log = tmp_path / "log"
    log.touch()
    here = environment(PYTHONPATH=python_path())

    def child(server, *halt):
        return subprocess.Popen(
            [sys.executable, CHILD, server.address, log, *halt],
            env=here, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    running = child(own_server, "halt")
    try:
        with own_server.channel() as channel:
            saver = CairnSaver(channel)

            def is_left_stored():
                assert running.poll() is None, running.stdout.read()
                found = saver.get_tuple(at("a thread"))
                return found and any(value == ["left"] for _, _, value in found.pending_writes)

            eventually(is_left_stored, "what the task beside the halted one wrote is stored", timeout=60)
        eventually(lambda: "right halts" in log.read_text(), "the other task halts")
    finally:
        own_server.kill()
        running.kill()
        running.communicate()

    again = child(restarted(own_server, start_server))
    printed, _ = again.communicate(timeout=120)
    assert again.returncode == 0, printed
    assert sorted(log.read_text().split("\n")[:3]) == ["first", "left", "right halts"]
    assert log.read_text().split("\n")[3:] == ["right", "last", ""]
    assert printed == "['first', 'left', 'right', 'last']\n"


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_under_load(own_server, start_server):
    stored = collections.defaultdict(list)
    enough = threading.Event()

    def work(thread):
        config = at(thread)
        with own_server.channel() as channel:
            saver = CairnSaver(channel, timeout=10)
            try:
                for step in range(100_000):
                    config = put(saver, config, step, text=f"{thread} {step}")
                    stored[thread].append(config["configurable"]["checkpoint_id"])
                    saver.put_writes(config, [("text", step)], "task")
                    stored[thread, "writes"].append(config["configurable"]["checkpoint_id"])
                    if step == 20:
                        enough.set()
            except grpc.RpcError as error:
                return error.code()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        ended = [pool.submit(work, f"thread {number}") for number in range(4)]
        assert enough.wait(120)
        own_server.kill()
        server = start_server(*own_server.arguments[4:])
        with server.channel() as channel:
            saver = CairnSaver(channel)
            for number, end in enumerate(ended):
                assert end.result(180) in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
                thread = f"thread {number}"
                found = {each.checkpoint["id"]: each for each in saver.list(at(thread))}
                assert stored[thread] and set(stored[thread]) <= found.keys() and len(found) <= len(stored[thread]) + 1
                for step, id in enumerate(stored[thread]):
                    assert found[id].checkpoint["channel_values"] == {"text": f"{thread} {step}"}
                for id in stored[thread, "writes"]:
                    assert len(found[id].pending_writes) == 1


def test_pruning_keeps_what_delta_channels_are_made_from(saver):
    class State(TypedDict):
        log: Annotated[list, DeltaChannel(lambda state, writes: [*state, *(each for write in writes for each in write)],
                                          snapshot_frequency=3)]

    graph = StateGraph(State)
    graph.add_node("add", lambda state: {"log": [len(state["log"])]})
    graph.add_edge(START, "add")
    graph.add_edge("add", END)
    app = graph.compile(checkpointer=saver)
    kept = []
    for turn in range(8):
        expected = app.invoke({"log": ["in"]}, at("t"))["log"]
        assert len(expected) == 2 * (turn + 1)
        saver.prune(["t"], strategy="keep_latest")
        assert app.get_state(at("t")).values["log"] == expected
        kept.append(len(list(saver.list(at("t")))))
    assert max(kept) < 8 and len(set(kept)) > 1, kept


def test_with_retries_of_grpc_a_killed_server_is_not_noticed(own_server, start_server):
    block = readme_block("python")
    config = executed(block[block.index("retries = "):block.index("channel = ")])["config"]
    options = [("grpc.enable_retries", 1), ("grpc.service_config", json.dumps(config))]
    is_enough, is_over = threading.Event(), threading.Event()

    def work():
        with own_server.channel(*options) as channel:
            saver, config = CairnSaver(channel), at("t")
            for step in itertools.count(1):
                config = put(saver, config, step)
                if step == 20:
                    is_enough.set()
                if is_over.is_set():
                    return step

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        ended = pool.submit(work)
        assert is_enough.wait(60)
        server = restarted(own_server, start_server)
        is_over.set()
        steps = ended.result(120)
    with server.channel() as channel:
        assert [found.metadata["step"] for found in CairnSaver(channel).list(at("t"))] == list(range(steps, 0, -1))


# The README.


def readme_block(language):
    """The only block of code in a language."""
    [block] = re.findall(rf"```{language}\n(.*?)```", (EXAMPLE / "README.md").read_text(), re.DOTALL)
    return block


def executed(code):
    names = {}
    exec(code, names)
    return names


def test_the_readme_does_what_it_shows(own_server):
    here = environment(CAIRN_ADDRESS=own_server.address, PYTHONPATH=python_path())
    ended = subprocess.run([sys.executable, "-c", readme_block("python")], env=here, capture_output=True, text=True)
    assert (ended.stdout, ended.returncode) == ("['soup']\n", 0), ended.stderr


def test_the_readme_names_every_file():
    text = (EXAMPLE / "README.md").read_text()
    for path in EXAMPLE.glob("*.py"):
        assert f"[{path.name}]({path.name})" in text
