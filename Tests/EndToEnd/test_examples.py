"""The examples do what they tell, in every language, and stay small."""

import re
import subprocess
import sys

import pytest

from harness import CACHE, ROOT
from harness.project import new_project
from harness.server import environment

EXAMPLES = ROOT / "Examples"
# What each prints; `…` stands for anything on the line.
STORIES = {
    "remember": ["When does the bridge open?", "…  The footpath over the old bridge opens at nine.", "…"],
    "update": ["20 lines in version 21, after … retries"],
    "session": [
        "after ann's change: BROKEN", "1: ann MODIFIED", "2: ann BROKE", "3: bob HANDOFF", "after bob's change: WORKING",
        "6 events, ended COMPLETED"],
    "batch": ["stored 99 contexts at one position: true", "item 99: …title", "atomic: INVALID_ARGUMENT"],
}
# What only Python has.
FLOWS = {
    "alone": [
        "MODIFIED parser.py", "BROKE parser.py: test_parses_nothing", "the session is BROKEN",
        "went wrong at event 3: working to broken, severity, pass to broke", "fork at event 2 is WORKING", "…: BROKE, then WORKING after 3 events",
        "checkpoint \"before another try\" has parser.py"],
    "handover": [
        "Session …\"Store events twice as fast\", is BROKEN after 3 events.",
        "You are \"bob\". Stay in touch with those who take part: \"ann\".",
        "Warning: event 2 led to BROKEN. It is still BROKEN.", "High impact: look at event…", "Most events are by \"ann\" (2).",
        "The last events are about \"store.py\", \"log.sql\".", "bob looks at store.py first", "6 events, ended COMPLETED"],
    "impact": [
        "… to …: 3 sessions, 6 events by agent-0, agent-1", "performance -5.0 in all, -8.0 at worst",
        "codec.py: 6 events, BROKEN 1, WORKING 2", "wire.py: 3 events, BROKEN 1, WORKING 2", "readme.md: 0 events",
        "sessions about codec.py: s2, s1, s0"],
}
WATCH = ["one", "cut", "two", "three"]
PROGRAMS = {".py": "python", ".cc": "cpp"}


def run(language, name, server, channel, request):
    here = environment(CAIRN_ADDRESS=server.address, CAIRN_PROJECT=new_project(channel).project)
    if language == "python":
        # The stubs that the tests use, where the README says how to make them.
        stubs = next(path for path in sys.path if path.startswith(str(CACHE / "stubs")))
        command, here = [sys.executable, EXAMPLES / "python" / f"{name}.py"], {**here, "PYTHONPATH": stubs}
    else:
        command = [request.getfixturevalue("cpp_examples") / name]
    ended = subprocess.run(command, env=here, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.splitlines()


def shown(line):
    return ".*".join(re.escape(part) for part in line.lower().split("…"))


def check(lines, story):
    assert len(lines) == len(story), lines
    for line, expected in zip(lines, story):
        assert re.fullmatch(shown(expected), line.lower()), (line, expected)


@pytest.fixture(params=["python", "cpp"])
def example(request, server, channel):
    return lambda name: run(request.param, name, server, channel, request)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", STORIES)
def test_an_example_prints_its_story(example, name):
    check(example(name), STORIES[name])


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_prints_its_story(server, channel, request, name):
    check(run("python", name, server, channel, request), FLOWS[name])


@pytest.mark.timeout(600)
def test_a_feed_goes_on_behind_its_cut(example):
    assert [line.split(": ")[-1] for line in example("watch")] == WATCH


@pytest.mark.timeout(600)
def test_a_project_is_carried_into_another(example):
    exported, imported, *titles = example("transfer")
    assert (exported, imported) == ("exported 2 records", "imported 2, wrong 0")
    assert re.findall(r"A \w+", " ".join(titles)) == ["A map", "A compass"]


def programs():
    return sorted(
        path for folder in PROGRAMS.values() for path in (EXAMPLES / folder).iterdir() if path.suffix in PROGRAMS)


def test_there_is_each_story_in_each_language():
    assert {(path.parent.name, path.stem) for path in programs()} == {
        *((language, name) for language in PROGRAMS.values() for name in [*STORIES, "watch", "transfer"]),
        *(("python", name) for name in FLOWS)}


@pytest.mark.parametrize("path", programs(), ids=lambda path: path.name)
def test_an_example_is_small_and_in_the_readme(path):
    assert len(path.read_text().splitlines()) < 80
    assert f"{path.parent.name}/{path.name}" in (EXAMPLES / "README.md").read_text()


def test_the_readme_says_how_stubs_are_made(tmp_path):
    """Its command for Python, carried out in a folder that looks like the repository."""
    text = (EXAMPLES / "README.md").read_text()
    command = next(line for line in text.splitlines() if "grpc_tools.protoc" in line)
    for name in ("Protos", ".venv"):
        (tmp_path / name).symlink_to(ROOT / name)
    made = subprocess.run(["bash", "-euc", command], cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / ".cache/python/cairn/v1/context_pb2_grpc.py").exists()
