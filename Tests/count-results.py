"""Adds up what test runners wrote as JUnit XML and names the tests that failed, with the first words of why.
The last line is `N passed, M failed, K skipped`.

    count-results.py [--least FILE] FOLDER SUITE=EXIT-STATUS…

A suite's files are FOLDER/SUITE*.xml. A suite that left none, or that ended with an error although no test of
its own failed (it crashed, or broke before the first test), counts as one failure: nothing that went wrong
may look like success.

FILE has a line `SUITE MODULE COUNT` for each module of tests: how many there are at least, skipped ones included.
A module that ran fewer counts as one failure, so that none vanishes unseen. Give it when all tests were to run.
"""

import argparse
import collections
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def count(files):
    """Passed, failed and skipped among the test cases of `files`, and how many each module has. Names what failed."""
    passed = failed = skipped = 0
    modules = collections.Counter()
    for file in files:
        for case in ElementTree.parse(file).iter("testcase"):
            modules[module(case.get("classname", ""))] += 1
            fault = next((case.find(kind) for kind in ("failure", "error") if case.find(kind) is not None), None)
            if fault is not None:
                failed += 1
                print(f"failed: {case.get('classname')} {case.get('name')}: {first_words(fault)}")
            elif case.find("skipped") is not None:
                skipped += 1
            else:
                passed += 1
    return passed, failed, skipped, modules


def first_words(fault):
    return " ".join((fault.get("message") or fault.text or "").split())[:300]


def module(classname):
    """`WireTests` of `WireTests.VectorTests`, `test_tls` of `test_tls.TestServer` or `Tests.EndToEnd.test_tls`."""
    parts = classname.split(".")
    return next((part for part in parts if part.startswith("test_")), parts[0])


def vanished(name, modules, least):
    """What is wrong with the number of tests that ran, a sentence for each module."""
    for suite, module, number in (line.split() for line in least if line.strip() and not line.startswith("#")):
        if suite == name and modules[module] < int(number):
            yield f"{name}: {module} has {modules[module]} tests, and {number} at least are known"


def main(folder, suites, least):
    total_passed = total_failed = total_skipped = 0
    for suite in suites:
        name, status = suite.split("=")
        modules = collections.Counter()
        try:
            passed, failed, skipped, modules = count(sorted(pathlib.Path(folder).glob(f"{name}*.xml")))
        except ElementTree.ParseError as error:
            print(f"{name}: results cannot be read: {error}", file=sys.stderr)
            passed, failed, skipped = 0, 1, 0
        if status != "0" and failed == 0:
            print(f"{name}: ended with status {status} before its tests did", file=sys.stderr)
            failed = 1
        if passed + failed == 0:
            print(f"{name}: no test ran", file=sys.stderr)
            failed = 1
        for sentence in vanished(name, modules, least):
            print(sentence, file=sys.stderr)
            failed += 1
        print(f"{name}: {passed} passed, {failed} failed, {skipped} skipped")
        total_passed += passed
        total_failed += failed
        total_skipped += skipped
    print(f"{total_passed} passed, {total_failed} failed, {total_skipped} skipped")
    return 1 if total_failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--least")
    parser.add_argument("folder")
    parser.add_argument("suites", nargs="+")
    arguments = parser.parse_args()
    lines = pathlib.Path(arguments.least).read_text().splitlines() if arguments.least else []
    sys.exit(main(arguments.folder, arguments.suites, lines))
