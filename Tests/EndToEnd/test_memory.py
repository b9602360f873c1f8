"""Memories, recalled in the order of a formula that is computed again here."""

import datetime
import random
import re

import grpc
import pytest
from cairn.v1 import context_pb2
from google.protobuf import timestamp_pb2

from harness.project import new_project
from harness.refusals import refused

FACT, PREFERENCE, CONTEXT, INSTRUCTION, EXAMPLE = range(1, 6)
LOW, MEDIUM, HIGH, CRITICAL = range(1, 5)
USER, LLM, SYSTEM = range(1, 4)
MEMORY = 5
WEIGHTS = {LOW: 0.25, MEDIUM: 0.5, HIGH: 0.75, CRITICAL: 1}
THIRTY_DAYS = 30 * 86_400


def remember(contexts, content="something", request_id="", session="", tags=(), id="", title="", **memory):
    return contexts.Remember(
        context=context_pb2.Context(
            id=id, title=title, content=content, session=session, tags=tags, memory=memory), request_id=request_id)


def recalled(contexts, **fields):
    return [each.context.id for each in contexts.Recall(limit=100, **fields).memories]


def micros(timestamp):
    return timestamp.seconds * 1_000_000 + timestamp.nanos // 1_000


def check_order(response, half_life=THIRTY_DAYS):
    """Every score is the product of its parts, the parts are what the formula says, and the order is that of the
    scores, then of ids."""
    for each in response.memories:
        memory, parts = each.context.memory, each.parts
        assert parts.importance == WEIGHTS[memory.importance]
        assert parts.confidence == memory.confidence
        age = max(micros(response.time) - micros(each.context.update_time), 0) / 1_000_000
        assert parts.recency == pytest.approx(0.5 ** (age / half_life), rel=1e-9)
        assert 0 < parts.relevance <= 1
        product = parts.relevance * parts.importance * parts.confidence * parts.recency
        assert each.score == pytest.approx(product, rel=1e-12)
    order = [(-each.score, each.context.id) for each in response.memories]
    assert order == sorted(order)


def test_x8_a_memory_has_every_field_that_it_was_given(contexts):
    memory = {
        "kind": PREFERENCE, "importance": HIGH, "confidence": 0.875, "source": USER,
        "origin": {"session": "s1", "event": "e1", "task": "t1", "agent": "a1", "principal": "p1"},
        "valid_from": {"seconds": 1_600_000_000, "nanos": 1000}, "valid_to": {"seconds": 4_000_000_000}}
    stored = remember(contexts, "The user likes short answers.\nReally.", tags=["style"], **memory)
    assert stored.memory == context_pb2.Context(memory=memory).memory
    assert (stored.type, stored.title, stored.session, stored.version) == (
        MEMORY, "The user likes short answers.", "s1", 1)
    again = contexts.GetContext(id=stored.id)
    assert again == stored
    basic = contexts.GetContext(id=stored.id, view="CONTEXT_VIEW_BASIC")
    assert basic.memory == stored.memory
    assert contexts.list()[0] == stored
    assert contexts.BatchGetContexts(ids=[stored.id]).results[0].context == stored
    past = contexts.GetContext(id=stored.id, as_of={"position": stored.position})
    assert past == stored
    change = next(iter(contexts.WatchContexts(after_position=0))).change
    assert change.context == stored


def test_x8_what_is_left_out_is_taken_from_the_call(channel):
    contexts = new_project(channel, principal="erika", session="s2", task="t2", agent="a2")
    stored = remember(contexts, "\n  x" + "ä" * 200)
    memory = stored.memory
    assert (memory.kind, memory.importance, memory.confidence, memory.source) == (FACT, MEDIUM, 1, 0)
    origin = memory.origin
    assert (origin.principal, origin.session, origin.task, origin.agent, origin.event) == (
        "erika", "s2", "t2", "a2", "")
    assert stored.session == "s2" and stored.title == "x" + "ä" * 118 + "…"
    plain = contexts.create(type=MEMORY)
    assert plain.memory == context_pb2.Context(memory={"kind": 1, "importance": 2, "confidence": 1}).memory
    part = contexts.Recall(query="title").memories[0]
    assert part.context == plain and (part.parts.importance, part.parts.confidence) == (0.5, 1)


