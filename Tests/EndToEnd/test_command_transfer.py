"""`cairn export` and `cairn import`: files out and in, foreign formats, bad files, and going on after a cut."""

import itertools
import json
import os
import signal
import subprocess

import pytest
from cairn.v1 import context_pb2

from harness import ROOT, SLOWNESS, binary
from harness.project import new_project
from harness.server import environment
from harness.transfer import exported, imported, kept
from harness.waiting import eventually
from test_transfer import made


@pytest.fixture
def run(server):
    """Runs a command against the server in a project: (status, output, errors)."""
    def run(contexts, *arguments, input=None):
        done = subprocess.run(
            [str(binary("cairn")), *map(str, arguments), "-a", server.address, "-p", contexts.project], cwd=ROOT,
            env=environment(), capture_output=True, timeout=300 * SLOWNESS, input=input)
        return done.returncode, done.stdout, done.stderr.decode()
    return run


def summary(errors):
    """The last line: before it come lines of progress, one in five seconds, when a busy machine takes so long."""
    return errors.splitlines()[-1]


@pytest.mark.parametrize("name", ["all.jsonl", "all.binpb"])
def test_a_file_out_and_in_again(contexts, channel, run, tmp_path, name):
    imported(contexts, list(made(1_500)))
    status, output, errors = run(contexts, "export", tmp_path / name, "--deleted")
    assert (status, output) == (0, b"") and summary(errors).startswith("1500 records in "), errors
    assert [path.name for path in tmp_path.iterdir()] == [name]
    other = new_project(channel)
    status, output, errors = run(other, "import", tmp_path / name)
    assert (status, output) == (0, b"") and summary(errors).startswith("1500 stored in "), errors
    one, two = exported(contexts, show_deleted=True), exported(other, show_deleted=True)
    assert [kept(context) for context in one.values()] == [kept(context) for context in two.values()]
    assert summary(run(other, "import", tmp_path / name)[2]).startswith("0 stored, 1500 skipped in ")
    assert summary(run(other, "import", tmp_path / name, "--mode", "new-ids")[2]).startswith("1500 stored in ")


def test_the_longest_line_out_and_in_again(contexts, channel, run, tmp_path):
    """Every character of it takes six bytes in JSON: more than a message of lines may have."""
    texts = {id: letter * (1 << 20) for id, letter in (("a", "\x01"), ("b", "b"), ("c", "\x02"))}
    for id, text in texts.items():
        contexts.create(id=id, content=text)
    file = tmp_path / "long.jsonl"
    assert run(contexts, "export", file)[0] == 0
    assert max(map(len, file.read_bytes().splitlines())) > 6 << 20
    other = new_project(channel)
    status, _, errors = run(other, "import", file)
    assert status == 0 and summary(errors).startswith("3 stored in "), errors
    assert {id: other.GetContext(id=id).content for id in texts} == texts
    # One that no context can be as long as is named, and does not keep the others out.
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(lines[0] + b'{"context": {"id": "d", "title": "' + b"d" * (9 << 20) + b'"}}\n' + b"".join(lines[1:]))
    third = new_project(channel)
    status, _, errors = run(third, "import", file)
    assert status == 1 and "long.jsonl:2: the line is longer than" in errors, errors
    assert sorted(third.ids()) == sorted(texts)


def test_a_history_out_and_in_again(contexts, channel, run, tmp_path):
    contexts.create(id="a", title="one")
    contexts.update("a", title="two")
    contexts.update("a", title="three")
    file = tmp_path / "all.binpb"
    status, _, errors = run(contexts, "export", file, "--versions")
    assert status == 0 and "relationships are left out" in errors
    assert "left out" not in run(contexts, "export", file, "--versions", "--relationships")[2]
    other, plain = new_project(channel), new_project(channel)
    status, _, errors = run(other, "import", file)
    assert status == 0 and "1 stored, 2 former versions in" in errors, errors
    assert [v.context.title for v in other.ListContextVersions(id="a").versions] == ["three", "two", "one"]
    assert run(plain, "import", file, "--no-versions")[0] == 0
    assert [v.context.title for v in plain.ListContextVersions(id="a").versions] == ["three"]
    lines = tmp_path / "cut.jsonl"
    run(contexts, "export", lines, "--versions")
    lines.write_bytes(b"".join(lines.read_bytes().splitlines(keepends=True)[:2]))
    third = new_project(channel)
    status, _, errors = run(third, "import", lines)
    assert status == 1 and "1 contexts are stored as a former version says" in errors, errors


