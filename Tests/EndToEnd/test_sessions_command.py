"""`cairn session …`: sessions and their logs for people, also where clients write what a terminal would obey."""

import os
import pty
import re
import subprocess

import pytest

from harness import ROOT, SLOWNESS, binary
from harness.server import cairn, environment
from harness.sessions import BROKEN, HANDOFF, change, new_sessions, note, to
from harness.waiting import eventually

TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"
TURNING = "\u202e"
NASTY = f"\x1b[2J\x1b]0;title\x07{TURNING}\u009b31m"


@pytest.fixture
def sessions(channel):
    return new_sessions(channel)


@pytest.fixture
def session(sessions):
    """A session of two agents, in which something broke."""
    sessions.begin(id="review", agent="ann", title="Repair the parser", entities=["parser.swift"])
    sessions.JoinSession(id="review", agent="bob")
    sessions.RecordCodeChange(session="review", agent="ann", change=change("parse", affected_lines=12))
    sessions.RecordTestResult(session="review", agent="bob", entities=["parse"], passed=False, tests=["t1"])
    return sessions


@pytest.fixture
def run(server):
    def run(sessions, *words, env=None):
        return cairn("session", *words, "-a", server.address, "-p", sessions.project, env=env)

    return run


@pytest.fixture
def follow(server):
    """Starts a command that goes on, and gives the lines it has printed so far."""
    started = []

    class Following:
        def __init__(self, sessions, *words, address=None):
            self.lines = []
            self.process = subprocess.Popen(
                [binary("cairn"), "session", *words, "-a", address or server.address, "-p", sessions.project], cwd=ROOT,
                env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            os.set_blocking(self.process.stdout.fileno(), False)
            self._rest = ""
            started.append(self)

        def read(self):
            """The lines so far."""
            try:
                self._rest += os.read(self.process.stdout.fileno(), 65536).decode()
            except BlockingIOError:
                pass
            *lines, self._rest = self._rest.split("\n")
            self.lines += lines
            return self.lines

        def until(self, count):
            """The lines, once there are so many."""
            return eventually(lambda: len(self.read()) >= count and self.lines, f"{count} lines")

    yield Following
    for each in started:
        each.process.kill()
        each.process.communicate()


def test_a_list_is_a_table_the_newest_first(session, run):
    session.begin(id="later", ttl={"seconds": 0})
    session.begin(id="over", agent="cal")
    session.EndSession(id="over", outcome=2)
    listed = run(session, "list")
    assert (listed.returncode, listed.stderr) == (0, "")
    head, *rows = listed.stdout.splitlines()
    assert head.split() == ["ID", "STATE", "AGENTS", "EVENTS", "AGE", "EXPIRES", "TITLE"]
    assert re.fullmatch(r"over    completed: broken  cal  +1  +\d+[sm]  -", rows[0]), rows
    assert re.fullmatch(r"later   working +0  +\d+[sm]  never", rows[1]), rows
    assert re.fullmatch(r"review  broken +ann, bob +4  +\d+[sm]  in 59m   Repair the parser", rows[2]), rows
    assert [row.split()[0] for row in run(session, "list", "--active").stdout.splitlines()[1:]] == ["later", "review"]
    assert [row.split()[0] for row in run(session, "list", "--agent", "bob").stdout.splitlines()[1:]] == ["review"]
    short = run(session, "list", "--limit", "2")
    assert len(short.stdout.splitlines()) == 3 and "--limit" in short.stderr
    none = run(session, "list", "--agent", "nobody")
    assert (none.returncode, none.stdout) == (0, "") and none.stderr


def test_a_session_is_shown_with_its_newest_events(session, run):
    shown = run(session, "show", "review", "--last", "2")
    assert (shown.returncode, shown.stderr) == (0, "")
    head, _, log = shown.stdout.partition("\n\n")
    assert head.splitlines()[0] == "review  broken"
    fields = dict(re.match(r"  (\w+) +(.*)", line).groups() for line in head.splitlines()[1:])
    assert fields["title"] == "Repair the parser" and fields["agents"] == "ann, bob"
    assert fields["events"].startswith("4 of at most 1000000, the last one ") and fields["lives"] == "1h after its last event"
    assert [line.split()[0] for line in log.splitlines()] == ["3", "4"]
    assert len(run(session, "show", "review").stdout.partition("\n\n")[2].splitlines()) == 4
    assert "\n\n" not in run(session, "show", "review", "--last", "0").stdout


def test_a_log_is_a_timeline(session, run):
    session.EndSession(id="review", agent="bob", outcome=3)
    lines = run(session, "events", "review").stdout.splitlines()
    for line, wanted in zip(lines, [
            rf"     1  {TIME}  ann           start       initial .*parser\.swift",
            rf"     2  {TIME}  bob           handoff     bob joined",
            rf"     3  {TIME}  ann           modified    added function  parse  12 lines",
            rf"     4  {TIME}  bob           broke       .*parse  working → broken \(test 0\.95\)  high  1 failed: t1",
            rf"     5  {TIME}  bob           end         coordinated"], strict=True):
        assert re.fullmatch(wanted, line), line
    assert run(session, "events", "review", "--last", "2").stdout.splitlines() == lines[3:]
    assert run(session, "events", "review", "--from", "2", "--agent", "bob").stdout.splitlines() == [
        lines[1], lines[3], lines[4]]
    assert run(session, "events", "review", "--type", "modified", "--type", "end").stdout.splitlines() == [
        lines[2], lines[4]]
    # One that has ended is not followed any longer.
    assert run(session, "events", "review", "--follow").stdout.splitlines() == lines


def test_a_long_log_is_shown_whole(sessions, run):
    sessions.begin(id="s")
    sessions.stream().send([note()] * 1000, "s").send([note()] * 500).rest()
    lines = run(sessions, "events", "s").stdout.splitlines()
    assert [int(line.split()[0]) for line in lines] == [*range(1, 1501)]
    assert run(sessions, "events", "s", "--last", "1200").stdout.splitlines() == lines[300:]


@pytest.mark.parametrize("options, shown", [
    ([], [1, 2, 3, 4, 5, 6]), (["--last", "1"], [4, 5, 6]), (["--from", "3"], [3, 4, 5, 6]),
    (["--type", "broke", "--type", "custom"], [4, 5, 6]), (["--agent", "bob"], [2, 4, 6])])
def test_a_log_is_followed_until_the_session_ends(session, follow, options, shown):
    following = follow(session, "events", "review", "--follow", *options)
    following.until(len([sequence for sequence in shown if sequence <= 4]))
    session.append("review", note("one"))
    session.append("review", note("two", agent="bob"))
    lines = following.until(len(shown))
    assert [int(line.split()[0]) for line in lines] == shown
    if "--type" not in options:
        session.EndSession(id="review", agent="bob")
        assert following.process.wait(30 * SLOWNESS) == 0
        assert len(following.until(len(shown) + 1)) == len(shown) + 1


def test_changes_of_sessions_are_shown_as_they_are_made(session, follow):
    watch = follow(session, "watch")

    def watches():
        session.UpdateSession(session={"id": "review", "title": "go"})
        return watch.read()

    eventually(watches, "a change is shown")
    session.begin(id="other", agent="ann", title="Another")
    session.acting(agent="cal").JoinSession(id="other", agent="cal")
    session.append("other", to(BROKEN))
    session.append("review")
    session.EndSession(id="other")
    eventually(lambda: len([line for line in watch.read() if "  other  " in line]) == 4, "the other session's changes")
    wanted = ["created  Another", "joined  cal  agents: ann, cal", "transitioned  broken", "ended  completed"]
    lines = [line for line in watch.lines if "  other  " in line]
    assert all(re.fullmatch(f"{TIME}  other  {want}", line) for line, want in zip(lines, wanted)), lines
    assert {line.split("  ", 1)[1] for line in watch.lines if line not in lines} == {"review  updated  go"}


def test_changes_of_one_session_are_shown_alone(session, follow):
    session.begin(id="other")
    watch = follow(session, "watch", "other")

    def watches():
        for id in ("review", "other"):
            session.UpdateSession(session={"id": id, "title": "go"})
        return watch.read()

    eventually(watches, "a change is shown")
    assert {line.split("  ", 1)[1] for line in watch.lines} == {"other  updated  go"}


@pytest.fixture
def restarting(start_server, database):
    """A server whose process ends and is followed by another one at the same address."""

    class Restarting:
        server = start_server("--database-url", database.url)
        address = server.address

        def stop(self, how):
            if how == "stopped":
                assert self.server.stop() == 0, self.server.text
            else:
                self.server.kill()

        def start(self):
            self.server = start_server("--database-url", database.url, listen=self.address)

    return Restarting()


@pytest.mark.parametrize("how", ["stopped", "killed"])
@pytest.mark.parametrize("options", [[], ["--type", "custom"]], ids=["all", "some"])
def test_a_log_is_followed_across_restarts(restarting, start_server, database, follow, how, options):
    with restarting.server.channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="s")
        for number in range(3):
            sessions.append("s", note(f"first-{number}"))
    other = start_server("--database-url", database.url)
    with other.channel() as channel:
        sessions = sessions.elsewhere(channel)
        following = follow(sessions, "events", "s", "--follow", *options, address=restarting.address)
        following.until(3)
        for turn in range(2):
            sessions.append("s", note(f"before-{turn}"))
            following.until(4 + 3 * turn)
            restarting.stop(how)
            # While nobody sends it anything, and a filter leaves some of it out.
            sessions.append("s", note(f"missed-{turn}"))
            sessions.RecordCodeChange(session="s", change=change("parse"))
            restarting.start()
            sessions.append("s", note(f"after-{turn}"))
            eventually(lambda: any(f"after-{turn}" in line for line in following.read()), "it goes on")
            if not options:
                # The change of code is a line, too.
                following.lines[:] = [line for line in following.lines if "modified" not in line]
        names = [line.split()[5] for line in following.lines]
        assert names == [
            "first-0", "first-1", "first-2", "before-0", "missed-0", "after-0", "before-1", "missed-1", "after-1"]
        if options:
            following.process.kill()
        else:
            sessions.EndSession(id="s")
            assert following.process.wait(30 * SLOWNESS) == 0
        said = following.process.communicate()[1].splitlines()
        assert [line.split(" (")[0] for line in said] == ["the server is gone", "connected again"] * 2, said
        assert all(line.endswith("trying to connect again") for line in said[::2])