def test_x8_recall_orders_by_the_formula(contexts):
    choice = random.Random(8)
    words = ["copper", "zinc", "tin", "lead", "iron", "nickel"]
    for number in range(120):
        remember(
            contexts, " ".join(choice.choices(words, k=choice.randint(1, 12))), id=f"m{number:03}",
            title=choice.choice(words), importance=choice.randint(1, 4), confidence=round(choice.random(), 2),
            kind=choice.randint(1, 5))
    for query in ["", "zinc", "zinc OR tin", "copper iron", "lead -tin"]:
        for half_life in [None, 1, 3600]:
            options = {"half_life": {"seconds": half_life}} if half_life else {}
            response = contexts.Recall(query=query, limit=100, **options)
            check_order(response, half_life or THIRTY_DAYS)
            assert not response.truncated and len(response.memories) > 3
            if query == "":
                assert all(each.parts.relevance == 1 for each in response.memories)
            else:
                assert max(each.parts.relevance for each in response.memories) == 1 or len(response.memories) == 100
    # What is recalled is what the search finds.
    found = contexts.Search(query="copper iron", page_size=100)
    assert 0 < len(found.hits) and sorted(recalled(contexts, query="copper iron", match_all=True)) == sorted(
        hit.context.id for hit in found.hits)
    some = {"min_importance": CRITICAL}
    either = recalled(contexts, query="copper", **some) + recalled(contexts, query="iron", **some)
    assert sorted(recalled(contexts, query="copper iron", **some)) == sorted(set(either)) and len(either) < 100
    # A shorter answer is the beginning of the longer one.
    everything = recalled(contexts, query="zinc", half_life={"seconds": 3_000_000_000})
    first = contexts.Recall(query="zinc", limit=7, half_life={"seconds": 3_000_000_000})
    assert [each.context.id for each in first.memories] == everything[:7]


def test_x8_equal_scores_are_ordered_by_id(contexts):
    requests = [
        context_pb2.CreateContextRequest(context=context_pb2.Context(id=id, title="t", type=MEMORY))
        for id in ["b", "d", "a", "c"]]
    contexts.BatchCreateContexts(requests=requests)
    response = contexts.Recall()
    assert [each.context.id for each in response.memories] == ["a", "b", "c", "d"]
    assert len({each.score for each in response.memories}) == 1


def test_x8_recall_finds_what_meets_every_condition(contexts):
    choice = random.Random(88)
    made = []
    for number in range(90):
        made.append(remember(
            contexts, f"note {number}", id=f"m{number:02}", kind=choice.randint(1, 5), importance=choice.randint(1, 4),
            confidence=choice.randint(0, 10) / 10, source=choice.randint(0, 3), session=choice.choice(["", "s", "t"]),
            tags=choice.sample(["x", "y", "z"], choice.randint(0, 2))))
    contexts.create(title="note: no memory")
    middle = made[45].create_time

    def check(condition, **fields):
        expected = [each.id for each in made if condition(each)]
        assert expected and sorted(recalled(contexts, **fields)) == expected
        assert sorted(recalled(contexts, query="note", **fields)) == expected

    check(lambda each: True)
    check(lambda each: each.memory.kind in (FACT, EXAMPLE), kinds=[FACT, EXAMPLE])
    check(lambda each: each.memory.importance >= HIGH, min_importance=HIGH)
    check(lambda each: each.memory.confidence >= 0.7, min_confidence=0.7)
    check(lambda each: each.memory.source in (0, LLM), sources=[0, LLM])
    check(lambda each: each.session == "s" and "x" in each.tags, filter={"session": "s", "tags": ["x"]})
    check(
        lambda each: each.memory.kind == FACT and each.create_time.ToNanoseconds() >= middle.ToNanoseconds(),
        kinds=[FACT], filter={"created_from": middle})
    assert len(contexts.Recall().memories) == 10
    basic = contexts.Recall(limit=1, view="CONTEXT_VIEW_BASIC").memories[0].context
    assert basic.content == "" and basic.title