def test_through_pipes_and_filters(contexts, channel, run):
    for owner in ["ann", "ben"]:
        contexts.create(id=owner, owner=owner, tags=["t"])
    status, output, errors = run(contexts, "export", "--owner", "ann", "--tag", "t", "--quiet")
    assert status == 0 and [json.loads(line).get("context", {}).get("id") for line in output.splitlines()] == [
        None, "ann", None]
    assert errors == ""
    other = new_project(channel)
    assert run(other, "import", "--quiet", input=output)[1:] == (b"", "")
    assert other.ids() == ["ann"]
    assert run(other, "import", "--quiet", "--dry-run", input=output)[1:] == (b"", "")
    assert "line" in run(other, "import", "--quiet", "-f", "jsonl", input=b"nonsense\n")[2], "what is wrong is said"


def test_a_bad_line_is_reported_with_its_number(contexts, run, tmp_path):
    lines = [json.dumps({"context": {"id": f"{n}", "title": "t"}}).encode() for n in range(1, 1001)]
    lines[41] = b'{"context": {"id": "42"}}'
    lines[99] = b"\xff\xfe\xfd"
    lines[999] = lines[999][:-4]
    file = tmp_path / "bad.jsonl"
    file.write_bytes(b"\n".join(lines))
    status, _, errors = run(contexts, "import", file, "--on-error", "none")
    assert status == 1 and contexts.ids() == [] and "nothing stored: 997 can be, 0 skipped; 3 wrong" in errors
    status, _, errors = run(contexts, "import", file)
    assert status == 1 and "997 stored, 3 wrong" in errors
    assert f"{file}:42: context.title must not be empty" in errors
    assert f"{file}:100: the line is not UTF-8" in errors
    assert f"{file}:1000: the line is no TransferRecord in JSON" in errors
    assert len(contexts.ids(page_size=1000)) == 997
    other = new_project(contexts.channel)
    status, _, errors = run(other, "import", file, "--on-error", "stop")
    assert status == 67 and f"{file}:42: " in errors and "--resume" in errors
    assert len(other.ids()) == 41


def test_cut_mixed_and_foreign_files_are_told_apart(contexts, run, tmp_path):
    imported(contexts, list(made(50)))
    for name in ["x.jsonl", "x.binpb"]:
        file = tmp_path / name
        run(contexts, "export", file)
        whole = file.read_bytes()
        file.write_bytes(whole[:-5])
        status, _, errors = run(contexts, "import", file)
        assert status == 1 and "it was cut" in errors, errors
    for name, data, expected in [
        ("array.jsonl", b'[{"a": 1}]', "is a JSON array, not JSON lines"),
        ("wide.jsonl", "{}".encode("utf-16"), "is UTF-16, not UTF-8"),
        ("not.binpb", b"\xff" * 100, "holds no binary records"),
        ("what.dat", b"hello", "cannot tell what"),
    ]:
        file = tmp_path / name
        file.write_bytes(data)
        status, _, errors = run(contexts, "import", file)
        assert status == 1 and expected in errors, errors
    status, _, errors = run(contexts, "import", tmp_path / "none")
    assert status == 1 and "No such file" in errors
    assert run(contexts, "import", "--format", "word")[0] == 2