def test_changes_of_sessions_are_shown_across_restarts(restarting, start_server, database, follow):
    other = start_server("--database-url", database.url)
    with other.channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="s")
        watch = follow(sessions, "watch", address=restarting.address)

        def watches():
            sessions.UpdateSession(session={"id": "s", "title": str(len(watch.read()))})
            return watch.read()

        eventually(watches, "a change is shown")
        for turn in range(3):
            sessions.begin(id=f"before-{turn}")
            eventually(lambda: any(f"before-{turn}" in line for line in watch.read()), "it is shown")
            restarting.stop("killed" if turn == 1 else "stopped")
            sessions.begin(id=f"missed-{turn}")
            restarting.start()
            sessions.begin(id=f"after-{turn}")
            eventually(lambda: any(f"after-{turn}" in line for line in watch.read()), "it goes on")
        created = [line.split()[2] for line in watch.lines if "created" in line]
        assert created == [f"{word}-{turn}" for turn in range(3) for word in ("before", "missed", "after")]


def test_a_deadline_or_a_refusal_is_no_reason_to_connect_again(restarting, follow):
    with restarting.server.channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="s")
        sessions.append("s")
        limited = follow(sessions, "events", "s", "--follow", "--deadline", "10m", address=restarting.address)
        gone = follow(sessions, "events", "s", "--follow", address=restarting.address)
        limited.until(1), gone.until(1)
        sessions.append("s")
        limited.until(2), gone.until(2)
    restarting.stop("stopped")
    assert limited.process.wait(30 * SLOWNESS) == 78
    restarting.start()
    with restarting.server.channel() as channel:
        sessions = sessions.elsewhere(channel)
        sessions.DeleteSession(id="s")
    # When it is back, what it finds may end it all the same.
    restarting.stop("killed")
    restarting.start()
    assert gone.process.wait(60 * SLOWNESS) == 69
    assert "SESSION_DELETED" in gone.process.communicate()[1]


