"""LangGraph's store in a Cairn server: `Examples/langgraph`, beside LangGraph's own store in memory."""

import asyncio
import random
import sys
from typing import TypedDict

import pytest

from harness import ROOT
from harness.project import new_project

sys.path.insert(0, str(ROOT / "Examples" / "langgraph"))

from cairn_saver import CairnSaver  # noqa: E402
from cairn_store import CairnStore  # noqa: E402
from langgraph.config import get_store  # noqa: E402
from langgraph.graph import END, START, StateGraph  # noqa: E402
from langgraph.store.base import (  # noqa: E402
    GetOp, InvalidNamespaceError, ListNamespacesOp, MatchCondition, PutOp, SearchOp)
from langgraph.store.memory import InMemoryStore  # noqa: E402

MIB = 1 << 20


@pytest.fixture
def project(channel):
    return new_project(channel)


@pytest.fixture
def store(channel, project):
    return CairnStore(channel, project=project.project)


def keys(items):
    return [each.key for each in items]


def test_an_item_is_put_got_changed_and_deleted(store):
    value = {
        "text": "naïve ✓", "number": 2**60 + 1, "half": 0.5, "none": None, "yes": True,
        "deep": {"list": [1, {"a": []}]}}
    store.put(("users", "ann"), "food", value)
    first = store.get(("users", "ann"), "food")
    assert (first.namespace, first.key, first.value) == (("users", "ann"), "food", value)
    assert type(first.value["number"]) is int and first.created_at == first.updated_at
    assert first.created_at.utcoffset().total_seconds() == 0

    store.put(("users", "ann"), "food", {"text": "soup"})
    second = store.get(("users", "ann"), "food")
    assert second.value == {"text": "soup"}
    assert second.created_at == first.created_at < second.updated_at

    for _ in range(2):
        store.delete(("users", "ann"), "food")
        assert store.get(("users", "ann"), "food") is None
    assert store.search(("users",)) == []
    assert store.list_namespaces() == []
    store.put(("users", "ann"), "food", {"text": "bread"})
    assert store.get(("users", "ann"), "food").value == {"text": "bread"}


def test_an_empty_value_is_a_value(store):
    store.put(("a",), "k", {})
    assert store.get(("a",), "k").value == {}


def test_names_that_look_alike_when_joined_are_apart(store):
    places = [(("a", "b"), "c"), (("a",), "b/c"), (("a",), "bc"), (("ab",), "c"), (("a", "b", "c"), ""), (("a",), "b")]
    for number, (namespace, key) in enumerate(places):
        store.put(namespace, key, {"number": number})
    assert [store.get(*place).value["number"] for place in places] == list(range(len(places)))
    assert len(store.search(("a",))) == 5


@pytest.mark.parametrize("key", ["", " ", "x" * 100_000, "a\0b", "\ud800", "🧵", "lgi!", "0" * 128])
def test_names_of_any_kind_and_length(store, key):
    label = key.replace("\0", "") or "label"
    store.put((label, "in"), key, {"text": "here", "more": "\0 \ud800"})
    assert store.get((label, "in"), key).value == {"text": "here", "more": "\0 \ud800"}
    [found] = store.search((label,))
    assert (found.namespace, found.key) == ((label, "in"), key)
    assert store.list_namespaces() == [(label, "in")]


@pytest.mark.parametrize("namespace", [(), ("",), ("a.b",), ("a\0",), ("langgraph", "x"), (1,)])
def test_a_wrong_namespace_is_refused(store, namespace):
    with pytest.raises(InvalidNamespaceError):
        store.put(namespace, "k", {})


def test_what_does_not_fit_is_refused(store, project):
    store.put(("a",), "k", {"text": "x" * (MIB - 100)})
    assert len(store.get(("a",), "k").value["text"]) == MIB - 100
    with pytest.raises(ValueError, match="1048576"):
        store.put(("a",), "large", {"text": "x" * MIB})
    with pytest.raises(ValueError, match="63"):
        store.put(tuple("a" * 64), "k", {})
    with pytest.raises(NotImplementedError):
        store.put(("a",), "k", {}, ttl=5)
    with pytest.raises(NotImplementedError):
        store.batch([PutOp(("a",), "k", {}, ttl=5)])
    assert len(project.list()) == 1
    store.put(tuple("a" * 63), "k", {})
    assert keys(store.search(tuple("a" * 63))) == ["k"]


@pytest.fixture
def filled(store):
    for number, (color, size) in enumerate([("red", 1), ("blue", 2), ("red", 3), ("green", 4), ("red", None)]):
        store.put(("things",), f"k{number}", {"color": color, "size": size, "at": {"x": number, "y": 0}})
    return store


