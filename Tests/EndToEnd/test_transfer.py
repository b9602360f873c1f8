"""What is exported can be imported again, identical, and a cut in the middle stores nothing twice."""

import random
import time

import grpc
import pytest
from cairn.v1 import context_pb2, relationship_pb2, transfer_pb2
from google.protobuf import json_format

from harness.memory import is_within, resident
from harness.project import new_project
from harness.refusals import refusal, refused
from harness.transfer import (
    NEW_IDS, OVERWRITE, SKIP, STOP, Import, export, exported, imported, kept, lines_of, records, records_of)

INVALID = grpc.StatusCode.INVALID_ARGUMENT
JSON = transfer_pb2.TRANSFER_FORMAT_JSON_LINES
WORDS = "bridge river closed opened footpath stone Größe naïve 東京 \U0001f600 \"quoted\" back\\slash tab\t line\n".split(" ")


def made(count, seed=1, prefix="id"):
    """Contexts of all kinds with every field that a client can set, and times of their own."""
    chance = random.Random(seed)
    for number in range(count):
        context = context_pb2.Context(
            id=f"{prefix}-{number:06}", title=f"Number {number} {chance.choice(WORDS)}",
            type=chance.randint(1, 9), status=chance.randint(1, 3),
            content=" ".join(chance.choices(WORDS, k=chance.randint(0, 120))), data=chance.randbytes(number % 40),
            media_type=chance.choice(["", "text/markdown", "application/octet-stream"]),
            owner=chance.choice(["", "ann", "ben"]), session=chance.choice(["", "s-1"]),
            tags=chance.sample(["a", "b{}", "c,\"d\"", "NULL", "東京"], chance.randint(0, 4)))
        context.create_time.FromMicroseconds(1_600_000_000_000_000 + number * 1_000_003)
        context.update_time.FromMicroseconds(1_650_000_000_000_000 + number * 7)
        if context.type == context_pb2.CONTEXT_TYPE_MEMORY:
            context.memory.kind, context.memory.importance, context.memory.confidence = 1 + number % 5, 2, 1
        if number % 3 == 0:
            context.metadata.update({"n": number, "deep": {"list": [1, "two", None, {"x": True}]}, "text": "ü"})
        if number % 7 == 0:
            context.expire_time.FromMicroseconds(4_000_000_000_000_000 + number)
        if number % 10 == 0:
            context.delete_time.FromMicroseconds(1_700_000_000_000_000 + number)
        yield context


def same(one, two):
    assert list(one) == list(two), "other ids, or in another order"
    for id in one:
        assert kept(one[id]) == kept(two[id])


@pytest.mark.parametrize("format", [transfer_pb2.TRANSFER_FORMAT_RECORDS, JSON])
def test_x10_out_and_in_again_is_identical(contexts, other, format):
    things = list(made(3_000))
    last = imported(contexts, things).last
    assert (last.stored, last.skipped, last.failed, last.acknowledged) == (3_000, 0, 0, 3_000)
    first = exported(contexts, show_deleted=True, format=format)
    assert {id: kept(context) for id, context in first.items()} == {thing.id: kept(thing) for thing in things}

    running = Import(other)
    for response in export(contexts, show_deleted=True, format=format):
        running.send(records=response.records, json_lines=response.json_lines)
    last = running.finish()
    assert (last.stored, last.ignored, last.failed) == (3_000, 2, 0)
    same(exported(other, show_deleted=True), first)
    assert other.GetContext(id="id-000001").version == 1


def test_x10_an_export_begins_with_a_header_and_says_its_end(contexts):
    contexts.create(id="a")
    responses = list(export(contexts))
    all = list(records(responses))
    assert [record.WhichOneof("record") for record in all] == ["header", "context", "end"]
    assert all[0].header.project == contexts.project and all[0].header.position == responses[0].position > 0
    watcher = contexts.watch().caught_up()
    assert all[0].header.journal_id == watcher.journal
    watcher.close()
    assert all[-1].end.records == 1
    empty = list(records(export(contexts, filter={"owner": "nobody"})))
    assert [record.WhichOneof("record") for record in empty] == ["header", "end"]


