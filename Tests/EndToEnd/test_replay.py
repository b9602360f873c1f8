"""Recordings of sessions, and playing them: frames, pace, commands, checks and figures."""

import time

import grpc
import pytest
from cairn.v1 import project_pb2, project_pb2_grpc, replay_pb2

from harness.refusals import refusal, refused
from harness.replay import FINDING, RECORDING, SNAPSHOT, STATUS, Playing, checksum, new_replays
from harness.server import Server
from harness.sessions import BROKEN, COMPLETED, CUSTOM, FOREVER, HANDOFF, MESSAGE, WORKING, note, to
from harness.waiting import eventually

NOT_FOUND, INVALID, RANGE, PRECONDITION, EXISTS, UNAVAILABLE, CANCELLED = (
    grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.CANCELLED)
RECORDS, ENDED = RECORDING.STATE_RECORDING, RECORDING.STATE_COMPLETED
INITIAL, COUNTED, PERIOD, FINAL = (
    SNAPSHOT.Kind.Value(f"KIND_{name}") for name in ("INITIAL", "EVENTS", "PERIOD", "FINAL"))
SECOND = 1_000_000_000


@pytest.fixture
def replays(channel):
    return new_replays(channel)


@pytest.fixture(scope="module")
def second(module_database):
    """Another server on the database of the first."""
    running = Server("--database-url", module_database.url).start()
    with running.channel() as channel:
        yield channel
    status = running.stop()
    assert status == 0, running.text


def appended(replays, session, count, size=500):
    """Appends so many notes, together."""
    stream = replays.stream()
    for start in range(0, count, size):
        stream.send([note(str(start + number)) for number in range(min(size, count - start))], session)
    return stream.rest().last_sequence


def shape(frames):
    """Frames as short texts: `3` for an event, `3 EVENTS` for a snapshot behind it."""
    return [
        str(frame.sequence) if frame.HasField("event")
        else f"{frame.sequence} {SNAPSHOT.Kind.Name(frame.snapshot.kind)[5:]}"
        for frame in frames]


def spread(database, project, session, gaps):
    """Gives a session's events other times: so many seconds between each and the one before."""
    times = ", ".join(f"({sequence}, {sum(gaps[:sequence])})" for sequence in range(1, len(gaps) + 1))
    database.query(
        "UPDATE session_event SET at = '2026-01-01 00:00:00+00'::timestamptz + seconds * interval '1 second'"
        f" FROM (VALUES {times}) AS times (place, seconds)"
        f" WHERE project_id = '{project}' AND session_id = '{session}' AND sequence = place")


# Recordings


def test_a_recording_begins_with_the_snapshot_of_its_session(replays):
    replays.begin(id="s", agent="bob", metadata={"k": [1, "é\u007f\n", {"b": 2, "a": True}]}, entities=["e"])
    replays.JoinSession(id="s", agent="ann")
    replays.append("s", to(BROKEN))
    made = replays.acting(agent="cid").record("s", title="a talk")
    assert made.id.startswith("rec-") and (made.session, made.title, made.agent) == ("s", "a talk", "cid")
    assert (made.state, made.first_sequence, made.last_sequence) == (RECORDS, 4, 3)
    assert (made.snapshot_every_events, made.snapshot_every.seconds, made.max_duration.seconds) == (50, 300, 3600)
    assert made.position > 0 and made.start_time.seconds > 0 and not made.HasField("end_time")
    # What comes later is not in it.
    replays.UpdateSession(session={"id": "s", "metadata": {"k": 2}}, update_mask={"paths": ["metadata"]})
    replays.LeaveSession(id="s", agent="ann")
    first, event, last = replays.frames(recording=made.id)
    assert first.time == made.start_time and not first.HasField("delta")
    snapshot = first.snapshot
    assert (snapshot.kind, snapshot.session, snapshot.state) == (INITIAL, "s", BROKEN)
    assert (list(snapshot.agents), snapshot.event_count) == (["ann", "bob"], 3)
    assert snapshot.metadata["k"][1] == "é\u007f\n"
    assert event.event == replays.events("s")[-1]
    assert (last.snapshot.kind, list(last.snapshot.agents)) == (FINAL, ["bob"])
    assert last.delta.metadata_changed and list(last.delta.agents_removed) == ["ann"]


def test_what_any_server_appends_is_recorded(replays, second):
    there = replays.elsewhere(second)
    replays.begin(id="s")
    recording = replays.record("s", id="r")
    for number in range(10):
        (there if number % 2 else replays).append("s", note(str(number)))
    assert there.GetRecording(id="r").last_sequence == 10
    frames = there.frames(recording="r")
    assert [frame.event.name for frame in frames if frame.HasField("event")] == [str(number) for number in range(10)]
    assert frames == replays.frames(recording="r")
    stopped = there.StopRecording(id="r")
    assert replays.GetRecording(id="r") == stopped and stopped.position == recording.position
    replays.append("s")
    assert replays.frames(recording="r") == frames


def test_a_snapshot_stands_after_every_fifty_events(replays):
    replays.begin(id="s")
    appended(replays, "s", 7)
    replays.record("s", id="r")
    appended(replays, "s", 120)
    frames = replays.frames(page_size=1000, recording="r")
    expected = ["7 INITIAL"]
    for sequence in range(8, 128):
        expected.append(str(sequence))
        if sequence in (57, 107):
            expected.append(f"{sequence} EVENTS")
    assert shape(frames) == [*expected, "127 FINAL"]
    # However they are asked for, and without a recording.
    for size in (1, 2, 3, 50, 60):
        pages = replays.frame_pages(page_size=size, recording="r")
        assert all(len(page) <= size for page in pages)
        assert [frame for page in pages for frame in page] == frames
    assert shape(replays.frames(session="s", from_sequence=8))[1:] == expected[1:] + ["127 FINAL"]


