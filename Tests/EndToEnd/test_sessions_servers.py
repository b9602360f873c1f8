"""Sessions on two servers with one database, whose writers race, and which are killed in the middle."""

import concurrent.futures
import threading
import time

import grpc
import pytest
from cairn.v1 import project_pb2, project_pb2_grpc

from harness import SLOWNESS, logs
from harness.refusals import refusal, refused
from harness.server import Server
from harness.sessions import BROKE, BROKEN, COMPLETED, FOREVER, HANDOFF, WORKING, new_sessions, note, to
from harness.waiting import eventually
from test_sessions_insight import ENTITIES, append_all, as_events, begin, paged, random_events, transitions

NOT_FOUND, EXISTS, ABORTED, PRECONDITION, OUT_OF_RANGE, UNAVAILABLE = (
    grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.ABORTED,
    grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.OUT_OF_RANGE, grpc.StatusCode.UNAVAILABLE)
SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def second(module_database):
    """Another server on the database of the first."""
    running = Server("--database-url", module_database.url).start()
    with running.channel() as channel:
        yield channel
    status = running.stop()
    assert status == 0, running.text


@pytest.fixture
def pair(channel, second):
    """One project on both servers."""
    here = new_sessions(channel)
    return here, here.elsewhere(second)


def together(calls):
    """Makes calls at once; what each returned, or the error that it ended with."""
    def one(call):
        try:
            return call()
        except grpc.RpcError as error:
            return refusal(error)

    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def failed(outcomes):
    return [outcome for outcome in outcomes if hasattr(outcome, "reason")]


# Two servers


def test_s1_s47_what_one_server_writes_the_other_reads_at_once(pair):
    here, there = pair
    made = here.begin(id="s", agent="ann", metadata={"k": 0})
    assert there.GetSession(id="s") == made
    for number in range(30):
        writer, reader = (here, there) if number % 2 else (there, here)
        changed = writer.UpdateSession(session={"id": "s", "metadata": {"k": number + 1}})
        assert reader.GetSession(id="s") == changed
        answer = writer.append("s", to(BROKEN if number % 2 else WORKING))
        assert reader.GetSession(id="s").last_sequence == answer.sequence
        assert reader.ListEvents(session="s", from_sequence=answer.sequence).events[0].position == answer.position
    there.EndSession(id="s")
    refused(here.append, "s", code=PRECONDITION, reason="SESSION_ENDED")
    assert here.ids(active=True) == there.ids(active=True) == []


def test_what_one_server_writes_the_other_tells_of_at_once(pair):
    """What logs tell, and figures: asked of one server right behind a write on the other, in both directions."""
    begin(pair[0], id="s")
    pair[1].ForkSession(session="s", fork={"id": "f"})
    errors = {"s": 0, "f": 0}
    for number in range(8):
        writer, reader = pair if number % 2 else pair[::-1]
        for id in ("s", "f"):
            append_all(writer, id, random_events(10 * number + len(id), 25))
            last = writer.CreateCheckpoint(session=id)
            told = logs.log(reader, id)
            own = [each for each in told if each.session == id]
            assert told[-1].sequence == last.sequence
            assert transitions(reader, id) == transitions(writer, id) == logs.transitions(told)
            assert as_events(paged(reader.ListTimeline, "events", session=id, page_size=200)) == told
            mine = [each for each in told if each.agent == "bob"]
            share = reader.IsolateAgent(session=id, agent="bob").share
            assert (share.event_count, share.performance_delta) == (len(mine), sum(logs.deltas(mine)))
            assert {each.entity: logs.told(each) for each in paged(
                reader.ListSessionImpacts, "impacts", session=id)} == logs.impacts(told)
            assert reader.GetBriefing(session=id).last_sequence == last.sequence
            anchors = reader.ListEntityAnchors(entity="a.py", session=id).anchors
            assert [each.checkpoint for each in anchors][:1] in ([last.id], [])
            summary = reader.GetSessionSummary(session=id)
            errors[id] = sum(each.type == BROKE or each.to_state == BROKEN for each in own)
            assert (summary.event_count, summary.error_count) == (len(own), errors[id])
        events = [each for id in ("s", "f") for each in logs.log(reader, id) if each.session == id]
        about = [each for each in events if each.entities]
        totals = reader.GetSessionAggregates(entities=ENTITIES).totals
        assert logs.told_figures(totals) == logs.figures(about, {"s": 0, "f": 0})
        assert reader.GetSessionStats().event_count == len(events)
        assert reader.GetAgentFigures(agent="bob").event_count == sum(each.agent == "bob" for each in events)