def test_x10_a_line_that_has_no_room_in_a_message_goes_out_and_in_again(contexts, other):
    """A mebibyte of control characters is six in JSON: more than a stock client takes at once, and than it may send."""
    long = contexts.create(id="long", content="\x01" * (1 << 20))
    contexts.create(id="short")
    responses = list(export(contexts, format=transfer_pb2.TRANSFER_FORMAT_JSON_LINES))
    assert max(len(response.json_lines) for response in responses) <= 3 << 20
    assert [response.records_sent for response in responses] == sorted(response.records_sent for response in responses)
    assert responses[-1].records_sent == 2
    found = list(records(responses))
    assert [record.context.content for record in found if record.context.id == "long"] == [long.content]
    running = Import(other)
    for record in found:
        if record.context.id == "long":
            running.send(records=[record])
        else:
            running.send(json_lines=json_format.MessageToJson(record, indent=None).encode() + b"\n")
    assert running.finish().stored == 2
    assert other.GetContext(id="long").content == long.content


def test_x10_an_export_shows_one_position_whatever_is_written_meanwhile(contexts):
    for start in range(0, 2_000, 1000):
        contexts.BatchCreateContexts(requests=[
            {"context": {"id": f"{number:06}", "title": "before", "content": "x" * 2_000}}
            for number in range(start, start + 1000)])
    responses = export(contexts, show_deleted=True)
    seen = [next(responses)]
    contexts.DeleteContext(id="001999")
    contexts.update("001998", title="after")
    contexts.update("001998", title="after that")
    contexts.create(id="001990-new")
    seen += responses
    found = {record.context.id: record.context for record in records(seen) if record.HasField("context")}
    assert len(found) == 2_000
    assert {context.title for context in found.values()} == {"before"}
    assert not any(context.HasField("delete_time") for context in found.values())
    assert max(context.position for context in found.values()) <= seen[0].position
    then = exported(contexts, as_of={"position": seen[0].position})
    assert {id: kept(context) for id, context in then.items()} == {id: kept(found[id]) for id in found}
    again = exported(contexts, show_deleted=True)
    assert again["001998"].title == "after that" and again["001999"].HasField("delete_time")


def test_x10_filters_and_versions(contexts):
    contexts.create(id="a", owner="ann", tags=["x", "y"])
    contexts.create(id="b", owner="ben", tags=["x"])
    contexts.update("b", title="two")
    contexts.update("b", title="three")
    contexts.create(id="c", type=context_pb2.CONTEXT_TYPE_CODE)
    contexts.DeleteContext(id="c")
    assert list(exported(contexts)) == ["a", "b"]
    assert list(exported(contexts, show_deleted=True)) == ["a", "b", "c"]
    assert list(exported(contexts, filter={"tags": ["y", "x"]})) == ["a"]
    assert list(exported(contexts, filter={"owner": "ben"})) == ["b"]
    assert list(exported(contexts, filter={"types": [context_pb2.CONTEXT_TYPE_CODE]}, show_deleted=True)) == ["c"]
    old = [record.context_version for record in records(export(contexts, include_versions=True))
           if record.HasField("context_version")]
    assert [(context.id, context.version, context.title) for context in old] == [("b", 1, "a title"), ("b", 2, "two")]


def test_x10_a_cut_export_goes_on_where_it_was(contexts):
    imported(contexts, list(made(2_500)))
    whole = exported(contexts, show_deleted=True)
    token, found, sent, cuts = "", {}, 0, 0
    while True:
        responses = export(contexts, show_deleted=True, resume_token=token)
        before = token
        for response in responses:
            found.update({record.context.id: record.context for record in response.records if
                          record.HasField("context")})
            sent = response.records_sent
            if response.resume_token and response.resume_token != before and not response.records[0].HasField("header"):
                token = response.resume_token
                responses.cancel()
                cuts += 1
                break
        else:
            break
        contexts.update("id-002499", title=f"changed {token}"[:100])  # Does not show: the position stays.
    assert cuts > 1 and found == whole and sent == len(whole)
    refused(lambda **request: list(export(contexts, **request)), resume_token=token, code=INVALID,
            reason="PAGE_TOKEN_INVALID")