def test_a_session_is_shown_in_figures_and_event_by_event(session, run):
    shown = run(session, "timeline", "review")
    assert (shown.returncode, shown.stderr) == (0, "")
    head, _, log = shown.stdout.partition("\n\n")
    first, *rows = head.splitlines()
    fields = dict(re.match(r"  (\w+) +(.*)", line).groups() for line in rows)
    assert first == "review  4 events" and list(fields) == ["from", "to", "types", "severities", "agents"]
    assert re.fullmatch(TIME, fields["from"]) and re.fullmatch(TIME, fields["to"])
    assert sorted(fields["types"].split(", ")) == ["broke 1", "handoff 1", "modified 1", "start 1"]
    assert (fields["severities"], fields["agents"]) == ("high 1", "ann 2, bob 2")
    lines = run(session, "events", "review").stdout.splitlines()
    assert log.splitlines() == lines
    for words, kept in ((["--last", "2"], lines[2:]), (["--agent", "bob"], lines[1::2]), (["--type", "broke"], lines[3:]),
                        (["--entity", "parse"], lines[2:]), (["--last", "0"], [])):
        part = run(session, "timeline", "review", *words)
        assert part.stdout.partition("\n\n")[2].splitlines() == kept, words
        assert ("--last N" in part.stderr) == (words[0] == "--last"), part.stderr
    assert run(session, "timeline", "review", "--agent", "nobody").stdout == "review  0 events\n"