def test_a_snapshot_stands_at_the_end_of_each_period_with_events(replays, module_database):
    replays.begin(id="s", ttl=FOREVER)
    for state in (BROKEN, WORKING) * 4:
        replays.append("s", to(state))
    spread(module_database, replays.project, "s", [0, 1, 1, 5, 3, 30, 3, 2])
    source = {"session": "s", "snapshot_every": {"seconds": 5}, "snapshot_every_events": 7}
    frames = replays.frames(**source)
    assert shape(frames) == [
        "0 INITIAL", "1", "2", "3", "3 PERIOD", "4", "4 PERIOD", "5", "5 PERIOD", "6", "7", "7 EVENTS", "8", "8 FINAL"]
    start = frames[0].time.ToNanoseconds()
    due = [frame.time.ToNanoseconds() - start for frame in frames if not frame.HasField("event")]
    assert due == [0, 5 * SECOND, 10 * SECOND, 15 * SECOND, 43 * SECOND, 45 * SECOND]
    assert [frame for page in replays.frame_pages(page_size=1, **source) for frame in page] == frames


def test_a_recording_that_waits_has_a_snapshot_of_its_period(replays):
    replays.begin(id="s")
    made = replays.record("s", id="r", snapshot_every={"seconds": 1})
    first = replays.append("s")

    def later():
        answer = replays.append("s", unpublished=True)
        return answer.time.ToNanoseconds() - made.start_time.ToNanoseconds() > SECOND

    assert first.time.ToNanoseconds() - made.start_time.ToNanoseconds() < SECOND
    eventually(later, "a period has passed")
    frames = replays.frames(page_size=1000, recording="r")
    timed = [frame for frame in frames if frame.HasField("snapshot") and frame.snapshot.kind == PERIOD]
    assert len(timed) == 1 and timed[0].time.ToNanoseconds() - made.start_time.ToNanoseconds() == SECOND
    assert timed[0].sequence == frames[-1].sequence - 1


def test_deltas_are_of_sets(replays):
    replays.begin(id="s", agent="ann")
    replays.JoinSession(id="s", agent="bob")
    replays.record("s", id="r", snapshot_every_events=3)
    replays.JoinSession(id="s", agent="cid")
    replays.LeaveSession(id="s", agent="ann")
    replays.append("s", to(BROKEN))
    replays.append("s")
    replays.append("s", to(WORKING))
    frames = replays.frames(recording="r")
    assert shape(frames) == ["1 INITIAL", "2", "3", "4", "4 EVENTS", "5", "6", "6 FINAL"]
    joined, left, broke, counted, plain, works, final = frames[1:]
    assert list(joined.delta.agents_added) == ["cid"] and not joined.delta.agents_removed
    for frame in (left, broke, counted):
        assert (list(frame.delta.agents_added), list(frame.delta.agents_removed)) == (["cid"], ["ann"])
    assert left.event.handoff.agent == "ann" and not left.delta.to_state
    assert (counted.delta.from_state, counted.delta.to_state) == (WORKING, BROKEN)
    assert list(counted.snapshot.agents) == ["bob", "cid"]
    # Against the last snapshot, not the first.
    assert not plain.HasField("delta")
    assert (works.delta.from_state, works.delta.to_state) == (BROKEN, WORKING) and not works.delta.agents_added
    assert (final.delta.from_state, final.delta.to_state) == (BROKEN, WORKING)


def test_a_snapshot_in_the_middle_of_a_write_has_the_state_of_its_place(replays):
    replays.begin(id="s")
    replays.record("s", id="r", snapshot_every_events=1)
    replays.stream().send([to(BROKEN), note(), to(WORKING), to(BROKEN), note()], "s").rest()
    frames = replays.frames(recording="r")
    states = [frame.snapshot.state for frame in frames if frame.HasField("snapshot")]
    assert states == [WORKING, BROKEN, BROKEN, WORKING, BROKEN, BROKEN]
    assert replays.validate(recording="r").valid
    for sequence, state in enumerate(states):
        opening = replays.frames(recording="r", from_sequence=sequence + 1)[0] if sequence < 5 else frames[-1]
        assert opening.snapshot.state == state


def test_a_checksum_is_of_the_documented_form(replays):
    replays.begin(id="s", agent="zoë", metadata={"b": {"y": 1, "x": [2, "text\n\""]}, "a": "é", "ä": 0})
    replays.JoinSession(id="s", agent="ann")
    replays.record("s", id="r")
    replays.append("s", to(BROKEN))
    snapshots = [frame.snapshot for frame in replays.frames(recording="r") if frame.HasField("snapshot")]
    assert len(snapshots) == 2
    for snapshot in snapshots:
        assert snapshot.checksum == checksum(snapshot)
    assert snapshots[0].checksum != snapshots[1].checksum


def story(replays):
    """A session with a bit of everything, recorded as `r`."""
    replays.begin(id="s", agent="ann", entities=["e"])
    replays.record("s", id="r", snapshot_every_events=4)
    replays.JoinSession(id="s", agent="bob")
    replays.append("s", to(BROKEN))
    point = replays.CreateCheckpoint(session="s", agent="ann")
    replays.LeaveSession(id="s", agent="ann")
    replays.append("s", to(WORKING))
    replays.RestoreCheckpoint(session="s", id=point.id)
    replays.append("s", {**note(), "agent": "ann"})
    replays.stream().send([to(WORKING), note(), to(BROKEN), note()], "s").rest()
    replays.EndSession(id="s")
    return replays.frames(page_size=1000, recording="r")


def test_a_replay_is_validated(replays):
    frames = story(replays)
    answer = replays.validate(recording="r")
    assert answer.valid and not answer.findings and (answer.events, answer.next_sequence) == (12, 0)
    assert answer.snapshots == len([frame for frame in frames if frame.HasField("snapshot")])
    assert frames[-1].snapshot.state == COMPLETED
    answer = replays.validate(session="s")
    assert answer.valid and answer.events == 13
    # Copies, as a whole and in parts.
    assert replays.validate(frames, recording="r").valid
    for start in range(0, len(frames), 5):
        part = replays.validate(frames[start:start + 5], recording="r")
        assert part.valid and part.events + part.snapshots == len(frames[start:start + 5])


def test_a_long_replay_is_validated_part_by_part(replays):
    replays.begin(id="s")
    appended(replays, "s", 2_500)
    source = {"session": "s", "snapshot_every_events": 1}
    first = replays.validate(**source)
    assert first.valid and (first.events, first.snapshots, first.next_sequence) == (2_000, 2_001, 2_001)
    rest = replays.validate(**source, from_sequence=first.next_sequence)
    assert rest.valid and (rest.events, rest.snapshots, rest.next_sequence) == (500, 501, 0)


def kinds(answer):
    assert answer.valid == (answer.finding_count == 0)
    return {FINDING.Kind.Name(finding.kind)[5:] for finding in answer.findings}