def test_x8_recall_leaves_out_what_does_not_hold(contexts):
    def second(number):
        return {"seconds": number}

    remember(contexts, id="always")
    remember(contexts, id="past", valid_to=second(1_600_000_000))
    remember(contexts, id="future", valid_from=second(4_000_000_000))
    remember(contexts, id="between", valid_from=second(1_500_000_000), valid_to=second(1_700_000_000))
    expired = context_pb2.Context(id="expired", content="x")
    expired.expire_time.FromDatetime(datetime.datetime(2020, 1, 1))
    contexts.Remember(context=expired)
    assert recalled(contexts) == ["always"]
    assert sorted(recalled(contexts, valid_at=second(1_550_000_000))) == ["always", "between", "past"]
    assert sorted(recalled(contexts, valid_at=second(1_700_000_000))) == ["always"]
    assert sorted(recalled(contexts, valid_at=second(4_000_000_000))) == ["always", "future"]


def test_x8_what_is_superseded_is_kept_but_no_longer_recalled(contexts):
    old = [remember(contexts, "tea with milk", id=id, importance=LOW) for id in ("o1", "o2")]
    response = contexts.Supersede(
        superseded=[{"id": "o2", "etag": old[1].etag}, {"id": "o1"}],
        context=context_pb2.Context(content="coffee, no tea", memory={"importance": HIGH}))
    new = response.context
    assert new.type == MEMORY and new.memory.importance == HIGH and new.version == 1
    assert [each.id for each in response.superseded] == ["o2", "o1"]
    for each in response.superseded:
        assert (each.version, each.position) == (2, new.position)
        assert each.memory.valid_to == each.update_time == new.create_time
    assert new.memory.valid_from == new.create_time, "it holds from where the others end"
    assert contexts.GetContext(id=new.id) == new
    assert recalled(contexts) == [new.id] and recalled(contexts, query="tea") == [new.id]
    kept = contexts.GetContext(id="o1")
    assert kept.content == "tea with milk" and kept.memory.importance == LOW and not kept.HasField("delete_time")
    found = contexts.ListRelationships(context=new.id).relationships
    assert sorted((each.kind, each.target) for each in found) == [(5, "o1"), (5, "o2")]
    assert contexts.FindPaths(source=new.id, target="o1").paths
    # As of before, the old ones are recalled; and they were valid then.
    assert sorted(recalled(contexts, as_of={"position": old[1].position})) == ["o1", "o2"]
    assert sorted(recalled(contexts, as_of={"position": old[1].position}, query="tea")) == ["o1", "o2"]
    assert recalled(contexts, as_of={"position": new.position}) == [new.id]
    assert sorted(recalled(contexts, valid_at=old[1].create_time)) == ["o1", "o2"]
    assert recalled(contexts, valid_at=new.create_time) == [new.id]


def test_x8_what_supersedes_can_say_itself_since_when_it_holds(contexts):
    remember(contexts, id="old")
    since = timestamp_pb2.Timestamp(seconds=1_000)
    new = contexts.Supersede(
        superseded=[{"id": "old"}], request_id="r", context={"content": "new", "memory": {"valid_from": since}})
    assert new.context.memory.valid_from == since
    again = contexts.Supersede(
        superseded=[{"id": new.context.id}], request_id="s", context={"id": "third", "content": "third"})
    assert again.context.memory.valid_from == again.superseded[0].memory.valid_to
    assert contexts.Supersede(
        superseded=[{"id": new.context.id}], request_id="s", context={"id": "third", "content": "third"}) == again
    refusal = refused(
        contexts.Supersede, superseded=[{"id": "third"}], code=grpc.StatusCode.INVALID_ARGUMENT,
        context={"content": "ended", "memory": {"valid_to": since}})
    assert list(refusal.fields) == ["context.memory.valid_to"]
    assert recalled(contexts) == ["third"]


def test_x8_recall_as_of_a_moment_is_what_it_was_then(contexts):
    choice = random.Random(5)
    answers = []
    for number in range(30):
        id = f"m{choice.randrange(12):02}"
        held = contexts.ids(show_deleted=True)
        if id not in held:
            context = remember(contexts, f"alpha {number}", id=id, importance=choice.randint(1, 4))
        elif choice.random() < 0.2 and id in contexts.ids():
            context = contexts.Forget(id=id)
        elif id in contexts.ids():
            context = contexts.update(id, content=f"alpha beta {number}", memory={"importance": choice.randint(1, 4)})
        else:
            continue
        for query in ("", "beta"):
            now = contexts.Recall(query=query, limit=100, half_life={"seconds": 3_000_000_000})
            answers.append((context.position, query, [each.context for each in now.memories]))
    for position, query, expected in answers:
        then = contexts.Recall(
            query=query, limit=100, half_life={"seconds": 3_000_000_000}, as_of={"position": position})
        check_order(then, 3_000_000_000)
        assert {each.context.id: each.context for each in then.memories} == {each.id: each for each in expected}