def test_s5_of_many_who_take_one_id_one_succeeds(pair):
    outcomes = together([lambda caller=caller: caller.begin(id="one", entities=["e"]) for caller in pair * 10])
    assert {(each.code, each.reason) for each in failed(outcomes)} == {(EXISTS, "SESSION_EXISTS")}
    assert len(failed(outcomes)) == 19
    assert pair[0].sequences("one") == [1]


def test_s10_fifty_clients_on_two_servers_leave_no_gap(start_server, database):
    servers = [start_server("--database-url", database.url) for _ in range(2)]
    with servers[0].channel() as channel:
        first = new_sessions(channel)
        first.begin(id="s")

        def client(number):
            with servers[number % 2].channel(("grpc.use_local_subchannel_pool", 1)) as own:
                mine = first.elsewhere(own)
                return [mine.append("s", note(f"{number}/{event}")).sequence for event in range(10)]

        answers = together([lambda number=number: client(number) for number in range(50)])
        assert not failed(answers)
        assert sorted(sequence for answer in answers for sequence in answer) == [*range(1, 501)]
        events = first.events("s", page_size=1000)
        assert [event.sequence for event in events] == [*range(1, 501)]
        # In the order of positions, too, and each client's in the order that it sent them.
        places = [(event.position, event.ordinal) for event in events]
        assert places == sorted(set(places))
        for number, answer in enumerate(answers):
            assert answer == sorted(answer)
            assert [events[sequence - 1].name for sequence in answer] == [f"{number}/{event}" for event in range(10)]
    for server in servers:
        server.kill()
    with start_server("--database-url", database.url).channel() as channel:
        assert first.elsewhere(channel).append("s").sequence == 501


def test_appends_and_other_writes_of_one_session_race_without_loss(pair):
    here, there = pair
    here.begin(id="s", agent="ann")
    calls = []
    for number in range(12):
        caller = pair[number % 2]
        calls += [
            lambda caller=caller, number=number: caller.JoinSession(id="s", agent=f"a{number}"),
            lambda caller=caller: caller.append("s"),
            lambda caller=caller, number=number: caller.UpdateSession(
                session={"id": "s", "metadata": {f"k{number}": 1}}, update_mask={"paths": [f"metadata.k{number}"]}),
            lambda caller=caller: caller.stream().send([note()] * 5, "s").rest()]
    assert not failed(together(calls))
    session = there.GetSession(id="s")
    assert len(session.agents) == 13 and len(session.metadata) == 12 and session.version == 1 + 24
    assert session.last_sequence == 12 + 12 + 60
    assert here.sequences("s", page_size=1000) == [*range(1, 85)]


def test_s19_twenty_agents_join_at_once(pair):
    here, there = pair
    here.begin(id="s")
    assert not failed(together(
        [lambda number=number: pair[number % 2].JoinSession(id="s", agent=f"a{number:02}") for number in range(20)]))
    session = there.GetSession(id="s")
    assert list(session.agents) == [f"a{number:02}" for number in range(20)] and session.version == 21
    events = there.events("s")
    assert len(events) == 20 and {event.type for event in events} == {HANDOFF}
    assert sorted(event.handoff.agent for event in events) == list(session.agents)
    again = together([lambda caller=caller: caller.JoinSession(id="s", agent="a07") for caller in pair * 5])
    assert not failed(again) and here.GetSession(id="s") == session


def test_of_many_who_leave_last_one_begins_the_grace_time(pair):
    here, there = pair
    agents = [f"a{number}" for number in range(8)]
    here.begin(id="s")
    for agent in agents:
        here.JoinSession(id="s", agent=agent)
    assert not failed(together(
        [lambda number=number, agent=agent: pair[number % 2].LeaveSession(id="s", agent=agent)
         for number, agent in enumerate(agents)]))
    session = there.GetSession(id="s")
    assert list(session.agents) == [] and session.last_sequence == 16
    assert session.expire_time.ToNanoseconds() - session.last_event_time.ToNanoseconds() == 300 * SECOND