def test_a_session_is_forked(session, run):
    made = run(session, "fork", "review", "--at", "3", "--id", "try-b", "--agent", "cal", "--title", "Again")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.splitlines()[0] == "try-b  working" and "forked at 3" in made.stdout
    fork = session.GetSession(id="try-b")
    assert (fork.parent, fork.fork_sequence, fork.title, list(fork.agents)) == ("review", 3, "Again", ["ann", "bob", "cal"])
    assert len(run(session, "timeline", "try-b").stdout.partition("\n\n")[2].splitlines()) == 3
    other = run(session, "fork", "review")
    assert other.stdout.startswith("sess-") and "forked at 4" in other.stdout and "broken" in other.stdout.splitlines()[0]
    checkpoint = session.CreateCheckpoint(session="review").id
    assert "forked at 5" in run(session, "fork", "review", "--checkpoint", checkpoint).stdout


def test_a_session_is_played(session, run):
    lines = run(session, "events", "review").stdout.splitlines()
    played = run(session, "replay", "review", "--speed", "0")
    assert (played.returncode, played.stderr) == (0, "")
    first, *events, last = played.stdout.splitlines()
    assert events == lines
    assert re.fullmatch(rf"     0  {TIME}  ── initial: working, .*", first), first
    assert re.fullmatch(rf"     4  {TIME}  ── final: broken, agents: ann, bob", last), last
    part = run(session, "replay", "review", "--speed", "1000", "--max-gap", "10ms", "--from", "2", "--to", "3")
    assert [line for line in part.stdout.splitlines() if "──" not in line] == lines[1:3]
    own = run(session, "replay", "review", "--speed", "0", "--agent", "bob", "--type", "broke").stdout.splitlines()
    assert [line for line in own if "──" not in line] == lines[3:]
    recorded = run(session, "replay", "none", "--recording", "--speed", "0")
    assert recorded.returncode == 69 and "RECORDING_NOT_FOUND" in recorded.stderr


def test_a_recording_is_played(sessions, run):
    sessions.begin(id="s")
    sessions.append("s", note("before"))
    sessions.StartRecording(recording={"id": "r", "session": "s"})
    for number in range(3):
        sessions.append("s", note(f"n{number}"))
    sessions.StopRecording(id="r")
    played = run(sessions, "replay", "r", "--recording", "--speed", "0").stdout.splitlines()
    assert [line.split()[5] for line in played if "──" not in line] == ["n0", "n1", "n2"]


