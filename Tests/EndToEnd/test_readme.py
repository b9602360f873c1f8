"""Every command that the README shows is run, and must say what the README says."""

import os
import re
import shutil
import subprocess

import pytest

from harness import ROOT, binary
from harness.server import environment

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = FENCE.findall((ROOT / "README.md").read_text())


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder that looks like the repository, with the tests' virtual environment in the place of its own."""
    home = tmp_path_factory.mktemp("readme")
    for name in ("Protos", "Tests", ".venv"):
        (home / name).symlink_to(ROOT / name)
    release = home / ".build" / "release"
    release.mkdir(parents=True)
    (release / "cairn").symlink_to(binary("cairn"))
    return home


def run(script, home, server, program="bash"):
    here = environment(CAIRN_ADDRESS=server.address, PYTHONPATH=".cache/python", PYTHONUNBUFFERED="1")
    command = ["bash", "-euo", "pipefail", "-c", script] if program == "bash" else [
        home / ".venv" / "bin" / "python", "-c", script]
    return subprocess.run(command, cwd=home, env=here, capture_output=True, text=True, timeout=120)


def commands(block):
    """The commands of a console block, each with the output shown for it."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [part.partition("\n")[::2] for part in parts]


def pattern(shown):
    """The output shown, where `…` stands for anything."""
    return ".*?".join(re.escape(part) for part in shown.rstrip("\n").split("…"))


def test_the_sessions_and_programs_do_what_is_shown(home, server):
    exports = []
    for language, block in BLOCKS:
        if language == "console":
            for command, shown in commands(block):
                if command.startswith("export "):
                    exports.append(command)
                    continue
                if "pip install" in command:
                    command = command.replace("python3 -m venv .venv && ", "")
                result = run("\n".join([*exports, command]), home, server)
                # `grep` may end a stream while it is still being written.
                assert result.returncode == 0 or "--max-count" in command, (command, result.stderr)
                assert re.fullmatch(pattern(shown), result.stdout.rstrip("\n"), re.DOTALL), (command, result.stdout)
        elif language == "python":
            result = run(block.replace("127.0.0.1:7433", server.address), home, server, "python")
            assert result.returncode == 0, result.stderr
            assert "From Python" in result.stdout and " at " in result.stdout


def shell_commands():
    lines = [line for language, block in BLOCKS if language == "sh" for line in block.splitlines()]
    return [re.split(r"\s+#", line)[0].strip() for line in lines if line.strip()]


@pytest.mark.parametrize("command", [command for command in shell_commands() if command.startswith("make ")])
def test_every_target_that_is_shown_can_be_made(command):
    """Only planned, not carried out: `make test` is what runs here."""
    assert subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, capture_output=True).returncode == 0


@pytest.mark.parametrize("command", [
    command for command in shell_commands() if not command.startswith("make ") and "Tests/run" not in command])
def test_other_commands_work_as_shown(command):
    result = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, env=environment())
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("command", [command for command in shell_commands() if "Tests/run" in command])
def test_the_runners_options_are_understood(command):
    """The runner itself runs here: its options are tried where they end up, without running tests again."""
    if " swift " in command:
        if not shutil.which("swift"):
            pytest.skip("there is no swift here")
        options = command.partition(" swift ")[2].split()
        listed = subprocess.run(
            ["swift", "test", "list", "--skip-build", *options], cwd=ROOT, capture_output=True, text=True)
        assert listed.returncode == 0 and "Wire" in listed.stdout, listed.stderr
    else:
        file = command.split()[-1]
        assert (ROOT / file).exists()


def test_every_folder_of_the_layout_exists():
    layout = (ROOT / "README.md").read_text().partition("## Layout")[2].partition("\n## ")[0]
    for row in layout.splitlines():
        cell = row.split("|")[1] if row.startswith("|") else ""
        first = None
        for name in re.findall(r"`([^`]+)`", cell):
            parent = first.rpartition("/")[0] if first and "/" not in name else ""
            first = first or name
            assert os.path.isdir(ROOT / parent / name), name