def test_a_copy_that_was_tampered_with_fails(replays):
    frames = story(replays)
    place = next(index for index, frame in enumerate(frames) if frame.HasField("event"))
    events = [index for index, frame in enumerate(frames) if frame.HasField("event")]
    shot = [index for index, frame in enumerate(frames) if frame.HasField("snapshot")][1]

    def tampered(change):
        copy = [replay_pb2.ReplayFrame.FromString(frame.SerializeToString()) for frame in frames]
        return replays.validate(change(copy) or copy, recording="r")

    def renamed(copy):
        copy[events[-2]].event.name = "another"
    assert kinds(tampered(renamed)) == {"DIFFERENT"}

    def led_elsewhere(copy):
        copy[events[1]].event.transition.to_state = WORKING
    assert "DIFFERENT" in kinds(tampered(led_elsewhere)) and "STATE" in kinds(tampered(led_elsewhere))

    def other_state(copy):
        copy[shot].snapshot.state = COMPLETED
    assert "CHECKSUM" in kinds(tampered(other_state))

    def other_agents(copy):
        copy[shot].snapshot.agents.append("eve")
    assert "CHECKSUM" in kinds(tampered(other_agents))

    def forged(copy):
        other_agents(copy)
        copy[shot].snapshot.checksum = checksum(copy[shot].snapshot)
    assert "CHECKSUM" not in kinds(tampered(forged)) and "DIFFERENT" in kinds(tampered(forged))

    assert "GAP" in kinds(tampered(lambda copy: copy[:place] + copy[place + 1:]))
    assert "REPEATED" in kinds(tampered(lambda copy: copy[:place + 1] + copy[place:]))

    def far(copy):
        copy[events[-1]].event.sequence = 9_223_372_036_854_775_807
    assert {"GAP", "UNKNOWN"} <= kinds(tampered(far))

    def lowest(copy):
        copy[events[0]].event.sequence = -9_223_372_036_854_775_808
    assert {"GAP", "UNKNOWN"} <= kinds(tampered(lowest))
    assert kinds(replays.validate([replay_pb2.ReplayFrame(sequence=1)], recording="r")) == {"UNKNOWN"}
    refused(
        replays.ValidateReplay, source={"recording": "r"}, frames=[replay_pb2.ReplayFrame()] * 1001, code=INVALID,
        reason="FIELD_INVALID")


def test_a_log_that_was_tampered_with_fails(replays, module_database):
    story(replays)
    where = f"project_id = '{replays.project}' AND session_id = 's'"

    def tampering(sql, back):
        module_database.query(sql)
        found = kinds(replays.validate(recording="r"))
        module_database.query(back)
        assert replays.validate(recording="r").valid
        return found

    kept = f"kept_{replays.project.replace('-', '_')}"
    module_database.query(f"CREATE TABLE {kept} AS SELECT * FROM session_event WHERE {where} AND sequence = 8")
    restore = f"INSERT INTO session_event SELECT * FROM {kept}"
    assert tampering(f"DELETE FROM session_event WHERE {where} AND sequence = 8", restore) == {"GAP"}
    module_database.query(f"UPDATE {kept} SET position = position + 1")
    assert tampering(
        restore, f"DELETE FROM session_event WHERE {where} AND sequence = 8 AND position IN (SELECT position FROM {kept})"
    ) == {"REPEATED"}
    module_database.query(f"DROP TABLE {kept}")
    # The stored state is another one.
    assert "STATE" in tampering(
        f"UPDATE session SET state = 2 WHERE {where}", f"UPDATE session SET state = 4 WHERE {where}")
    assert "STATE" in tampering(
        f"UPDATE session SET agents = ARRAY['eve', 'ann'] WHERE {where}",
        f"UPDATE session SET agents = ARRAY['ann', 'bob'] WHERE {where}")


def test_a_recording_is_stopped(replays):
    replays.begin(id="s")
    made = replays.record("s", id="r")
    appended(replays, "s", 3)
    running = replays.GetRecording(id="r")
    assert (running.state, running.last_sequence) == (RECORDS, 3) and not running.HasField("end_time")
    asked = replays.StopRecording(id="r", validate_only=True)
    assert asked.state == ENDED and not asked.HasField("end_time")
    stopped = replays.StopRecording(id="r", request_id="once")
    assert replays.StopRecording(id="r", request_id="once") == stopped
    assert (stopped.state, stopped.end_reason, stopped.last_sequence) == (ENDED, RECORDING.END_REASON_STOPPED, 3)
    assert stopped.duration.ToNanoseconds() == stopped.end_time.ToNanoseconds() - made.start_time.ToNanoseconds() > 0
    appended(replays, "s", 3)
    assert replays.GetRecording(id="r") == stopped and replays.recordings() == [[stopped]]
    refused(replays.StopRecording, id="r", code=PRECONDITION, reason="RECORDING_ENDED")
    for call in (replays.StopRecording, replays.GetRecording, replays.DeleteRecording):
        answer = refused(call, id="none", code=NOT_FOUND, reason="RECORDING_NOT_FOUND")
        assert answer.resources == [("cairn.v1.Recording", "none")]
    refused(replays.frames, recording="none", code=NOT_FOUND, reason="RECORDING_NOT_FOUND")


def test_two_recordings_of_one_session_are_apart(replays):
    replays.begin(id="s")
    replays.record("s", id="a")
    appended(replays, "s", 2)
    replays.record("s", id="b")
    appended(replays, "s", 2)
    replays.StopRecording(id="a")
    appended(replays, "s", 2)
    assert shape(replays.frames(recording="a")) == ["0 INITIAL", "1", "2", "3", "4", "4 FINAL"]
    assert shape(replays.frames(recording="b")) == ["2 INITIAL", "3", "4", "5", "6", "6 FINAL"]
    refused(replays.record, "s", id="a", code=EXISTS, reason="RECORDING_EXISTS")
    refused(replays.record, "s", id="b", code=EXISTS, reason="RECORDING_EXISTS")
    assert [[each.id for each in page] for page in replays.recordings(session="s")] == [["b", "a"]]
    assert [[each.id for each in page] for page in replays.recordings(state=RECORDS)] == [["b"]]
    assert [[each.id for each in page] for page in replays.recordings(session="s", state=ENDED)] == [["a"]]
    assert replays.recordings(session="other") == [[]]