def test_what_clients_wrote_does_not_reach_a_terminal_as_commands(sessions, run):
    # Names have no control characters, and may turn the direction of letters.
    made = sessions.begin(
        id="s" + TURNING, agent="a" + TURNING, owner=TURNING, title=NASTY, metadata={NASTY: NASTY}, entities=[TURNING])
    event = {
        "data": {"k": NASTY}, "payload": NASTY.encode(), "change": {"entities": [TURNING, "two"]},
        "impact": {"failed_tests": [TURNING], "external_reference": NASTY}}
    sessions.append(made.id, note(TURNING, agent="a" + TURNING, **event))
    sessions.append(made.id, {
        "type": HANDOFF, "handoff": {"kind": 3, "agent": TURNING, "to_agent": TURNING, "reason": NASTY}})
    sessions.AppendMessage(session=made.id, message={"role": 2, "name": TURNING, "content": NASTY + "\ntwo lines"})
    sessions.CreateCheckpoint(session=made.id, title=NASTY)
    for words in (
            ["list"], ["show", made.id], ["events", made.id], ["timeline", made.id], ["fork", made.id],
            ["replay", made.id, "--speed", "0"]):
        shown = run(sessions, *words)
        assert shown.returncode == 0, shown.stderr
        assert not set(shown.stdout) & (set(map(chr, [*range(32), *range(127, 160)])) - {"\n"} | {TURNING}), words
        assert "\\u{202E}" in shown.stdout and "\\u{1B}[2J" in shown.stdout
        # No line of a client's own making.
        assert len(shown.stdout.splitlines()) == {"list": 2, "events": 5}.get(words[0], len(shown.stdout.splitlines()))


def on_terminal(server, sessions, *words, **env):
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [binary("cairn"), "session", *words, "-a", server.address, "-p", sessions.project], cwd=ROOT, stdout=theirs,
        env=environment(TERM="xterm", **env), stdin=subprocess.DEVNULL)
    os.close(theirs)
    text = b""
    try:
        while chunk := os.read(ours, 65536):
            text += chunk
    except OSError:
        pass  # The other side has closed it.
    os.close(ours)
    assert process.wait(30 * SLOWNESS) == 0
    return text.decode()


def test_colours_are_for_terminals(session, server, run):
    for words in (
            ["list"], ["show", "review"], ["events", "review"], ["timeline", "review"], ["fork", "review"],
            ["replay", "review", "--speed", "0"]):
        assert "\x1b[31mbrok" in on_terminal(server, session, *words), words
        assert "\x1b" not in on_terminal(server, session, *words, NO_COLOR="1")
        assert "\x1b" not in run(session, *words).stdout


@pytest.mark.parametrize("words, status, said", [
    (["show", "none"], 69, "SESSION_NOT_FOUND"), (["events", "none"], 69, "SESSION_NOT_FOUND"), (["show"], 2, "ID"),
    (["events"], 2, "ID"), (["list", "--limit", "0"], 2, "--limit"), (["list", "--limit", "x"], 2, "--limit"),
    (["show", "s", "--last", "1001"], 2, "--last"), (["events", "s", "--type", "nope"], 2, "--type nope"),
    (["nope"], 2, "cairn session list"), (["list", "extra"], 2, "unexpected"),
    (["events", "s", "--agent", "x" * 129], 67, "FIELD_INVALID"),
    (["timeline", "none"], 69, "SESSION_NOT_FOUND"), (["timeline"], 2, "ID"), (["fork", "none"], 69, "SESSION_NOT_FOUND"),
    (["timeline", "s", "--type", "nope"], 2, "--type nope"), (["fork", "s", "--at", "0"], 2, "--at"),
    (["fork", "s", "--at", "1", "--checkpoint", "c"], 2, "--checkpoint"), (["replay", "none"], 69, "SESSION_NOT_FOUND"),
    (["replay", "s", "--speed", "fast"], 2, "--speed fast"), (["replay", "s", "--speed", "nan"], 2, "--speed"),
    (["replay", "s", "--max-gap", "2"], 2, "--max-gap"), (["replay", "s", "--speed", "1e9"], 67, "FIELD_INVALID"),
])
def test_what_goes_wrong_is_said_as_by_other_commands(sessions, run, words, status, said):
    result = run(sessions, *words)
    assert (result.returncode, result.stdout) == (status, ""), result.stderr
    assert said in result.stderr


def test_a_server_that_is_not_there_is_named():
    result = cairn("session", "list", "-a", "127.0.0.1:1")
    assert result.returncode == 78 and "`cairn serve` starts one" in result.stderr
