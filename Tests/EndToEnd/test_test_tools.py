"""What runs the tests: a test that hangs ends, and nothing that went wrong looks like success."""

import os
import subprocess
import sys
import time

import pytest

from harness import ROOT

PASSED, FAILED, SKIPPED = '<testcase classname="{0}"/>', '<testcase classname="{0}"><failure/></testcase>', (
    '<testcase classname="{0}"><skipped/></testcase>')


def suite(*cases):
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"


def cases(kind, count, name="WireTests.VectorTests"):
    return [kind.format(name)] * count


@pytest.mark.parametrize("files, outcomes, least, last, status", [
    ({"swift.xml": suite(*cases(PASSED, 3), *cases(SKIPPED, 2))}, ["swift=0"], "", "3 passed, 0 failed, 2 skipped", 0),
    ({"swift.xml": suite(*cases(PASSED, 3), *cases(FAILED, 1))}, ["swift=1"], "", "3 passed, 1 failed, 0 skipped", 1),
    # Two suites, one of them in two files.
    ({"swift.xml": suite(*cases(PASSED, 1)), "swift-swift-testing.xml": suite(*cases(PASSED, 2)),
      "end-to-end.xml": suite(*cases(PASSED, 4, "Tests.EndToEnd.test_tls"))}, ["swift=0", "end-to-end=0"], "",
     "7 passed, 0 failed, 0 skipped", 0),
    # It crashed, left nothing, left what cannot be read, ran nothing.
    ({"swift.xml": suite(*cases(PASSED, 3))}, ["swift=139"], "", "3 passed, 1 failed, 0 skipped", 1),
    ({}, ["swift=0"], "", "0 passed, 1 failed, 0 skipped", 1),
    ({"swift.xml": "<testsuites><testsuite>"}, ["swift=0"], "", "0 passed, 1 failed, 0 skipped", 1),
    ({"swift.xml": suite()}, ["swift=0"], "", "0 passed, 1 failed, 0 skipped", 1),
    ({"swift.xml": suite(*cases(SKIPPED, 2))}, ["swift=0"], "", "0 passed, 1 failed, 2 skipped", 1),
    # A module is there, has fewer tests, is gone; another suite's is not asked for.
    ({"swift.xml": suite(*cases(PASSED, 2), *cases(SKIPPED, 1))}, ["swift=0"], "# known\nswift WireTests 3\n",
     "2 passed, 0 failed, 1 skipped", 0),
    ({"swift.xml": suite(*cases(PASSED, 2))}, ["swift=0"], "swift WireTests 3", "2 passed, 1 failed, 0 skipped", 1),
    ({"swift.xml": suite(*cases(PASSED, 2))}, ["swift=0"], "swift WireTests 2\nswift GRPCTests 1\ninterop test_tls 5",
     "2 passed, 1 failed, 0 skipped", 1),
    ({"end-to-end.xml": suite(*cases(PASSED, 2, "Tests.EndToEnd.test_tls.TestServer"))}, ["end-to-end=0"],
     "end-to-end test_tls 2", "2 passed, 0 failed, 0 skipped", 0),
])
def test_results_are_counted(tmp_path, files, outcomes, least, last, status):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "least").write_text(least)
    counted = subprocess.run(
        [sys.executable, ROOT / "Tests" / "count-results.py", "--least", tmp_path / "least", tmp_path, *outcomes],
        capture_output=True, text=True)
    assert (counted.stdout.splitlines()[-1], counted.returncode) == (last, status), counted.stderr


def watched(seconds, script, slowness="1"):
    begun = time.monotonic()
    ended = subprocess.run(
        [sys.executable, ROOT / "Tests" / "watchdog.py", str(seconds), "sh", "-c", script], capture_output=True,
        text=True, env={**os.environ, "CAIRN_TEST_SLOWNESS": slowness})
    return ended.returncode, ended.stdout, time.monotonic() - begun


def test_a_command_that_hangs_is_ended_with_all_its_children():
    status, said, _ = watched(0.3, "echo begun; sleep 1000 & sleep 1000; echo ended")
    assert status == 124 and said.startswith("begun\n") and "hangs" in said and "ended\n" not in said


def test_a_command_that_goes_on_saying_something_is_left_alone():
    assert watched(2, "for n in 1 2 3 4; do echo $n; echo $n >&2; sleep 0.6; done; exit 3")[:2] == (
        3, "1\n1\n2\n2\n3\n3\n4\n4\n")
    status, said, seconds = watched(0.2, "sleep 1; echo late", slowness="20.5")
    assert (status, said) == (0, "late\n") and seconds >= 1