def test_x8_forgetting_is_a_soft_delete_of_memories_only(contexts):
    stored = remember(contexts)
    contexts.create(id="note")
    refused(contexts.Forget, id="note", code=grpc.StatusCode.FAILED_PRECONDITION, reason="NOT_A_MEMORY")
    refused(contexts.Forget, id="missing", code=grpc.StatusCode.NOT_FOUND, reason="CONTEXT_NOT_FOUND")
    refused(contexts.Forget, id=stored.id, etag="0", code=grpc.StatusCode.ABORTED, reason="ETAG_MISMATCH")
    contexts.Forget(id=stored.id, validate_only=True)
    assert recalled(contexts) == [stored.id]
    forgotten = contexts.Forget(id=stored.id, etag=stored.etag, request_id="f")
    assert forgotten.HasField("delete_time") and contexts.Forget(id=stored.id, etag=stored.etag, request_id="f") == forgotten
    assert recalled(contexts) == [] and recalled(contexts, query="something") == []
    refused(contexts.Forget, id=stored.id, code=grpc.StatusCode.NOT_FOUND, reason="CONTEXT_DELETED")
    contexts.UndeleteContext(id=stored.id)
    assert recalled(contexts) == [stored.id]


def test_x8_supersede_does_all_or_nothing(contexts):
    remember(contexts, id="a")
    remember(contexts, id="b", valid_to={"seconds": 5})
    contexts.create(id="note")
    for items, options, code, why in [
        ([{"id": "a"}, {"id": "missing"}], {}, grpc.StatusCode.NOT_FOUND, "CONTEXT_NOT_FOUND"),
        ([{"id": "a"}, {"id": "note"}], {}, grpc.StatusCode.FAILED_PRECONDITION, "NOT_A_MEMORY"),
        ([{"id": "a"}, {"id": "b"}], {}, grpc.StatusCode.FAILED_PRECONDITION, "MEMORY_ENDED"),
        ([{"id": "a", "etag": "0"}], {}, grpc.StatusCode.ABORTED, "ETAG_MISMATCH"),
        ([{"id": "a"}], {"id": "note"}, grpc.StatusCode.ALREADY_EXISTS, "CONTEXT_EXISTS"),
    ]:
        context = context_pb2.Context(content="new", **options)
        refused(contexts.Supersede, superseded=items, context=context, code=code, reason=why)
        refused(
            contexts.Supersede, superseded=items, context=context, validate_only=True, code=code, reason=why)
    trial = contexts.Supersede(superseded=[{"id": "a"}], context=context_pb2.Context(content="x"), validate_only=True)
    assert trial.context.type == MEMORY and [each.id for each in trial.superseded] == ["a"]
    assert sorted(contexts.ids()) == ["a", "b", "note"] and contexts.GetContext(id="a").version == 1
    request = {"superseded": [{"id": "a"}], "context": context_pb2.Context(id="n", content="x"), "request_id": "r"}
    first = contexts.Supersede(**request)
    assert contexts.Supersede(**request) == first and first.context.id == "n"
    refused(
        contexts.Supersede, superseded=[{"id": "a"}], context=context_pb2.Context(content="x"),
        code=grpc.StatusCode.FAILED_PRECONDITION, reason="MEMORY_ENDED")


def test_x8_a_named_request_is_done_once(contexts):
    first = remember(contexts, request_id="r1", confidence=0.5)
    assert remember(contexts, request_id="r1", confidence=0.5) == first
    refused(
        contexts.Remember, context=context_pb2.Context(content="other"), request_id="r1",
        code=grpc.StatusCode.INVALID_ARGUMENT, reason="REQUEST_ID_REUSED")
    trial = contexts.Remember(context=context_pb2.Context(content="x"), validate_only=True)
    assert trial.type == MEMORY and trial.version == 0 and len(contexts.ids()) == 1


