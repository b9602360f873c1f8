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
        def __init__(self, sessions, *words):
            self.lines = []
            self.process = subprocess.Popen(
                [binary("cairn"), "session", *words, "-a", server.address, "-p", sessions.project], cwd=ROOT,
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
    for words in (["list"], ["show", made.id], ["events", made.id]):
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
    for words in (["list"], ["show", "review"], ["events", "review"]):
        assert "\x1b[31mbrok" in on_terminal(server, session, *words), words
        assert "\x1b" not in on_terminal(server, session, *words, NO_COLOR="1")
        assert "\x1b" not in run(session, *words).stdout


@pytest.mark.parametrize("words, status, said", [
    (["show", "none"], 69, "SESSION_NOT_FOUND"), (["events", "none"], 69, "SESSION_NOT_FOUND"), (["show"], 2, "ID"),
    (["events"], 2, "ID"), (["list", "--limit", "0"], 2, "--limit"), (["list", "--limit", "x"], 2, "--limit"),
    (["show", "s", "--last", "1001"], 2, "--last"), (["events", "s", "--type", "nope"], 2, "--type nope"),
    (["nope"], 2, "cairn session list"), (["list", "extra"], 2, "unexpected"),
    (["events", "s", "--agent", "x" * 129], 67, "FIELD_INVALID"),
])
def test_what_goes_wrong_is_said_as_by_other_commands(sessions, run, words, status, said):
    result = run(sessions, *words)
    assert (result.returncode, result.stdout) == (status, ""), result.stderr
    assert said in result.stderr


def test_a_server_that_is_not_there_is_named():
    result = cairn("session", "list", "-a", "127.0.0.1:1")
    assert result.returncode == 78 and "`cairn serve` starts one" in result.stderr