def test_of_two_who_expect_the_same_head_one_appends(pair):
    here, there = pair
    here.begin(id="s")
    for round in range(10):
        outcomes = together([
            lambda caller=caller: caller.append("s", expected_last_sequence=round) for caller in pair * 3])
        lost = failed(outcomes)
        assert len(lost) == 5
        assert {(each.code, each.reason, each.metadata["last_sequence"]) for each in lost} == {
            (ABORTED, "SESSION_HEAD_MISMATCH", str(round + 1))}
    assert there.sequences("s") == [*range(1, 11)]


def test_of_two_decisions_about_the_state_one_is_wrong(pair):
    here, there = pair
    for round in range(5):
        id = f"s{round}"
        here.begin(id=id)
        outcomes = together([lambda caller=caller: caller.append(id, to(BROKEN, from_state=WORKING)) for caller in pair * 2])
        assert [each.reason for each in failed(outcomes)] == ["SESSION_STATE_MISMATCH"] * 3
        ended = together([lambda caller=caller: caller.EndSession(id=id) for caller in pair * 2])
        assert [each.reason for each in failed(ended)] == ["SESSION_ENDED"] * 3
        assert there.GetSession(id=id).version == 3 and there.sequences(id) == [1, 2]


def test_a_request_that_is_repeated_elsewhere_is_done_once(pair):
    here, there = pair
    here.begin(id="s")
    calls = [lambda caller=caller: caller.append("s", note("once"), request_id="r") for caller in pair * 4]
    outcomes = together(calls)
    assert not failed(outcomes) and all(outcome == outcomes[0] for outcome in outcomes)
    assert there.sequences("s") == [1]
    begun = together([lambda caller=caller: caller.begin(entities=["e"], request_id="b") for caller in pair * 4])
    assert not failed(begun) and all(outcome == begun[0] for outcome in begun) and len(here.list()) == 2


def test_s22_an_event_appears_on_the_other_server_within_a_second(pair):
    here, there = pair
    here.begin(id="s", agent="ann")
    log, every = there.follow("s").caught_up(), there.follow("-").caught_up()
    feed = there.watch().caught_up()
    delays = []
    for number in range(10):
        answer = here.append("s", {**to(BROKEN if number % 2 == 0 else WORKING), "agent": "ann"})
        begun = time.monotonic()
        eventually(lambda: log.sequences[-1:] == [answer.sequence], "the event is there", interval=0.001)
        delays.append(time.monotonic() - begun)
    assert sorted(delays)[5] < 1 * SLOWNESS, delays
    events = log.changes
    assert events == here.events("s") == every.wait_for_changes(10)
    assert [change.session.state for change in feed.wait_for_changes(10)] == [BROKEN, WORKING] * 5
    assert [change.position for change in feed.changes] == [event.position for event in events]
    for each in (log, every, feed):
        each.close()


def test_s23_a_feed_goes_on_at_another_server(pair):
    here, there = pair
    here.begin(id="s")
    for _ in range(5):
        here.append("s")
    log = here.follow("s", after_sequence=0).caught_up()
    assert log.sequences == [1, 2, 3, 4, 5]
    log.close()
    for number in range(10):
        pair[number % 2].append("s")
    again = there.follow("s", after_sequence=5).caught_up()
    assert again.sequences == [*range(6, 16)]
    again.close()


def test_watchers_on_both_servers_see_the_same_order(pair):
    here, there = pair
    here.begin(id="s")
    feeds = [caller.follow("s", after_sequence=0) for caller in pair * 2]
    assert not failed(together([
        lambda caller=caller: [caller.append("s") for _ in range(20)] for caller in pair * 4]))
    for feed in feeds:
        feed.wait_for_changes(160)
        assert feed.sequences == [*range(1, 161)]
        assert [event.provenance for event in feed.changes] == [event.provenance for event in feeds[0].changes]
        feed.close()