@pytest.mark.parametrize("filter, expected", [
    (None, "43210"), ({}, "43210"), ({"color": "red"}, "420"), ({"color": "red", "size": 3}, "2"),
    ({"color": {"$eq": "red"}}, "420"), ({"color": {"$ne": "red"}}, "31"), ({"size": {"$gt": 2}}, "32"),
    ({"size": {"$gte": 2, "$lt": 4}}, "21"), ({"size": {"$lte": 1}}, "0"), ({"size": None}, "4"),
    ({"missing": 1}, ""), ({"at": {"x": 3}}, "3"), ({"at": {"x": {"$gt": 2}}}, "43"), ({"at": 3}, "")])
def test_searches_with_a_filter(filled, filter, expected):
    """The item that was changed last comes first."""
    assert keys(filled.search(("things",), filter=filter)) == [f"k{each}" for each in expected]


def test_an_unknown_operator_is_refused(filled):
    with pytest.raises(ValueError, match=r"\$near"):
        filled.search(("things",), filter={"size": {"$near": 1}})


def test_searches_page_by_page(filled):
    assert keys(filled.search(("things",), limit=2, offset=1)) == ["k3", "k2"]
    assert keys(filled.search(("things",), filter={"color": "red"}, limit=1, offset=2)) == ["k0"]
    assert filled.search(("things",), offset=5) == []
    filled.put(("things",), "k1", {"color": "red"})
    assert keys(filled.search(("things",), limit=2)) == ["k1", "k4"]


def test_a_search_reads_more_than_a_page_of_the_server(store):
    store.batch([PutOp(("many",), f"k{number}", {"odd": number % 2}) for number in range(1500)])
    assert len(store.search(("many",), limit=2000)) == 1500
    assert len(store.search(("many",), filter={"odd": 1}, limit=700, offset=100)) == 650


def test_a_query_finds_words_in_values_and_keys(store):
    store.put(("ann",), "pets", {"text": "Ann has a cat called Tom, and another cat."})
    store.put(("ann",), "the cat food", {"text": "In the cupboard."})
    store.put(("ann",), "car", {"text": "It is blue."})
    store.put(("bob",), "pets", {"text": "A cat."})
    found = store.search(("ann",), query="Where is the cat food?")
    assert keys(found)[0] == "the cat food" and "pets" in keys(found)
    assert all(each.score > 0 for each in found)
    # Words alone count, none of the signs that mean something to the server.
    assert set(keys(store.search(("ann",), query='"Tom" -cat'))) == {"pets", "the cat food"}
    assert keys(store.search(("ann",), query="cat", filter={"text": "In the cupboard."})) == ["the cat food"]
    assert store.search(("ann",), query="dinosaur") == []
    assert len(store.search(("ann",), query="?!")) == 3


def test_namespaces_are_listed(store):
    for namespace in ("abc", "abde", "abdi", "abf", "acf", "x"):
        for key in ("1", "2"):
            store.put(tuple(namespace), key, {})

    def listed(**options):
        return ["".join(namespace) for namespace in store.list_namespaces(**options)]

    assert listed() == ["abc", "abde", "abdi", "abf", "acf", "x"]
    assert listed(prefix=("a", "b"), max_depth=3) == ["abc", "abd", "abf"]
    assert listed(prefix=("a", "*", "f")) == ["abf", "acf"]
    assert listed(suffix=("f",)) == ["abf", "acf"]
    assert listed(prefix=("a",), suffix=("d", "*")) == ["abde", "abdi"]
    assert listed(prefix=("*", "c")) == ["acf"]
    assert listed(limit=2, offset=1) == ["abde", "abdi"]
    assert listed(prefix=("b",)) == []


def test_a_batch_reads_first_and_then_writes(store):
    store.put(("a",), "old", {"n": 0})
    assert store.batch([]) == []
    results = store.batch([
        PutOp(("a",), "new", {"n": 1}), GetOp(("a",), "new"), GetOp(("a",), "old"), PutOp(("a",), "new", {"n": 2}),
        PutOp(("a",), "old", None), SearchOp(("a",)), ListNamespacesOp((MatchCondition("prefix", ("a",)),)),
        PutOp(("a",), "gone", {"n": 3}), PutOp(("a",), "gone", None)])
    assert results[:2] == [None, None] and results[2].value == {"n": 0}
    assert keys(results[5]) == ["old"] and results[6] == [("a",)]
    assert results[3:5] == [None, None] and results[7:] == [None, None]
    assert [(each.key, each.value) for each in store.search(("a",))] == [("new", {"n": 2})]
    # Keys that were deleted, among others.
    store.batch([PutOp(("a",), key, {"n": 4}) for key in ("old", "new", "other", "gone")])
    assert {each.key: each.value["n"] for each in store.search(("a",))} == dict.fromkeys(
        ["old", "new", "other", "gone"], 4)