def test_markdown_folders(contexts, run, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one.md").write_text(
        "---\ntitle: \"One: first\"\ntags: [a, b c]\ndate: 2024-05-01\nauthor: ann\ntype: decision\nmood: good\n"
        "aliases:\n  - uno\n---\n# Heading\n\nText.\n")
    (tmp_path / "two.markdown").write_text("\ufeffIntro\n\n# Second\n\nMore.\n")
    (tmp_path / "three.md").write_bytes(b"caf\xe9")
    (tmp_path / ".hidden.md").write_text("# no")
    (tmp_path / "image.png").write_bytes(b"no")
    (tmp_path / "deep" / "link.md").symlink_to("one.md")
    status, _, errors = run(contexts, "import", tmp_path)
    assert (f"{tmp_path}: left out: 1 that do not end in .md or .markdown (image.png), 1 that begin with a dot, "
            "1 links or special files") in errors, errors
    assert "left out" not in run(contexts, "import", tmp_path, "--quiet", "--dry-run")[2]
    assert status == 1 and f"{tmp_path}, three.md: is not UTF-8" in errors and "2 stored, 1 wrong" in errors
    one = contexts.GetContext(id="deep/one.md")
    assert (one.title, list(one.tags), one.owner) == ("One: first", ["a", "b c"], "ann")
    assert one.type == context_pb2.CONTEXT_TYPE_DECISION and one.create_time.ToJsonString() == "2024-05-01T00:00:00Z"
    assert dict(one.metadata)["mood"] == "good" and list(one.metadata["aliases"]) == ["uno"]
    assert one.content == "# Heading\n\nText.\n"
    assert contexts.GetContext(id="two.markdown").title == "Second"
    (tmp_path / "two.markdown").write_text("# Second, changed\n")
    assert "2 overwritten" in run(contexts, "import", tmp_path, "--mode", "overwrite")[2]
    assert contexts.GetContext(id="two.markdown").title == "Second, changed"


def test_text_folders(contexts, run, tmp_path):
    (tmp_path / "note.txt").write_text("hello")
    assert run(contexts, "import", tmp_path)[0] == 0
    note = contexts.GetContext(id="note.txt")
    assert (note.title, note.content, note.media_type) == ("note", "hello", "text/plain")


def test_conversations_and_memories(contexts, run, tmp_path):
    chatgpt = [{
        "title": "Bridges", "create_time": 1700000000.25, "update_time": 1700000100.5, "conversation_id": "c1",
        "current_node": "n3", "default_model_slug": "gpt-x", "mapping": {
            "root": {"id": "root", "message": None, "parent": None, "children": ["n1"]},
            "n1": {"id": "n1", "parent": "root", "message": {
                "author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Which bridge?"]}}},
            "n2": {"id": "n2", "parent": "n1", "message": {
                "author": {"role": "assistant"}, "content": {"content_type": "text", "parts": ["An older branch"]}}},
            "n3": {"id": "n3", "parent": "n1", "message": {
                "author": {"role": "assistant"}, "content": {"content_type": "text", "parts": ["The old one."]}}}}}]
    claude = [{
        "uuid": "u1", "name": "Rivers", "created_at": "2024-01-02T03:04:05.678901Z",
        "updated_at": "2024-01-02T03:05:00Z", "chat_messages": [
            {"sender": "human", "text": "Hi"}, {"sender": "assistant", "text": "", "content": [
                {"type": "text", "text": "Hello"}]}]}, {"uuid": "u2"}]
    mem0 = {"results": [
        {"id": "m1", "memory": "Likes tea", "user_id": "ann", "categories": ["food"], "metadata": {"k": 1},
         "created_at": "2024-01-02T03:04:05-08:00"}, {"id": "m2"}]}
    statuses = []
    for name, data in [("chatgpt", chatgpt), ("claude", claude), ("mem0", mem0)]:
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(data))
        statuses.append(run(contexts, "import", file))
    assert [status for status, _, _ in statuses] == [0, 1, 1], statuses
    assert "element 2: is no conversation of Claude" in statuses[1][2]
    bridges = contexts.GetContext(id="chatgpt-c1")
    assert bridges.content == "**User**\n\nWhich bridge?\n\n**Assistant**\n\nThe old one.\n\n"
    assert bridges.create_time.ToJsonString() == "2023-11-14T22:13:20.250Z" and bridges.metadata["model"] == "gpt-x"
    rivers = contexts.GetContext(id="claude-u1")
    assert rivers.title == "Rivers" and "**Human**\n\nHi" in rivers.content and "Hello" in rivers.content
    tea = contexts.GetContext(id="m1")
    assert (tea.type, tea.owner, list(tea.tags)) == (context_pb2.CONTEXT_TYPE_MEMORY, "ann", ["food"])
    assert tea.create_time.ToJsonString() == "2024-01-02T11:04:05Z" and tea.metadata["k"] == 1
    (tmp_path / "cut.json").write_text(json.dumps(chatgpt + chatgpt)[:-20])
    status, _, errors = run(contexts, "import", tmp_path / "cut.json")
    assert status == 1 and "it was cut" in errors