def test_one_server_sweeps_for_all(start_server, database):
    servers = [start_server("--database-url", database.url, "--session-sweep-interval", "100ms") for _ in range(2)]
    with servers[0].channel() as channel:
        sessions = new_sessions(channel)
        for number in range(20):
            sessions.begin(id=f"s{number}", ttl={"seconds": 1})
        eventually(lambda: len(sessions.ids(states=[COMPLETED])) == 20, "all are ended")
        for number in range(20):
            assert sessions.sequences(f"s{number}") == [1] and sessions.GetSession(id=f"s{number}").version == 2


# Servers that die


def test_s46_what_was_acknowledged_survives_kill_9(start_server, database):
    """Streams of appends, and single ones, into one session and several, on a server that is killed again and again."""
    total, size = 5000, 20
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="s", ttl=FOREVER)
        sessions.begin(id="single", ttl=FOREVER)
    acknowledged, kills, singles = 0, 0, []
    while acknowledged < total:
        with server.channel(("grpc.use_local_subchannel_pool", 1)) as channel:
            mine = sessions.elsewhere(channel)
            begun = mine.GetSession(id="s").last_sequence
            assert begun >= acknowledged, "what was acknowledged is there"
            stream = mine.stream()
            for start in range(begun, total, size):
                stream.send([note(str(start + number + 1)) for number in range(min(size, total - start))], "s")
            stop = threading.Event()

            def append_singly():
                while not stop.is_set():
                    try:
                        singles.append(mine.append("single").sequence)
                    except grpc.RpcError:
                        return

            other = threading.Thread(target=append_singly)
            other.start()
            try:
                if kills < 3:
                    acknowledged = begun + stream.receive_until(total // 8).appended
                    server.kill()
                    kills += 1
                while True:
                    acknowledged = begun + stream.receive().appended
                    if acknowledged == total:
                        break
            except grpc.RpcError as error:
                assert error.code() == UNAVAILABLE, error
            stop.set()
            other.join()
            stream.cut()
        if acknowledged < total:
            server = start_server("--database-url", database.url)
    assert kills == 3
    with server.channel() as channel:
        mine = sessions.elsewhere(channel)
        events = mine.events("s", page_size=1000)
        assert [event.sequence for event in events] == [*range(1, len(events) + 1)]
        # Whoever goes on where the log ends appends nothing twice, and loses nothing.
        assert [event.name for event in events] == [str(number) for number in range(1, total + 1)]
        assert mine.GetSession(id="s").last_sequence == total
        sequences = mine.sequences("single", page_size=1000)
        assert sequences == [*range(1, len(sequences) + 1)]
        assert len(singles) == len(set(singles)) and set(singles) <= set(sequences)
        log = mine.follow("s", after_sequence=0).caught_up()
        assert log.sequences == [*range(1, total + 1)]
        log.close()


def test_s51_all_survives_a_restart(start_server, database):
    servers = [start_server("--database-url", database.url) for _ in range(2)]
    with servers[0].channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="a", agent="ann", entities=["e"], metadata={"k": 1}, ttl={"seconds": 900})
        sessions.JoinSession(id="a", agent="bob")
        sessions.append("a", to(BROKEN))
        sessions.begin(id="b", ttl=FOREVER, max_events=5)
        sessions.EndSession(id="b", outcome=3)
        position = sessions.begin(id="c", agent="ann").position
        sessions.LeaveSession(id="c", agent="ann")
        before = sessions.list(), {id: sessions.events(id) for id in "abc"}
    servers[0].kill()
    servers[1].stop()
    with start_server("--database-url", database.url).channel() as channel:
        again = sessions.elsewhere(channel)
        assert (again.list(), {id: again.events(id) for id in "abc"}) == before
        assert again.append("a").sequence == 4
        assert list(again.JoinSession(id="c", agent="ann").agents) == ["ann"]
        feed = again.watch(after_position=position).caught_up()
        assert [change.session.version for change in feed.changes] == [2, 3]
        feed.close()