def test_a_request_to_record_that_is_repeated_is_done_once(replays):
    replays.begin(id="s")
    asked = replays.record("s", validate_only=True)
    assert not asked.id and not asked.position
    made = replays.record("s", request_id="once")
    assert replays.record("s", request_id="once") == made
    refused(replays.record, "s", title="t", request_id="once", code=INVALID, reason="REQUEST_ID_REUSED")
    assert [[each.id for each in page] for page in replays.recordings()] == [[made.id]]


def test_what_cannot_be_recorded_is_refused(replays):
    refused(replays.record, "none", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    for id in ("ended", "deleted"):
        replays.begin(id=id)
    replays.EndSession(id="ended")
    replays.DeleteSession(id="deleted")
    refused(replays.record, "ended", code=PRECONDITION, reason="SESSION_ENDED")
    refused(replays.record, "deleted", code=NOT_FOUND, reason="SESSION_DELETED")
    wrong = refused(
        replays.StartRecording, recording={
            "id": "x" * 129, "title": "x" * 1025, "snapshot_every_events": -1, "snapshot_every": {"seconds": 0},
            "max_duration": {"seconds": 31_536_001}}, code=INVALID, reason="FIELD_INVALID")
    assert set(wrong.fields) == {f"recording.{field}" for field in (
        "id", "session", "title", "snapshot_every_events", "snapshot_every", "max_duration")}
    refused(replays.StartRecording, code=INVALID, reason="FIELD_INVALID")


def test_a_recording_of_a_deleted_session_can_be_seen_and_not_played(replays):
    replays.begin(id="s")
    replays.record("s", id="r")
    replays.append("s")
    replays.DeleteSession(id="s")
    assert replays.GetRecording(id="r").last_sequence == 1
    for source in ({"recording": "r"}, {"session": "s"}):
        refused(replays.frames, **source, code=NOT_FOUND, reason="SESSION_DELETED")
        refused(replays.validate, **source, code=NOT_FOUND, reason="SESSION_DELETED")
    assert replays.DeleteRecording(id="r").id == "r"


def test_frames_are_filtered(replays):
    replays.begin(id="s", agent="ann")
    replays.JoinSession(id="s", agent="bob")
    replays.record("s", id="r", snapshot_every_events=3)
    for number in range(8):
        event = {"type": MESSAGE, "message": {"role": 2, "content": "c"}} if number % 4 == 0 else note()
        replays.append("s", {**event, "agent": "ann" if number % 2 else "bob"})
    every = replays.frames(recording="r")

    def places(frames):
        return [frame.sequence for frame in frames if frame.HasField("event")]

    def shots(frames):
        return [frame.snapshot.event_count for frame in frames if frame.HasField("snapshot")]

    assert (places(every), shots(every)) == ([*range(2, 10)], [1, 4, 7, 9])
    said = replays.frames(recording="r", filter={"types": [MESSAGE]})
    assert (places(said), shots(said)) == ([2, 6], [1, 4, 7, 9])
    assert places(replays.frames(recording="r", filter={"agents": ["ann"]})) == [3, 5, 7, 9]
    only = replays.frames(recording="r", filter={"types": [CUSTOM], "agents": ["bob"], "without_snapshots": True})
    assert (places(only), shots(only)) == ([4, 8], [])
    # A part has the same snapshots within it.
    part = replays.frames(recording="r", from_sequence=3, to_sequence=8)
    assert (places(part), shots(part)) == ([*range(3, 9)], [2, 4, 7, 8])
    assert [frame.snapshot.checksum for frame in part if frame.sequence in (4, 7) and frame.HasField("snapshot")] == [
        frame.snapshot.checksum for frame in every if frame.sequence in (4, 7) and frame.HasField("snapshot")]
    assert places(replays.frames(recording="r", from_sequence=1, to_sequence=99)) == [*range(2, 10)]
    assert places(replays.frames(session="s", to_sequence=3)) == [1, 2, 3]
    refused(replays.frames, recording="r", from_sequence=10, code=RANGE, reason="POSITION_IN_FUTURE")
    refused(replays.frames, session="s", from_sequence=10, code=RANGE, reason="POSITION_IN_FUTURE")
    played = replays.play({"speed": 0, "filter": {"types": [MESSAGE]}}, recording="r")
    assert played.ended().status.kind == STATUS.KIND_COMPLETED and played.frames == said


def test_a_filter_that_nothing_passes_reads_so_much_at_once(replays):
    replays.begin(id="s")
    appended(replays, "s", 2500)
    nothing = {"types": [HANDOFF], "without_snapshots": True}
    pages = replays.frame_pages(filter=nothing, session="s")
    assert pages == [[], [], []]
    played = replays.play({"speed": 0, "filter": nothing}, session="s")
    assert played.ended().status.events == 0 and played.frames == []


def test_what_is_asked_for_wrongly_is_refused(replays):
    replays.begin(id="s")
    replays.record("s", id="r")

    def fields(**request):
        return set(refused(replays.ListFrames, **request, code=INVALID).fields)

    assert fields() == {"source.session"}
    assert fields(source={"recording": "r", "session": "s"}) == {"source.session"}
    assert fields(source={"recording": "r", "snapshot_every_events": 1, "snapshot_every": {"seconds": 1}}) == {
        "source.snapshot_every_events", "source.snapshot_every"}
    assert fields(source={"session": "s", "from_sequence": -1, "to_sequence": -1}) == {
        "source.from_sequence", "source.to_sequence"}
    assert fields(source={"session": "s", "from_sequence": 3, "to_sequence": 2}) == {"source.to_sequence"}
    assert fields(source={"session": "s"}, page_size=-1) == {"page_size"}
    assert fields(source={"session": "s"}, filter={"types": [0, 99]}) == {"filter.types[0]", "filter.types[1]"}
    assert set(refused(replays.PurgeRecordings, code=INVALID).fields) == {"older_than"}
    refused(replays.ListRecordings, filter={"state": 9}, code=INVALID)
    appended(replays, "s", 5)
    token = replays.ListFrames(source={"session": "s"}, page_size=2).next_page_token
    for other in ({"session": "s", "to_sequence": 4}, {"recording": "r"}):
        refused(
            replays.ListFrames, source=other, page_token=token, page_size=2, code=INVALID, reason="PAGE_TOKEN_INVALID")
    refused(replays.ListFrames, source={"session": "s"}, page_token="forged", code=INVALID, reason="PAGE_TOKEN_INVALID")


def test_pages_of_frames_end_where_the_first_one_found_the_end(replays):
    replays.begin(id="s")
    replays.record("s", id="r")
    appended(replays, "s", 10)
    page = replays.ListFrames(source={"recording": "r"}, page_size=4)
    appended(replays, "s", 10)
    rest = replays.ListFrames(source={"recording": "r"}, page_size=100, page_token=page.next_page_token)
    assert shape(page.frames) + shape(rest.frames) == [
        "0 INITIAL", *(str(number) for number in range(1, 11)), "10 FINAL"]


def test_a_session_without_events_has_one_snapshot(replays):
    replays.begin(id="s", agent="ann", metadata={"k": 1})
    replays.record("s", id="r")
    for source in ({"recording": "r"}, {"session": "s"}):
        [frame] = replays.frames(page_size=1, **source)
        assert frame.snapshot.kind == INITIAL and list(frame.snapshot.agents) == ["ann"] and frame.snapshot.metadata["k"] == 1
        assert replays.validate(**source).valid
        played = replays.play(**source)
        assert played.ended().status.kind == STATUS.KIND_COMPLETED and len(played.frames) == 1


def test_a_fork_is_replayed_with_what_it_shares(replays):
    origin = replays.begin(id="origin", agent="ann").id
    replays.append(origin, to(BROKEN))
    replays.JoinSession(id=origin, agent="bob")
    for _ in range(3):
        replays.append(origin)
    replays.append(origin, to(WORKING))
    replays.LeaveSession(id=origin, agent="ann")
    fork = replays.ForkSession(session=origin, sequence=4, fork={"id": "fork"}).id
    replays.append(fork)
    replays.append(fork, to(WORKING))
    source = {"session": fork, "snapshot_every_events": 2}
    frames = list(replays.ListFrames(source=source, page_size=100).frames)
    assert shape(frames) == [
        "0 INITIAL", "1", "2", "2 EVENTS", "3", "4", "4 EVENTS", "5", "6", "6 EVENTS"]
    states = [(list(frame.snapshot.agents), frame.snapshot.state) for frame in frames if frame.HasField("snapshot")]
    both = ["ann", "bob"]
    assert states == [(["ann"], WORKING), (both, BROKEN), (both, BROKEN), (both, WORKING)]
    assert [frame.sequence for frame in replays.ListFrames(source={**source, "from_sequence": 3}).frames][0] == 2
    whole = replays.ValidateReplay(source=source)
    assert whole.valid and whole.events == 6 and list(whole.findings) == []
    assert replays.ValidateReplay(source=source, frames=frames).valid
    # A recording of it begins behind what it shares.
    replays.StartRecording(recording={"id": "r", "session": fork})
    replays.append(fork)
    assert shape(replays.ListFrames(source={"recording": "r"}).frames) == ["6 INITIAL", "7", "7 FINAL"]


def test_large_events_and_snapshots_fit_into_answers(replays):
    replays.begin(id="s", agent="ann", metadata={"k": "x" * 60_000})
    replays.record("s", id="r", snapshot_every_events=1)
    for number in range(8):
        replays.append("s", {**note(), "payload": bytes([number]) * 1_000_000})
    pages = replays.frame_pages(page_size=1000, recording="r")
    frames = [frame for page in pages for frame in page]
    assert len(frames) == 17 and len(pages) > 2
    assert all(sum(frame.ByteSize() for frame in page) < 4_000_000 for page in pages)
    played = replays.play({"speed": 0}, recording="r")
    assert played.ended().status.kind == STATUS.KIND_COMPLETED and played.frames == frames


# Playing


def paced(replays, database, gaps):
    """A session `s` whose events happened with these gaps, in seconds."""
    replays.begin(id="s", ttl=FOREVER)
    appended(replays, "s", len(gaps))
    spread(database, replays.project, "s", gaps)


def test_a_replay_has_the_gaps_of_the_original_divided_by_the_speed(replays, module_database):
    gaps = [0, 0.5, 0.5, 1, 0, 1]
    paced(replays, module_database, gaps)
    for speed in (1, 4):
        played = replays.play({"speed": speed} if speed != 1 else {}, session="s").hang_up()
        assert played.ended().status.kind == STATUS.KIND_COMPLETED and played.sequences == [1, 2, 3, 4, 5, 6]
        times = played.times()
        happened = [sum(gaps[1:number + 1]) / speed for number in range(len(gaps))]
        # Never early; how late depends on the machine.
        for came, due in zip(times, happened):
            assert came - times[0] > due - 0.2
        assert times[-1] - times[0] < sum(gaps) / speed + 5
    status = played.statuses[-1]
    assert (status.sequence, status.events, status.snapshots) == (6, 6, 2)


def test_unpaced_and_bounded_gaps(replays, module_database):
    paced(replays, module_database, [0, 3600, 3600, 86_400])
    begun = time.monotonic()
    fast = replays.play({"speed": 0}, session="s")
    assert fast.ended().status.kind == STATUS.KIND_COMPLETED
    bounded = replays.play({"max_gap": {"nanos": 200_000_000}}, session="s")
    assert bounded.ended().status.kind == STATUS.KIND_COMPLETED
    assert bounded.frames == fast.frames == replays.frames(session="s")
    times = bounded.times()
    # A snapshot stands at the end of each period, so there are two gaps between two events.
    assert all(later - earlier > 0.15 for earlier, later in zip(times, times[1:]))
    assert time.monotonic() - begun < 60
    quick = replays.play({"speed": 100_000}, session="s")
    assert quick.ended().status.kind == STATUS.KIND_COMPLETED


def test_a_replay_is_paused_resumed_and_stopped(replays, module_database):
    paced(replays, module_database, [0] + [0.05] * 200)
    played = replays.play(session="s").until(lambda playing: len(playing.sequences) > 3, "it plays")
    played.say(pause={})
    paused = played.told("PAUSED")
    reached = played.sequences[-1]
    assert reached == paused.sequence == paused.events
    # Nothing comes while it is paused: what was said next is done next.
    played.say(speed=50.0)
    assert played.told("SPEED_SET").sequence == reached and played.sequences[-1] == reached
    played.say(resume={})
    assert played.told("RESUMED").sequence == reached
    played.until(lambda playing: len(playing.sequences) > reached + 10, "it goes on")
    played.say(stop={})
    last = played.ended().status
    assert last.kind == STATUS.KIND_STOPPED and played.error is None
    assert played.sequences == [*range(1, last.sequence + 1)] and last.events == last.sequence


def test_a_replay_can_be_sought_in(replays, module_database):
    paced(replays, module_database, [0] + [100] * 98)
    played = replays.play({"paused": True}, session="s")
    assert played.told("PAUSED").sequence == 0 and shape(played.frames) == ["0 INITIAL"]
    played.say(seek={"sequence": 40})
    assert played.told("SEEKED").sequence == 39
    played.until(lambda playing: len(playing.frames) == 2, "the snapshot there comes, though it is paused")
    assert shape(played.frames)[-1] == "39 INITIAL"
    first = replays.events("s")[0].provenance.time.seconds
    played.say(seek={"time": {"seconds": first + 1_050}})
    played.until(lambda playing: len(playing.frames) == 3, "another snapshot comes")
    # The first event at that time or later.
    assert shape(played.frames)[-1] == "11 INITIAL"
    played.say(seek={"time": {"seconds": first + 1_000}})
    played.until(lambda playing: len(playing.frames) == 4, "another snapshot comes")
    assert shape(played.frames)[-1] == "10 INITIAL"
    played.say(seek={"sequence": 97}).say(speed=0).say(resume={})
    assert played.ended().status.kind == STATUS.KIND_COMPLETED
    assert played.sequences == [97, 98, 99] and shape(played.frames)[-1] == "99 FINAL"


def test_a_replay_can_be_sought_beyond_its_ends(replays):
    replays.begin(id="s")
    appended(replays, "s", 30)
    played = replays.play({"paused": True}, session="s", from_sequence=10, to_sequence=20)
    played.say(seek={"sequence": 1})
    played.until(lambda playing: len(playing.frames) == 2, "the snapshot there comes")
    assert played.told("SEEKED").sequence == 9
    played.say(seek={"sequence": 9_223_372_036_854_775_807})
    played.until(lambda playing: len(playing.frames) == 3, "the snapshot there comes")
    assert played.told("SEEKED").sequence == 20
    played.say(seek={"time": {"seconds": 1}}).say(speed=0).say(resume={})
    assert played.ended().status.kind == STATUS.KIND_COMPLETED and played.sequences == [*range(10, 21)]


@pytest.mark.parametrize("command, field", [
    ({"start": {"source": {"session": "s"}}}, "start"), ({}, "command"), ({"speed": -1}, "speed"),
    ({"speed": float("nan")}, "speed"), ({"speed": 1e300}, "speed"), ({"speed": 1e-300}, "speed"), ({"seek": {}}, "seek"),
    ({"seek": {"sequence": -1}}, "seek.sequence"), ({"seek": {"time": {"seconds": 1 << 50}}}, "seek.time")])
def test_a_wrong_command_ends_the_replay(replays, command, field):
    replays.begin(id="s")
    replays.append("s")
    played = replays.play({"paused": True}, session="s")
    played.told("PAUSED")
    played.say(**command)
    played.ended()
    wrong = refusal(played.error)
    assert wrong.code == INVALID and list(wrong.fields) == [field]


def test_a_wrong_beginning_is_refused(replays):
    replays.begin(id="s")
    for start, field in (
            ({"source": {}}, "start.source.session"), ({"source": {"session": "s"}, "speed": -0.5}, "start.speed"),
            ({"source": {"session": "s"}, "max_gap": {"seconds": 0}}, "start.max_gap")):
        played = Playing(replays, start)
        played.ended()
        assert list(refusal(played.error).fields) == [field]
    call = replays._methods.PlayReplay(
        iter([replay_pb2.PlayReplayRequest(pause={})]), metadata=replays.metadata, timeout=60)
    assert list(refused(list, call, code=INVALID).fields) == ["start"]
    call = replays._methods.PlayReplay(iter([]), metadata=replays.metadata, timeout=60)
    assert list(refused(list, call, code=INVALID).fields) == ["start"]
    played = replays.play(session="none")
    played.ended()
    assert refusal(played.error).reason == "SESSION_NOT_FOUND"


def connections(database):
    return int(database.value(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"))


def test_a_replay_that_waits_holds_nothing_and_ends_with_its_client(own_server, database):
    with own_server.channel() as channel:
        replays = new_replays(channel)
        replays.begin(id="s", ttl=FOREVER)
        appended(replays, "s", 3)
        spread(database, replays.project, "s", [0, 86_400, 86_400])
        waiting = [replays.play(session="s") for _ in range(30)] + [
            replays.play({"paused": True}, session="s").hang_up() for _ in range(30)]
        for played in waiting:
            played.until(lambda playing: playing.frames, "it plays")
        # Far more than there are connections, and all of them are free.
        eventually(lambda: connections(database) == 0, "no connection is held")
        assert replays.append("s").sequence == 4
        for played in waiting:
            played.cancel()
        for played in waiting:
            played.ended()
            assert played.error.code() == CANCELLED
    # It would wait for calls that were still there.
    begun = time.monotonic()
    assert own_server.stop() == 0
    assert time.monotonic() - begun < 20


def test_who_does_not_read_holds_nobody_up(replays):
    replays.begin(id="s")
    for number in range(40):
        replays.append("s", {**note(), "payload": bytes(200_000)})
    lazy = Playing(replays, {"source": {"session": "s"}, "speed": 0}, reads=False)
    eager = replays.play({"speed": 0}, session="s")
    assert eager.ended().status.events == 40
    responses = [response for response in lazy.call]
    assert responses[-1].status.events == 40 and [each.frame for each in responses[:-1]] == eager.frames


def test_a_server_that_stops_says_how_far_it_was(start_server, database):
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        replays = new_replays(channel)
        replays.begin(id="s", ttl=FOREVER)
        appended(replays, "s", 6)
        spread(database, replays.project, "s", [0, 0, 0, 86_400, 0, 0])
        played = replays.play(session="s").until(lambda playing: playing.sequences == [1, 2, 3], "it waits")
        paused = replays.play({"paused": True}, session="s")
        paused.told("PAUSED")
        assert server.stop() == 0
        for each, place in ((played, "3"), (paused, "0")):
            each.ended()
            told = refusal(each.error)
            assert (told.code, told.reason, told.metadata["sequence"]) == (UNAVAILABLE, "SHUTTING_DOWN", place)
    with start_server("--database-url", database.url).channel() as channel:
        rest = replays.elsewhere(channel).play({"speed": 0}, session="s", from_sequence=4)
        assert rest.ended().status.kind == STATUS.KIND_COMPLETED and rest.sequences == [4, 5, 6]


def test_a_replay_ends_with_its_project(replays, channel):
    replays.begin(id="s")
    replays.append("s")
    played = replays.play({"paused": True}, session="s")
    played.told("PAUSED")
    project_pb2_grpc.ProjectServiceStub(channel).DeleteProject(
        project_pb2.DeleteProjectRequest(id=replays.project), timeout=60)
    played.ended()
    assert refusal(played.error).reason == "PROJECT_DELETED"


# Many of them


def test_recordings_are_listed_newest_first(replays):
    replays.begin(id="s")
    ids = [replays.record("s").id for _ in range(120)]
    pages = replays.recordings()
    assert [len(page) for page in pages] == [100, 20]
    assert [each.id for page in pages for each in page] == ids[::-1]
    page = replays.ListRecordings(page_size=7)
    replays.record("s")
    rest = replays.ListRecordings(page_size=7, page_token=page.next_page_token)
    assert [each.id for each in [*page.recordings, *rest.recordings]] == ids[::-1][:14]
    refused(
        replays.ListRecordings, page_token=page.next_page_token, filter={"session": "s"}, code=INVALID,
        reason="PAGE_TOKEN_INVALID")


def test_figures_are_true(replays, module_database):
    empty = replays.GetReplayStats()
    assert (empty.recordings, empty.events, empty.raw_bytes, empty.stored_bytes) == (0, 0, 0, 0)
    for field in ("compression_ratio", "mean_duration", "oldest_start_time", "newest_start_time"):
        assert not empty.HasField(field)
    for id in "ab":
        replays.begin(id=id)
    made = [replays.record("a", id="r1"), replays.record("b", id="r2")]
    appended(replays, "a", 7)
    made.append(replays.record("a", id="r3"))
    # More than one statement adds up.
    appended(replays, "a", 12_000)
    appended(replays, "b", 3)
    stopped = replays.StopRecording(id="r2")
    appended(replays, "b", 3)

    def stored(session, first, last):
        row = module_database.value(
            "SELECT count(*) || ' ' || sum(octet_length(body)) || ' ' || sum(pg_column_size(body)) FROM session_event"
            f" WHERE project_id = '{replays.project}' AND session_id = '{session}' AND sequence BETWEEN {first} AND {last}")
        return [int(part) for part in row.split()]

    each = {"r1": stored("a", 1, 12_007), "r2": stored("b", 1, 3), "r3": stored("a", 8, 12_007)}
    for id, (events, raw, kept) in each.items():
        one = replays.GetReplayStats(recording=id)
        assert (one.recordings, one.events, one.raw_bytes, one.stored_bytes) == (1, events, raw, kept)
        assert one.compression_ratio == kept / raw
    every = replays.GetReplayStats()
    sums = [sum(parts) for parts in zip(*each.values())]
    assert (every.recordings, every.recording_now) == (3, 2)
    assert [every.events, every.raw_bytes, every.stored_bytes] == sums
    assert (every.oldest_start_time, every.newest_start_time) == (made[0].start_time, made[-1].start_time)
    assert replays.GetReplayStats(session="b").mean_duration == stopped.duration
    assert replays.GetReplayStats(session="b").events == 3
    # What comes later counts later.
    appended(replays, "a", 1)
    assert replays.GetReplayStats(recording="r1").events == 12_008
    refused(replays.GetReplayStats, recording="none", code=NOT_FOUND, reason="RECORDING_NOT_FOUND")
    replays.DeleteRecording(id="r1")
    assert replays.GetReplayStats().events == 3 + 12_001


def test_large_events_are_stored_compressed(replays):
    replays.begin(id="s")
    replays.record("s", id="r")
    for number in range(5):
        replays.append("s", {"type": MESSAGE, "message": {"role": 2, "content": f"{number} said again " * 5_000}})
    stats = replays.GetReplayStats(recording="r")
    assert 0 < stats.stored_bytes < stats.raw_bytes / 5
    assert stats.compression_ratio == stats.stored_bytes / stats.raw_bytes
    again = replays.GetReplayStats(recording="r")
    assert (again.raw_bytes, again.stored_bytes) == (stats.raw_bytes, stats.stored_bytes)
    # Whatever is kept compressed is read as it was.
    frames = replays.frames(recording="r")
    assert [frame.event.message.content for frame in frames if frame.HasField("event")] == [
        f"{number} said again " * 5_000 for number in range(5)]


def holds(database, replays):
    return int(database.value(f"SELECT count(*) FROM hold WHERE project_id = '{replays.project}'"))


def test_a_deleted_recording_is_gone(replays, module_database):
    replays.begin(id="s")
    for id in ("a", "b"):
        replays.record("s", id=id)
    replays.append("s")
    assert holds(module_database, replays) == 2
    assert replays.DeleteRecording(id="a", validate_only=True).id == "a"
    assert holds(module_database, replays) == 2
    gone = replays.DeleteRecording(id="a", request_id="once")
    assert gone.id == "a" and replays.DeleteRecording(id="a", request_id="once") == gone
    assert holds(module_database, replays) == 1
    refused(replays.GetRecording, id="a", code=NOT_FOUND, reason="RECORDING_NOT_FOUND")
    refused(replays.frames, recording="a", code=NOT_FOUND, reason="RECORDING_NOT_FOUND")
    refused(replays.DeleteRecording, id="a", code=NOT_FOUND, reason="RECORDING_NOT_FOUND")
    missing = replays.DeleteRecording(id="a", allow_missing=True)
    assert missing.id == "a" and not missing.session
    assert [[each.id for each in page] for page in replays.recordings()] == [["b"]]
    # Its log is the session's, and the id is free.
    assert replays.sequences("s") == [1]
    assert replays.record("s", id="a").first_sequence == 2


def test_old_recordings_are_purged(replays, module_database):
    replays.begin(id="s")
    for number in range(230):
        replays.record("s", id=f"r{number:03}")
    replays.StopRecording(id="r000")
    module_database.query(
        "UPDATE session_recording SET start_time = start_time - interval '10 days'"
        f" WHERE project_id = '{replays.project}' AND recording_id < 'r225'")
    week = {"older_than": {"seconds": 7 * 86_400}}
    assert replays.PurgeRecordings(**week, validate_only=True).purged == 225
    assert holds(module_database, replays) == 230
    assert replays.PurgeRecordings(**week).purged == 225
    assert replays.PurgeRecordings(**week).purged == 0
    assert holds(module_database, replays) == 5
    [page] = replays.recordings()
    assert [each.id for each in page] == [f"r{number}" for number in range(229, 224, -1)]
    assert replays.PurgeRecordings(older_than={}).purged == 5 and replays.recordings() == [[]]


def test_a_recording_that_lasts_too_long_ends_by_itself(replays, module_database):
    replays.begin(id="s", ttl=FOREVER)
    made = replays.record("s", id="r", max_duration={"seconds": 1})
    end = made.start_time.ToNanoseconds() + SECOND
    answers = []

    def over():
        answers.append(replays.append("s"))
        return answers[-1].time.ToNanoseconds() > end

    eventually(over, "it has lasted for a second")
    within = [answer for answer in answers if answer.time.ToNanoseconds() <= end]
    ended = replays.GetRecording(id="r")
    assert (ended.state, ended.end_reason) == (ENDED, RECORDING.END_REASON_MAX_DURATION)
    assert ended.end_time.ToNanoseconds() == end and ended.duration.ToNanoseconds() == SECOND
    assert ended.last_sequence == (within[-1].sequence if within else 0)
    assert len(answers) > len(within)
    assert replays.recordings(state=RECORDS) == [[]] and replays.recordings(state=ENDED) == [[ended]]
    refused(replays.StopRecording, id="r", code=PRECONDITION, reason="RECORDING_ENDED")
    frames = replays.frames(page_size=1000, recording="r")
    assert frames[-1].sequence == ended.last_sequence
    assert replays.GetReplayStats(recording="r").events == len(within)
    # Written down later, and the same then.
    stored = f"FROM session_recording WHERE project_id = '{replays.project}'"
    eventually(
        lambda: module_database.value(f"SELECT end_time IS NOT NULL {stored}") == "t", "it is written down", timeout=60)
    assert replays.GetRecording(id="r") == ended and replays.frames(page_size=1000, recording="r") == frames


def test_a_recording_survives_restarts(start_server, database):
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        replays = new_replays(channel)
        replays.begin(id="s", agent="ann", ttl=FOREVER)
        replays.append("s", to(BROKEN))
        replays.record("s", id="r", snapshot_every_events=4)
        replays.record("s", id="short", max_duration={"seconds": 1})
        appended(replays, "s", 5)
    server.kill()
    with start_server("--database-url", database.url).channel() as channel:
        again = replays.elsewhere(channel)
        assert again.GetRecording(id="r").state == RECORDS
        again.JoinSession(id="s", agent="bob")
        appended(again, "s", 4)
        frames = again.frames(recording="r")
        assert shape(frames) == [
            "1 INITIAL", "2", "3", "4", "5", "5 EVENTS", "6", "7", "8", "9", "9 EVENTS", "10", "11", "11 FINAL"]
        assert frames[0].snapshot.state == BROKEN and list(frames[0].snapshot.agents) == ["ann"]
        assert again.validate(recording="r").valid
        eventually(lambda: again.GetRecording(id="short").state == ENDED, "it ends without anybody who counts")
        stopped = again.StopRecording(id="r")
    with start_server("--database-url", database.url).channel() as channel:
        third = replays.elsewhere(channel)
        assert third.GetRecording(id="r") == stopped and third.frames(recording="r") == frames


# History that ends


def test_a_recording_holds_its_history_until_it_is_deleted(start_server, database):
    server = start_server("--database-url", database.url, "--history-prune-interval", "100ms")
    with server.channel() as channel:
        replays = new_replays(channel)
        replays.begin(id="s", agent="ann", metadata={"k": 1}, ttl=FOREVER)
        appended(replays, "s", 5)
        last = replays.append("s").position
        replays.record("s", id="r")
        replays.append("s", to(BROKEN))
        replays.UpdateSession(session={"id": "s", "metadata": {"k": 2}}, update_mask={"paths": ["metadata"]})
        held = replays.append("s", to(WORKING)).position
        frames = replays.frames(recording="r")
        for hours, condition in ((2, f"position <= {last}"), (1, f"position > {last} AND position <= {held}")):
            for table in ("change", "session_event"):
                database.query(
                    f"UPDATE {table} SET at = at - interval '{hours} hours'"
                    f" WHERE project_id = '{replays.project}' AND {condition}")
        replays.append("s")
        project = project_pb2.Project(id=replays.project)
        project.history_retention.seconds = 1800
        project_pb2_grpc.ProjectServiceStub(channel).UpdateProject(
            project_pb2.UpdateProjectRequest(project=project, update_mask={"paths": ["history_retention"]}), timeout=60)
        eventually(lambda: replays.sequences("s")[0] == 7, "what lies before the recording is pruned", timeout=60)
        assert shape(replays.frames(recording="r")) == ["6 INITIAL", "7", "8", "9", "9 FINAL"]
        snapshot = replays.frames(recording="r")[0].snapshot
        assert snapshot == frames[0].snapshot and snapshot.metadata["k"] == 1
        assert replays.validate(recording="r").valid
        refused(replays.frames, session="s", from_sequence=6, code=RANGE, reason="POSITION_PRUNED")
        refused(replays.validate, session="s", from_sequence=6, code=RANGE, reason="POSITION_PRUNED")
        played = replays.play(session="s", from_sequence=1)
        played.ended()
        assert refusal(played.error).reason == "POSITION_PRUNED"
        replays.DeleteRecording(id="r")
        eventually(lambda: replays.sequences("s") == [9], "what it held is pruned", timeout=60)
        rest = replays.frames(session="s")
        assert shape(rest) == ["8 INITIAL", "9", "9 FINAL"]
        assert rest[0].snapshot.state == WORKING and rest[0].snapshot.metadata["k"] == 2
        assert replays.validate(session="s").valid