def test_ctrl_c_says_how_to_go_on(contexts, run, server):
    process = subprocess.Popen(
        [str(binary("cairn")), "import", "-a", server.address, "-p", contexts.project], cwd=ROOT, env=environment(),
        stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    lines = [json.dumps({"context": {"title": f"t{n}"}}).encode() + b"\n" for n in range(500)]
    process.stdin.write(b"".join(lines[:200]))
    process.stdin.flush()
    eventually(lambda: len(contexts.ids(page_size=1000)) == 200, "what was sent is stored")
    process.send_signal(signal.SIGINT)
    errors = process.stderr.read().decode()
    assert process.wait(30) == 130 and "to go on: cairn import" in errors
    id = errors.split("--resume ")[1].split()[0]
    status, _, errors = run(contexts, "import", "--resume", id, input=b"".join(lines))
    assert status == 0 and summary(errors).startswith("500 stored in ")
    assert sorted(context.title for context in contexts.list(page_size=1000)) == sorted(f"t{n}" for n in range(500))


@pytest.mark.timeout(900)
def test_x10_many_out_and_in_again_with_a_cut(contexts, channel, run, server, tmp_path):
    """What comes out of another project that took the file in two goes is the same, record by record."""
    count = int(os.environ.get("CAIRN_TEST_CONTEXTS", "8000"))
    made_file, first, second = tmp_path / "made.jsonl", tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    with made_file.open("w") as lines:
        for n in range(count):
            lines.write(json.dumps({"context": {
                "id": f"{n:06}", "title": f"t {n}", "content": f"word{n % 97} " * (n % 7), "tags": [f"g{n % 13}"],
                "metadata": {"n": n}, "createTime": f"2024-01-{n % 28 + 1:02}T00:00:00Z"}}) + "\n")
    status, _, errors = run(contexts, "import", made_file)
    assert status == 0 and f"{count} stored in" in errors, errors
    assert run(contexts, "export", first, "--quiet")[0] == 0
    other = new_project(channel)
    process = subprocess.Popen(
        [str(binary("cairn")), "import", "-a", server.address, "-p", other.project], cwd=ROOT, env=environment(),
        stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    # It waits for the second half when it is cut.
    with first.open("rb") as lines:
        process.stdin.writelines(itertools.islice(lines, count // 2))
    process.stdin.flush()
    eventually(lambda: other.ListContexts(page_size=1).contexts, "the import is under way", timeout=60)
    process.send_signal(signal.SIGINT)
    errors = process.stderr.read().decode()
    assert process.wait(60) == 130, errors
    for pipe in (process.stdin, process.stderr):
        pipe.close()
    id = errors.split("--resume ")[1].split()[0]
    status, _, errors = run(other, "import", first, "--resume", id)
    assert status == 0, errors
    assert run(other, "export", second, "--quiet")[0] == 0

    def plain(line):
        record = json.loads(line)
        for name in ("version", "etag", "position"):
            record.get("context", {}).pop(name, None)
        return record

    with first.open() as one, second.open() as two:
        pairs = list(zip(one, two, strict=True))
    assert len(pairs) == count + 2
    assert all(plain(a) == plain(b) for a, b in pairs[1:-1])
    assert {context.version for context in other.ListContexts(page_size=1000).contexts} == {1}, "nothing came twice"


def test_an_export_that_was_cut_goes_on(run, start_server, database, tmp_path):
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        contexts = new_project(channel)
        text = "x" * 20_000
        imported(contexts, [context_pb2.Context(id=f"{n:04}", title="t", content=text) for n in range(1500)], size=100)
        file = tmp_path / "out.jsonl"
        command = [str(binary("cairn")), "export", str(file), "-a", server.address, "-p", contexts.project]
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stderr=subprocess.PIPE)
        resume = tmp_path / "out.jsonl.cairn-resume"
        eventually(lambda: resume.exists() or process.poll() is not None, "it has begun", interval=0.002)
        process.kill()
        process.wait()
        process.stderr.close()
        assert process.returncode == -signal.SIGKILL and resume.exists(), "it was not cut"
        done = subprocess.run(
            [*command, "--resume"], cwd=ROOT, env=environment(), capture_output=True, timeout=120 * SLOWNESS)
        assert done.returncode == 0, done.stderr
        ids = [json.loads(line).get("context", {}).get("id") for line in file.read_text().splitlines()]
        assert ids == [None, *(f"{n:04}" for n in range(1500)), None]
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