def test_s9_no_answer_is_not_no_session(cluster, start_server):
    server = start_server("--database-url", cluster.database.create().url)
    with server.channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="s")
        refused(sessions.GetSession, id="none", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
        log = sessions.follow("s").caught_up()
        cluster.stop()
        for call in (lambda: sessions.GetSession(id="none"), lambda: sessions.GetSession(id="s"),
                     lambda: sessions.ListSessions(), lambda: sessions.events("s"), lambda: sessions.append("s")):
            refused(call, code=UNAVAILABLE, reason="DATABASE_UNAVAILABLE")
        cluster.start()
        eventually(lambda: reachable(sessions), "the database is there again")
        last = sessions.append("s").sequence
        # Also what was appended while the feed could not look.
        assert [event.sequence for event in log.wait_for_changes(1)][-1] == last
        log.close()


def reachable(sessions):
    try:
        return sessions.GetSession(id="s").id
    except grpc.RpcError:
        return False


# What is pruned


def test_a_log_is_pruned_as_history_is(start_server, database):
    server = start_server("--database-url", database.url, "--history-prune-interval", "100ms")
    with server.channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="s", agent="ann")
        sessions.append("s", to(BROKEN))
        # Nothing but the log grows from here on.
        for _ in range(5):
            old = sessions.append("s").position
        new = [sessions.append("s").position for _ in range(4)]
        for table in ("change", "session_event"):
            database.query(
                f"UPDATE {table} SET at = at - interval '1 hour'"
                f" WHERE project_id = '{sessions.project}' AND position <= {old}")
        project = project_pb2.Project(id=sessions.project)
        project.history_retention.seconds = 1800
        project_pb2_grpc.ProjectServiceStub(channel).UpdateProject(
            project_pb2.UpdateProjectRequest(project=project, update_mask={"paths": ["history_retention"]}), timeout=60)
        eventually(
            lambda: sessions.ListEvents(session="s").oldest_sequence > 1, "the log does not begin with 1 any more", timeout=60)
        page = sessions.ListEvents(session="s")
        kept = [event.sequence for event in page.events]
        assert kept == [*range(page.oldest_sequence, 11)] and page.oldest_sequence <= 7 and page.last_sequence == 10
        assert [event.position for event in page.events][-4:] == new
        eventually(lambda: sessions.sequences("s") == [7, 8, 9, 10], "all that is older is gone")
        kept = [7, 8, 9, 10]
        refused(sessions.ListEvents, session="s", from_sequence=1, code=OUT_OF_RANGE, reason="POSITION_PRUNED")
        assert sessions.sequences("s", from_sequence=8) == [8, 9, 10]
        refused(
            list, sessions.WatchSession(session="s", after_sequence=1), code=OUT_OF_RANGE, reason="POSITION_PRUNED")
        log = sessions.follow("s", after_sequence=7).caught_up()
        assert log.sequences == [8, 9, 10]
        log.close()
        # The session itself is what it was, and its log goes on.
        session = sessions.GetSession(id="s", recent_events=1000)
        assert (session.state, session.last_sequence, list(session.agents)) == (BROKEN, 10, ["ann"])
        assert [event.sequence for event in session.recent_events] == kept
        assert sessions.append("s", expected_last_sequence=10).sequence == 11


def test_a_deleted_project_takes_its_sessions_along(start_server, database):
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        sessions, other = new_sessions(channel), new_sessions(channel)
        for caller in (sessions, other):
            caller.begin(id="s", agent="ann", entities=["e"])
            caller.stream().send([note()] * 50, "s").rest()
            caller.UpdateSession(session={"id": "s", "title": "t"})
        log = sessions.follow("s").caught_up()
        project_pb2_grpc.ProjectServiceStub(channel).DeleteProject(
            project_pb2.DeleteProjectRequest(id=sessions.project), timeout=60)
        refused(sessions.append, "s", code=NOT_FOUND, reason="PROJECT_DELETED")
        assert refusal(log.ended()).reason == "PROJECT_DELETED"
        tables = ("session", "session_version", "session_head", "session_event", "session_entity")

        def rows(project):
            return [database.value(f"SELECT count(*) FROM {table} WHERE project_id = '{project}'") for table in tables]

        eventually(lambda: rows(sessions.project) == ["0"] * 5, "nothing is left", timeout=60)
        assert rows(other.project) == ["1", "1", "1", "51", "1"]
        assert other.append("s").sequence == 52