def test_x10_modes(contexts):
    contexts.create(id="a", title="old", content="old", tags=["old"])
    contexts.create(id="b", title="old")
    contexts.DeleteContext(id="b")
    new = [context_pb2.Context(id=id, title="new") for id in "abc"]

    last = imported(contexts, new, mode=SKIP).last
    assert (last.stored, last.skipped) == (1, 2)
    assert contexts.GetContext(id="a").title == "old"

    last = imported(contexts, new, mode=OVERWRITE).last
    assert (last.stored, last.overwritten, last.skipped) == (0, 3, 0)
    found = contexts.GetContext(id="a")
    assert (found.title, found.content, list(found.tags), found.version) == ("new", "", [], 2)
    assert not contexts.GetContext(id="b").HasField("delete_time"), "as the file has it"
    watched = contexts.watch(after_position=0, ids=["a"]).caught_up()
    assert [change.context.title for change in watched.changes] == ["old", "new"], "the old version is kept"
    watched.close()

    last = imported(contexts, new, mode=NEW_IDS).last
    assert last.stored == 3
    assert len(contexts.ids()) == 6


def test_x10_an_id_twice_in_one_import(contexts):
    twice = [context_pb2.Context(id="a", title=f"number {number}") for number in range(5)]
    last = imported(contexts, twice).last
    assert (last.stored, last.skipped) == (1, 4)
    assert contexts.GetContext(id="a").title == "number 0"
    last = imported(contexts, twice, mode=OVERWRITE).last
    assert last.overwritten == 5
    assert (contexts.GetContext(id="a").title, contexts.GetContext(id="a").version) == ("number 4", 6)


def test_x10_contexts_without_ids_and_times_get_them(contexts):
    running = imported(contexts, [context_pb2.Context(title=f"t{number}") for number in range(10)])
    assert running.last.stored == 10
    for context in contexts.list():
        assert len(context.id) == 36 and context.create_time == context.update_time
        assert abs(context.create_time.ToSeconds() - time.time()) < 600
    again = Import(contexts, import_id=running.id)
    again.send(first_sequence=1, records=records_of([context_pb2.Context(title=f"t{n}") for n in range(10)]))
    assert again.finish().stored == 10 and len(contexts.ids()) == 10, "nothing twice"


def test_x10_one_bad_line_in_many_is_reported_by_line(contexts):
    lines = lines_of(made(2_000)).splitlines(keepends=True)
    bad = {
        17: (b'{"context": {"title": "cut', "RECORD_MALFORMED", "JSON"),
        500: (b"\xff\xfe\x00nonsense\n", "RECORD_MALFORMED", "UTF-8"),
        501: (b'{"context": {"id": "x"}}\n', "FIELD_INVALID", "context.title must not be empty"),
        1_777: (b'{"titel": "x"}\n', "RECORD_MALFORMED", "titel"),
        2_000: (b'{"context": {"title": "x", "createTime": "2024-02-30T00:00:00Z"}}', "RECORD_MALFORMED", "time"),
    }
    for number, (text, _, _) in bad.items():
        lines[number - 1] = text if text.endswith(b"\n") or number == 2_000 else text + b"\n"
    running = Import(contexts)
    for start in range(0, 2_000, 300):
        running.send(json_lines=b"".join(lines[start:start + 300]))
    last = running.finish()
    assert (last.stored, last.failed, last.acknowledged) == (1_995, 5, 2_000)
    assert sorted(running.failures) == sorted(bad)
    for number, (_, reason, text) in bad.items():
        error = running.failures[number]
        assert error.code == INVALID.value[0] and text.lower() in error.message.lower(), error
        assert reason.encode() in error.details[0].value


