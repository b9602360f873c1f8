"""A memory stays one: what has the type MEMORY has what makes it a memory, and nothing else has, whoever writes."""

import random

import grpc
import pytest
from cairn.v1 import context_pb2

from harness.project import new_project
from harness.refusals import refused
from harness.transfer import Import, export, records

NOTE, MEMORY = 1, 5
INVALID = grpc.StatusCode.INVALID_ARGUMENT
STANDARD = {"kind": 1, "importance": 2, "confidence": 1}
FULL = {
    "kind": 2, "importance": 3, "confidence": 0.25, "source": 1, "valid_from": {"seconds": 100},
    "valid_to": {"seconds": 4_000_000_000},
    "origin": {"session": "s", "event": "e", "task": "t", "agent": "a", "principal": "p"}}


def memory(**fields):
    return context_pb2.Context(memory=fields).memory


def is_whole(context):
    return (context.type == MEMORY) == context.HasField("memory")


def test_x8_what_is_created_as_a_memory_is_one(contexts):
    made = contexts.create(type=MEMORY)
    assert made.memory == memory(**STANDARD) and contexts.GetContext(id=made.id) == made
    assert not contexts.create().HasField("memory")
    refused(contexts.CreateContext, context={"title": "t", "memory": STANDARD}, code=INVALID)


def test_x8_a_note_becomes_a_memory_and_a_memory_ceases_to_be_one(contexts):
    note = contexts.create(id="a", content="kept")
    assert list(refused(
        contexts.UpdateContext, context={"id": "a", "memory": {"confidence": 0.5}}, code=INVALID).fields) == [
            "context.memory"]
    changed = contexts.update("a", type=MEMORY)
    assert changed.memory == memory(**STANDARD) and changed.content == "kept" and note.version + 1 == changed.version
    changed = contexts.update("a", memory={"confidence": 0.5})
    assert changed.memory == memory(**{**STANDARD, "confidence": 0.5})
    for fields in ({"type": NOTE}, {"paths": ["type"], "type": 0}):
        paths = fields.pop("paths", ())
        refusal = refused(
            contexts.UpdateContext, context={"id": "a", **fields}, update_mask={"paths": paths}, code=INVALID)
        assert list(refusal.fields) == ["context.type"]
        assert list(refused(
            contexts.UpdateContext, context={"id": "a", **fields}, update_mask={"paths": paths}, validate_only=True,
            code=INVALID).fields) == ["context.type"]
    refused(
        contexts.UpdateContext, context={"id": "a", "type": NOTE, "memory": STANDARD},
        update_mask={"paths": ["type", "memory"]}, code=INVALID)
    ended = contexts.update("a", ["type", "memory"], type=NOTE)
    assert ended.type == NOTE and not ended.HasField("memory") and not contexts.Recall().memories
    both = contexts.update("a", type=MEMORY, memory={"importance": 4})
    assert both.memory == memory(**{**STANDARD, "importance": 4})
    assert not contexts.update("a", ["*"], title="t").HasField("memory")


@pytest.mark.parametrize("path,value", [
    ("kind", 4), ("importance", 1), ("confidence", 0.75), ("confidence", 0.0), ("source", 3),
    ("valid_from", {"seconds": 7}), ("valid_to", {"seconds": 4_100_000_000}), ("origin.session", "x"),
    ("origin.event", "x"), ("origin.task", "x"), ("origin.agent", "x"), ("origin.principal", "x")])
@pytest.mark.parametrize("masked", [True, False])
def test_x8_one_part_changes_alone(contexts, path, value, masked):
    stored = contexts.create(type=MEMORY, memory=FULL)
    given = {path: value} if "." not in path else {"origin": {path.split(".")[1]: value}}
    expected = memory(**FULL)
    expected.MergeFrom(memory(**given))
    if "valid" in path:
        getattr(expected, path).CopyFrom(getattr(memory(**given), path))
    changed = contexts.update(stored.id, [f"memory.{path}"] if masked else [], memory=given)
    assert changed.memory == expected and contexts.GetContext(id=stored.id) == changed
    trial = contexts.UpdateContext(
        context={"id": stored.id, "memory": {"confidence": 0.125}}, validate_only=True)
    expected.confidence = 0.125
    assert trial.memory == expected and contexts.GetContext(id=stored.id) == changed


