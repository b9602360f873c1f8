"""Adds up what test runners wrote as JUnit XML and prints one line: `N passed, M failed`.

    count-results.py FOLDER SUITE=EXIT-STATUS…

A suite's files are FOLDER/SUITE*.xml. A suite that left none, or that ended with an error although no test of
its own failed (it crashed, or broke before the first test), counts as one failure: nothing that went wrong
may look like success.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def count(files):
    """Passed, failed and skipped among the test cases of `files`."""
    passed = failed = skipped = 0
    for file in files:
        for case in ElementTree.parse(file).iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            elif case.find("skipped") is not None:
                skipped += 1
            else:
                passed += 1
    return passed, failed, skipped


def main(folder, suites):
    total_passed = total_failed = total_skipped = 0
    for suite in suites:
        name, status = suite.split("=")
        try:
            passed, failed, skipped = count(sorted(pathlib.Path(folder).glob(f"{name}*.xml")))
        except ElementTree.ParseError as error:
            print(f"{name}: results cannot be read: {error}", file=sys.stderr)
            passed, failed, skipped = 0, 1, 0
        if status != "0" and failed == 0:
            print(f"{name}: ended with status {status} before its tests did", file=sys.stderr)
            failed = 1
        if passed + failed == 0:
            print(f"{name}: no test ran", file=sys.stderr)
            failed = 1
        print(f"{name}: {passed} passed, {failed} failed, {skipped} skipped")
        total_passed += passed
        total_failed += failed
        total_skipped += skipped
    print(f"{total_passed} passed, {total_failed} failed")
    return 1 if total_failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