@pytest.mark.parametrize("asked", ["rest", "none"])
def test_x10_one_bad_line_in_a_hundred_thousand(contexts, asked):
    lines = [b'{"context":{"id":"%d","title":"t"}}\n' % n for n in range(1, 100_001)]
    lines[76_543] = b'{"context":{"id":"76544","titel":"t"}}\n'

    def run(**options):
        running = Import(contexts, **options)
        for start in range(0, 100_000, 5_000):
            running.send(json_lines=b"".join(lines[start:start + 5_000]))
        return running, running.finish()

    running, last = run(validate_only=asked == "none")
    assert (last.stored, last.failed, list(running.failures)) == (99_999, 1, [76_544])
    assert "titel" in running.failures[76_544].message
    stats = contexts.SearchStats()
    assert stats.documents == (0 if asked == "none" else 99_999)


def test_x10_stops_at_the_first_bad_record_when_asked(contexts):
    things = list(made(1_500))
    things[1_200].title = ""
    running = Import(contexts, on_error=STOP)
    for start in range(0, 1_500, 100):
        running.send(records=records_of(things[start:start + 100]))
    with pytest.raises(grpc.RpcError) as caught:
        running.finish()
    failed = refusal(caught.value)
    assert failed.code == INVALID and failed.metadata["sequence"] == "1201" and "context.title" in failed.fields
    assert len(contexts.ids(show_deleted=True)) == 1_200 == running.responses[-1].acknowledged
    # Put right, it goes on.
    things[1_200].title = "right"
    again = Import(contexts, import_id=running.id, on_error=STOP)
    assert again.begun.acknowledged == 1_200
    again.send(first_sequence=1_201, records=records_of(things[1_200:]))
    assert again.finish().stored == 1_500
    assert len(contexts.ids(show_deleted=True)) == 1_500


def test_x10_asking_only_writes_nothing(contexts):
    contexts.create(id="id-000001")
    things = list(made(50))
    things[7].title = " "
    running = imported(contexts, things, validate_only=True)
    assert (running.last.stored, running.last.skipped, running.last.failed) == (48, 1, 1)
    assert list(running.failures) == [8] and contexts.ids() == ["id-000001"]


def test_x10_times_that_cannot_be(contexts):
    context = context_pb2.Context(id="a", title="t")
    context.create_time.seconds = 2_000
    context.update_time.seconds = 1_000
    context.delete_time.seconds = 1 << 60
    error = imported(contexts, [context]).failures[1]
    assert "context.update_time must not be before create_time" in error.message or "(and 1 more)" in error.message


def test_x10_a_client_that_goes_away_and_comes_back(contexts):
    things = list(made(6_000))
    running = Import(contexts, mode=NEW_IDS)
    rounds, done = 0, 0
    while done < 6_000:
        rounds += 1
        for start in range(done, min(done + 2_500, 6_000), 250):
            running.send(first_sequence=start + 1, records=records_of(things[start:start + 250]))
        done = running.receive_until(min(done + 1_000, 6_000)).acknowledged
        running.cut()
        running = Import(contexts, import_id=running.id, mode=NEW_IDS)
        assert running.begun.acknowledged >= done
        done = running.begun.acknowledged
    last = running.finish()
    assert rounds > 1 and (last.stored, last.skipped, last.acknowledged) == (6_000, 0, 6_000)
    found = exported(contexts, show_deleted=True)
    assert sorted(c.title for c in found.values()) == sorted(t.title for t in things)


def test_x10_a_new_import_forgets_no_other(contexts):
    things = list(made(40))
    cut = Import(contexts, mode=NEW_IDS)
    cut.send(first_sequence=1, records=records_of(things[:20]))
    cut.receive_until(20)
    cut.cut()
    imported(contexts, list(made(3)), mode=NEW_IDS)
    running = Import(contexts, import_id=cut.id, mode=NEW_IDS)
    assert running.begun.acknowledged == 20
    running.send(first_sequence=21, records=records_of(things[20:]))
    assert running.finish().stored == 40
    assert len(exported(contexts, show_deleted=True)) == 43


CONTAINS, CUSTOM = relationship_pb2.RELATIONSHIP_KIND_CONTAINS, relationship_pb2.RELATIONSHIP_KIND_CUSTOM


def relate(contexts, *relationships):
    contexts.RelateContexts(atomic=True, relationships=relationships)


def relationships(responses):
    """The relationships of an export, without what is the server's own."""
    found = [record.relationship for record in records(responses) if record.HasField("relationship")]
    for each in found:
        for field in ("create_time", "update_time", "version", "etag", "position"):
            each.ClearField(field)
    return found