def test_a_batch_with_something_wrong_stores_nothing(store):
    with pytest.raises(ValueError):
        store.batch([PutOp(("a",), "good", {}), PutOp(("a",), "bad", {"text": "x" * MIB})])
    with pytest.raises(InvalidNamespaceError):
        store.batch([PutOp(("a",), "good", {}), PutOp(("a.b",), "bad", {})])
    assert store.search(("a",)) == []


def test_a_batch_larger_than_a_request(store):
    store.batch([PutOp(("a",), str(number), {"text": "x" * (MIB - 100)}) for number in range(7)])
    found = store.batch([GetOp(("a",), str(number)) for number in range(8)])
    assert [each and len(each.value["text"]) for each in found] == [MIB - 100] * 7 + [None]
    assert len(store.search(("a",))) == 7


def test_all_operations_also_on_an_event_loop(store):
    async def work():
        await store.aput(("a", "b"), "k", {"n": 1})
        await asyncio.gather(*(store.aput(("many",), str(number), {"n": number}) for number in range(50)))
        got = await store.aget(("a", "b"), "k")
        found = await store.asearch(("many",), filter={"n": {"$lt": 10}}, limit=100)
        namespaces = await store.alist_namespaces()
        await store.adelete(("a", "b"), "k")
        return got.value, len(found), namespaces, await store.aget(("a", "b"), "k")

    assert asyncio.run(work()) == ({"n": 1}, 10, [("a", "b"), ("many",)], None)


@pytest.mark.parametrize("seed", range(5))
def test_it_does_what_the_store_in_memory_does(store, seed):
    dice, memory = random.Random(seed), InMemoryStore()
    spaces = [("a",), ("a", "b"), ("a", "b", "c"), ("b",), ("c", "b")]

    def op():
        namespace, key = dice.choice(spaces), dice.choice("xyz")
        return dice.choice([
            PutOp(namespace, key, {"n": dice.randrange(4), "s": dice.choice("pq")}), PutOp(namespace, key, None),
            PutOp(namespace, key, {"n": dice.randrange(4)}), GetOp(namespace, key),
            SearchOp(dice.choice([(), *spaces]), limit=100, filter=dice.choice([
                None, {"n": 2}, {"s": "p", "n": {"$gte": 1}}, {"n": {"$ne": 0}}])),
            ListNamespacesOp(
                tuple(MatchCondition(kind, dice.choice([*spaces, ("*", "b")]))
                      for kind in dice.choice([(), ("prefix",), ("suffix",), ("prefix", "suffix")])),
                max_depth=dice.choice([None, 1, 2]))])

    def plain(result):
        if isinstance(result, list):
            return sorted(map(plain, result), key=repr)
        return result if result is None or isinstance(result, tuple) else (result.namespace, result.key, result.value)

    for _ in range(60):
        ops = [op() for _ in range(dice.randrange(1, 6))]
        # A namespace of which the last item has gone stays in memory; not so in a store that has the same items only.
        same = InMemoryStore()
        same.batch([PutOp(each.namespace, each.key, each.value) for each in memory.search((), limit=1000)])
        for each, ours, theirs in zip(ops, store.batch(ops), memory.batch(ops)):
            if isinstance(each, ListNamespacesOp):
                [theirs] = same.batch([each])
            assert plain(ours) == plain(theirs), each


class Turn(TypedDict):
    user: str
    said: str
    answer: str


def remembering():
    """A graph that remembers what a user said, and answers with all of it, whatever the thread."""
    def answer(state):
        store = get_store()
        mine = ("memories", state["user"])
        store.put(mine, state["said"], {"said": state["said"]})
        return {"answer": ", ".join(sorted(each.value["said"] for each in store.search(mine)))}

    graph = StateGraph(Turn)
    graph.add_node("answer", answer)
    graph.add_edge(START, "answer")
    graph.add_edge("answer", END)
    return graph


def test_threads_share_a_memory_that_outlives_the_server(own_server, start_server):
    with own_server.channel() as channel:
        graph = remembering().compile(checkpointer=CairnSaver(channel), store=CairnStore(channel))

        def say(thread, user, said):
            return graph.invoke({"user": user, "said": said}, {"configurable": {"thread_id": thread}})["answer"]

        assert say("one", "ann", "tea") == "tea"
        assert say("two", "bob", "milk") == "milk"
        own_server.kill()
        start_server(*own_server.arguments[4:], listen=own_server.address)
        assert say("three", "ann", "no sugar") == "no sugar, tea"
        assert say("one", "bob", "cocoa") == "cocoa, milk"