def test_x8_a_named_part_without_a_value_gets_its_standard_value(contexts):
    stored = contexts.create(type=MEMORY, memory=FULL)
    changed = contexts.update(
        stored.id, ["memory.kind", "memory.confidence", "memory.valid_to", "memory.origin.task"])
    expected = memory(**{**FULL, "kind": 1, "confidence": 1})
    expected.ClearField("valid_to")
    expected.origin.task = ""
    assert changed.memory == expected
    assert not contexts.update(stored.id, ["memory.origin"]).memory.HasField("origin")
    whole = contexts.update(stored.id, ["memory"], memory={"importance": 4})
    assert whole.memory == memory(**{**STANDARD, "importance": 4})
    assert contexts.update(stored.id, ["memory"]).memory == memory(**STANDARD)


def test_x8_masks_that_clash_and_parts_that_do_not_fit_are_refused(contexts):
    id = contexts.create(type=MEMORY, memory=FULL).id
    for paths in (["memory", "memory.kind"], ["memory.kind", "memory"], ["memory.origin", "memory.origin.task"],
                  ["memory.kind", "memory.kind"], ["memory.nonsense"], ["memory.kind", "*"]):
        refused(
            contexts.UpdateContext, context={"id": id, "memory": FULL}, update_mask={"paths": paths}, code=INVALID,
            reason="FIELD_MASK_INVALID")
    # What is given does not fit what is stored.
    refusal = refused(
        contexts.UpdateContext, context={"id": id, "memory": {"valid_to": {"seconds": 50}}}, code=INVALID)
    assert list(refusal.fields) == ["context.memory.valid_to"]
    refusal = refused(
        contexts.UpdateContext, context={"id": id, "memory": {"confidence": 2, "kind": 77}}, code=INVALID)
    assert set(refusal.fields) == {"context.memory.confidence", "context.memory.kind"}
    assert contexts.GetContext(id=id).memory == memory(**FULL)


def test_x8_whatever_is_written_the_invariant_holds_and_an_export_can_be_imported(contexts):
    dice = random.Random(9)
    paths = ["type", "memory", "memory.kind", "memory.valid_to", "memory.origin", "title", "content"]
    id, done = contexts.create().id, 0
    for _ in range(150):
        context = context_pb2.Context(id=id, title="t", content=dice.choice(["", "x"]), type=dice.choice([0, NOTE, MEMORY]))
        if dice.random() < 0.5:
            context.memory.CopyFrom(memory(**dice.choice([{}, STANDARD, FULL, {"confidence": 0.5}])))
        mask = dice.choice([[], ["*"], dice.sample(paths, dice.randrange(1, 4))])
        try:
            changed = contexts.UpdateContext(context=context, update_mask={"paths": mask})
        except grpc.RpcError as error:
            assert error.code() == INVALID, error
            continue
        done += 1
        assert is_whole(changed) and is_whole(contexts.GetContext(id=id)), (context, mask)
    assert 20 < done < 150
    contexts.create(type=MEMORY, memory=FULL, id="full")
    contexts.RestoreContextVersion(id=id, version=dice.randrange(1, done))
    for versions in (False, True):
        other = new_project(contexts.channel)
        running = Import(other)
        running.send(records=list(records(export(contexts, include_versions=versions))))
        last = running.finish()
        assert last.failed == 0 and last.stored == 2, running.failures
        assert {c.id: c.memory for c in other.list()} == {c.id: c.memory for c in contexts.list()}
        assert all(is_whole(c) for c in other.list())