def test_x10_relationships_go_with_their_contexts(contexts, other):
    for id in "abcd":
        contexts.create(id=id, owner="ann" if id != "c" else "ben")
    edge = relationship_pb2.Relationship
    ended = edge(source="a", target="b", kind=CUSTOM, name="met", weight=0.5)
    ended.valid_from.seconds, ended.valid_to.seconds = 1_000, 2_000
    again = edge(source="a", target="b", kind=CUSTOM, name="met", metadata={"k": [1]})
    again.valid_from.seconds = 3_000
    relate(contexts, ended)
    relate(contexts, again, edge(source="a", target="c", kind=CONTAINS), edge(source="b", target="d", kind=CONTAINS))
    position = contexts.create(id="later").position
    relate(contexts, edge(source="d", target="later", kind=CONTAINS))
    contexts.DeleteContext(id="d")

    everything = relationships(export(contexts, include_relationships=True, show_deleted=True))
    assert [(each.source, each.target) for each in everything] == [("a", "c"), ("a", "b"), ("a", "b")]
    assert [(e.weight, e.valid_from.seconds, e.valid_to.seconds) for e in everything[1:]] == [
        (0.5, 1_000, 2_000), (1, 3_000, 0)]
    then = relationships(export(contexts, include_relationships=True, as_of={"position": position}))
    assert [each.target for each in then] == ["c", "b", "b", "d"]
    anns = relationships(export(contexts, include_relationships=True, filter={"owner": "ann"}))
    assert [each.target for each in anns] == ["b", "b"]
    assert relationships(export(contexts)) == []

    def copy(mode):
        running = Import(other, mode=mode)
        for response in export(contexts, include_relationships=True):
            running.send(records=response.records)
        return running.finish()

    last = copy(SKIP)
    assert (last.stored, last.skipped, last.failed) == (7, 0, 0)
    assert relationships(export(other, include_relationships=True)) == everything
    last = copy(SKIP)
    assert (last.stored, last.skipped, last.failed) == (0, 7, 0)
    last = copy(OVERWRITE)
    assert (last.stored, last.overwritten, last.skipped, last.failed) == (0, 6, 1, 0)
    assert relationships(export(other, include_relationships=True)) == everything
    last = copy(NEW_IDS)
    assert (last.stored, last.failed) == (7, 0)
    assert len(relationships(export(other, include_relationships=True))) == 6


def test_x10_relationships_without_contexts_are_reported(contexts):
    contexts.create(id="a")
    edge = relationship_pb2.Relationship(source="a", target="none", kind=CONTAINS)
    wrong = relationship_pb2.Relationship(source="a", target="a", kind=CONTAINS)
    running = Import(contexts)
    running.send(records=[transfer_pb2.TransferRecord(relationship=each) for each in (edge, wrong)])
    last = running.finish()
    assert (last.stored, last.failed, sorted(running.failures)) == (0, 2, [1, 2])
    running = Import(contexts, on_error=STOP)
    running.send(records=[*records_of(made(1)), transfer_pb2.TransferRecord(relationship=edge)])
    with pytest.raises(grpc.RpcError) as caught:
        running.finish()
    assert refusal(caught.value).metadata["sequence"] == "2" and running.responses[-1].acknowledged == 1


def test_x10_relationships_of_a_cut_export(contexts):
    """Every page of more relationships than one page has, from every token."""
    contexts.BatchCreateContexts(requests=[{"context": {"id": f"{n:04}", "title": "t"}} for n in range(61)])
    edges = [relationship_pb2.Relationship(source=f"{a:04}", target=f"{b:04}", kind=CUSTOM, name="n")
             for a in range(60) for b in range(60) if a != b]
    for start in range(0, len(edges), 900):
        relate(contexts, *edges[start:start + 900])
    responses = list(export(contexts, include_relationships=True))
    whole = [(e.source, e.target) for e in relationships(responses)]
    assert len(whole) == len(edges) == len(set(whole))
    token = [response.resume_token for response in responses if response.resume_token][-2]
    rest = [(e.source, e.target) for e in relationships(
        export(contexts, include_relationships=True, resume_token=token))]
    assert 0 < len(rest) < len(whole) and whole[-len(rest):] == rest