def test_x8_a_memory_changes_as_other_fields_do(contexts):
    stored = remember(contexts, importance=LOW, confidence=0.25)
    changed = contexts.update(stored.id, memory={"importance": CRITICAL, "kind": EXAMPLE})
    assert (changed.memory.importance, changed.memory.confidence, changed.memory.kind) == (CRITICAL, 0.25, EXAMPLE)
    other = contexts.update(stored.id, title="new")
    assert other.memory == changed.memory
    versions = contexts.ListContextVersions(id=stored.id).versions
    assert [each.context.memory.importance for each in versions] == [CRITICAL, CRITICAL, LOW]
    restored = contexts.RestoreContextVersion(id=stored.id, version=1)
    assert restored.memory == stored.memory
    refused(
        contexts.UpdateContext, context=context_pb2.Context(id=stored.id, memory={"confidence": 2}),
        code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")


def test_x8_all_wrong_fields_are_named_at_once(contexts):
    memory = {
        "kind": 77, "importance": 9, "confidence": -0.5, "source": 8, "origin": {"session": "x" * 129, "event": "\n"},
        "valid_from": {"seconds": 9}, "valid_to": {"seconds": 9}}
    names = {"kind", "importance", "confidence", "source", "origin.session", "origin.event", "valid_to"}
    wrong = context_pb2.Context(content="x", title="t", session="s", memory=memory)
    for call, fields in [
        (contexts.Remember, {"context": wrong}),
        (contexts.Supersede, {"context": wrong, "superseded": [{"id": "a"}]}),
        (contexts.CreateContext, {"context": context_pb2.Context(title="t", type=MEMORY, memory=memory)}),
    ]:
        refusal = refused(call, **fields, code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")
        assert {re.sub(r"^context\.memory\.", "", field) for field in refusal.fields} == names
    for request, field in [
        ({"context": context_pb2.Context(content="x", type=1)}, "context.type"),
        ({"context": context_pb2.Context()}, "context.title"), ({}, "context"),
        ({"context": context_pb2.Context(title="t"), "request_id": "x" * 129}, "request_id"),
    ]:
        assert list(refused(contexts.Remember, **request, code=grpc.StatusCode.INVALID_ARGUMENT).fields) == [field]
    refusal = refused(
        contexts.CreateContext, context=context_pb2.Context(title="t", memory={"kind": FACT}),
        code=grpc.StatusCode.INVALID_ARGUMENT)
    assert list(refusal.fields) == ["context.memory"]
    refusal = refused(
        contexts.Recall, query="x" * 5000, filter={"types": [1]}, kinds=[0, 99], min_importance=9, min_confidence=1.5,
        sources=[44], half_life={"nanos": 1}, valid_at={"seconds": 2**50}, limit=-1, view=7, as_of={},
        code=grpc.StatusCode.INVALID_ARGUMENT)
    assert set(refusal.fields) == {
        "query", "filter.types", "kinds[0]", "kinds[1]", "min_importance", "min_confidence", "sources[0]", "half_life",
        "valid_at", "limit", "view", "as_of"}
    refusal = refused(
        contexts.Supersede, superseded=[{"id": "a"}, {"id": "a"}, {"id": ""}, {"id": "n"}],
        context=context_pb2.Context(id="n", title="t"), code=grpc.StatusCode.INVALID_ARGUMENT)
    assert set(refusal.fields) == {f"superseded[{n}].id" for n in (1, 2, 3)}
    refused(
        contexts.Recall, as_of={"position": 10**9}, code=grpc.StatusCode.OUT_OF_RANGE, reason="POSITION_IN_FUTURE")


@pytest.mark.parametrize("query", ["'", "a & | b", "((", "!", "-x", "x:*", "\\", "a <-> b", "OR OR", "\"open", ":", "*"])
def test_x8_every_query_can_be_read(contexts, query):
    remember(contexts, "a b x")
    try:
        contexts.Recall(query=query)
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_x8_memories_of_other_projects_stay_there(contexts):
    stored = remember(contexts, "secret")
    other = new_project(contexts.channel)
    assert recalled(other) == [] and recalled(other, query="secret") == []
    refused(other.Forget, id=stored.id, code=grpc.StatusCode.NOT_FOUND, reason="CONTEXT_NOT_FOUND")
    refused(
        other.Supersede, superseded=[{"id": stored.id}], context=context_pb2.Context(content="x"),
        code=grpc.StatusCode.NOT_FOUND, reason="CONTEXT_NOT_FOUND")