def test_x10_memories_stay_memories(contexts, other):
    thing = context_pb2.Context(id="m", title="t", content="likes tea", type=context_pb2.CONTEXT_TYPE_MEMORY)
    thing.memory.confidence = 0.75
    last = imported(contexts, [thing]).last
    assert last.stored == 1, last
    found = exported(contexts)["m"]
    assert found.memory.confidence == 0.75
    imported(other, [found])
    assert kept(exported(other)["m"]) == kept(found)


def test_x10_kill_9_of_the_server_in_the_middle(own_server, start_server, database):
    things = list(made(20_000))
    server, id, kills = own_server, "survivor", 0
    while True:
        with server.channel() as channel:
            contexts = new_project(channel) if kills == 0 else contexts.elsewhere(channel)
            running = Import(contexts, import_id=id)
            done = running.begun.acknowledged
            for start in range(done, 20_000, 500):
                running.send(first_sequence=start + 1, records=records_of(things[start:start + 500]))
            if kills == 3:
                last = running.finish()
                break
            assert running.receive_until(done + 2_000).acknowledged < 20_000, "nothing is left to cut"
            server.kill()
            kills += 1
            running.cut()
            server = start_server("--database-url", database.url)
    with server.channel() as channel:
        contexts = contexts.elsewhere(channel)
        assert (last.stored, last.skipped, last.failed, last.acknowledged) == (20_000, 0, 0, 20_000)
        found = exported(contexts, show_deleted=True)
        assert [kept(context) for context in found.values()] == [kept(thing) for thing in things]
        assert {context.version for context in found.values()} == {1}, "nothing was stored twice"


def test_x10_wrong_streams_are_refused(contexts):
    running = Import(contexts, import_id="named")
    running.send(first_sequence=3, records=records_of(made(1)))
    with pytest.raises(grpc.RpcError) as caught:
        running.finish()
    gap = refusal(caught.value)
    assert (gap.code, gap.reason, gap.metadata) == (INVALID, "IMPORT_GAP", {"expected": "1", "sequence": "3"})
    refused(Import, contexts, import_id="named", mode=OVERWRITE, code=INVALID, reason="IMPORT_ID_REUSED")
    refused(Import, contexts, import_id="a\nb", mode=77, code=INVALID, reason="FIELD_INVALID")
    running = Import(contexts)
    running.send(options=transfer_pb2.ImportOptions())
    with pytest.raises(grpc.RpcError) as caught:
        running.finish()
    assert refusal(caught.value).code == INVALID
    refused(lambda **request: list(export(contexts, **request)), format=9, filter={"tags": ["x", "x"]}, code=INVALID)


def test_x10_of_two_calls_on_one_import_the_later_one_goes_on(contexts):
    first = Import(contexts, import_id="one")
    first.send(records=records_of(made(10)))
    first.receive_until(10)
    second = Import(contexts, import_id="one")
    assert second.begun.acknowledged == 10
    first.send(records=records_of(list(made(20))[10:]))
    with pytest.raises(grpc.RpcError) as caught:
        first.finish()
    assert refusal(caught.value).reason == "IMPORT_TAKEN_OVER"
    second.send(records=records_of(list(made(20))[10:]))
    assert second.finish().stored == 20


def test_x10_the_export_of_large_contexts_needs_little_memory(own_server):
    with own_server.channel(("grpc.max_receive_message_length", 8 << 20)) as channel:
        contexts = new_project(channel)
        text = "".join(random.Random(1).choices("abcdefghij ", k=200_000))
        imported(contexts, [context_pb2.Context(id=f"{n:04}", title="t", content=text) for n in range(400)], size=10)
        assert len(list(records(export(contexts)))) == 402
        before = resident(own_server.process)
        count = sum(1 for _ in records(export(contexts)))
        grown = resident(own_server.process, "VmHWM") - before
        assert count == 402
        assert is_within(grown, 30 << 20), grown
