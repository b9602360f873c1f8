"""The PostgreSQL that a server starts itself: kept across restarts, adopted after a crash, never shared."""

import os
import pathlib
import signal
import subprocess

import grpc
import pytest
from cairn.v1 import context_pb2, context_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from harness.postgres import Database, bin_folder, runs, stop_left_behind
from harness.refusals import refusal
from harness.server import Server, cairn
from harness.waiting import eventually

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


def postmaster(path):
    """The process id of the PostgreSQL that runs in `path`, if any."""
    for pid_file in path.rglob("postmaster.pid"):
        pid = int(pid_file.read_text().split()[0])
        if runs(pid):
            return pid
    return None


def create(server, **fields):
    with server.channel() as channel:
        return context_pb2_grpc.ContextServiceStub(channel).CreateContext(
            context_pb2.CreateContextRequest(context=context_pb2.Context(**fields)), timeout=30)


def get(server, id):
    with server.channel() as channel:
        return context_pb2_grpc.ContextServiceStub(channel).GetContext(
            context_pb2.GetContextRequest(id=id), timeout=30)


def test_data_is_kept_across_restarts_and_postgresql_ends_with_the_server(start_server, folder):
    data = folder / "data"
    server = start_server("--data-dir", data)
    stored = create(server, title="kept", content="über")
    assert postmaster(data)
    (version,) = data.rglob("PG_VERSION") if len(list(data.rglob("PG_VERSION"))) == 1 else [
        min(data.rglob("PG_VERSION"), key=lambda path: len(path.parts))]
    assert version.parent.stat().st_mode & 0o777 == 0o700
    assert server.stop() == 0
    assert postmaster(data) is None
    control = subprocess.run(
        [bin_folder() / "pg_controldata", "-D", version.parent], capture_output=True, text=True, env={"LC_ALL": "C"})
    assert "shut down\n" in control.stdout

    assert get(start_server("--data-dir", data), stored.id) == stored


def test_the_role_that_serves_can_neither_change_nor_forget_history(start_server, folder):
    data = folder / "data"
    create(start_server("--data-dir", data), title="kept")
    (socket,) = [path for path in data.rglob(".s.PGSQL.*") if not path.name.endswith(".lock")]
    database = Database(f"postgresql://cairn@/cairn?host={socket.parent}&port={socket.suffix[1:]}")
    assert database.value("SELECT count(*) FROM change") == "1"
    (partition,) = database.query(
        "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'change'::regclass ORDER BY 1 LIMIT 1")[0]
    for sql in (
        "UPDATE change SET principal = 'somebody'", "DELETE FROM change", "TRUNCATE change",
        f"UPDATE {partition} SET principal = 'somebody'", f"DELETE FROM {partition}",
        "UPDATE journal SET pruned_position = 5", "DELETE FROM journal", "UPDATE journal_history SET next_position = 0",
        "DELETE FROM cairn_migration", "UPDATE cairn_migration SET name = ''", "UPDATE context_version SET title = ''",
        "SELECT setval('journal_position', 1)", "ALTER TABLE context ADD COLUMN x text", "DROP TABLE context",
    ):
        with pytest.raises(RuntimeError, match="permission denied|must be owner"):
            database.query(sql)


def test_no_tcp_port_is_opened_for_postgresql(start_server, folder):
    start_server("--data-dir", folder / "data")
    sockets = pathlib.Path(f"/proc/{postmaster(folder)}/net/tcp")
    inodes = {
        os.readlink(link).removeprefix("socket:[").removesuffix("]")
        for link in pathlib.Path(f"/proc/{postmaster(folder)}/fd").iterdir()
        if os.readlink(link).startswith("socket:[")}
    listening = [line.split()[9] for line in sockets.read_text().splitlines()[1:] if line.split()[3] == "0A"]
    assert not inodes & set(listening)


def test_the_postgresql_of_a_killed_server_is_adopted(start_server, folder):
    server = start_server("--data-dir", folder / "data")
    stored = create(server, title="kept")
    before = postmaster(folder)
    server.kill()
    again = start_server("--data-dir", folder / "data")
    assert postmaster(folder) == before
    assert get(again, stored.id) == stored
    assert again.stop() == 0
    assert postmaster(folder) is None


def test_a_second_server_on_the_same_folder_is_refused_by_name(start_server, folder):
    data = folder / "data"
    first = start_server("--data-dir", data)
    second = cairn("serve", "--listen", "127.0.0.1:0", "--data-dir", data)
    assert second.returncode != 0
    assert str(data) in second.stderr and str(first.process.pid) in second.stderr
    create(first, title="still served")


def test_ctrl_c_reaches_postgresql_only_after_the_server_has_drained(folder):
    server = Server("--data-dir", folder / "data", prefix=["setsid"])
    server.start()
    create(server, title="one")
    os.killpg(os.getpgid(server.process.pid), signal.SIGINT)
    assert server.wait() == 0, server.text
    assert postmaster(folder) is None


def test_a_folder_of_another_postgresql_version_is_refused_and_left_alone(start_server, folder):
    data = folder / "data"
    server = start_server("--data-dir", data)
    stored = create(server, title="kept")
    assert server.stop() == 0
    version = min(data.rglob("PG_VERSION"), key=lambda path: len(path.parts))
    real = version.read_text()
    version.write_text("14\n")
    run = cairn("serve", "--listen", "127.0.0.1:0", "--data-dir", data)
    assert run.returncode != 0
    assert "14" in run.stderr and real.strip() in run.stderr and str(data) in run.stderr, run.stderr
    version.write_text(real)
    assert get(start_server("--data-dir", data), stored.id) == stored


def test_a_folder_with_something_else_in_it_is_refused_and_left_alone(folder):
    data = folder / "data"
    data.mkdir()
    (data / "thesis.txt").write_text("dear")
    run = cairn("serve", "--listen", "127.0.0.1:0", "--data-dir", data)
    if run.returncode == 0:
        pytest.fail("a folder with foreign files was taken")
    assert str(data) in run.stderr
    assert [path.name for path in data.iterdir()] == ["thesis.txt"]


def test_asking_for_the_state_of_a_database_that_is_not_there_makes_none(folder):
    run = cairn("migrate", "status", "--data-dir", folder / "data")
    assert run.returncode == 1
    assert f"there is no database in {folder / 'data'}; `cairn serve` makes one" in run.stderr
    assert not (folder / "data").exists()


def test_the_state_of_the_database_can_be_asked_beside_its_server(start_server, folder):
    server = start_server("--data-dir", folder / "data")
    run = cairn("migrate", "status", "--data-dir", folder / "data")
    assert run.returncode == 0, run.stderr
    assert run.stdout and all(line.startswith("applied\t") for line in run.stdout.splitlines())
    create(server, title="still served")
    assert server.stop() == 0
    again = cairn("migrate", "status", "--data-dir", folder / "data")
    assert (again.returncode, again.stdout) == (0, run.stdout), again.stderr


def test_a_port_in_use_is_named_and_postgresql_does_not_stay_behind(start_server, folder):
    first = start_server("--data-dir", folder / "first")
    second = cairn("serve", "--listen", first.address, "--data-dir", folder / "second")
    assert second.returncode != 0
    assert first.address in second.stderr and "in use" in second.stderr and "--listen" in second.stderr
    assert postmaster(folder / "second") is None and not (folder / "second").exists()
    create(first, title="still served")


@pytest.fixture
def small_disk(folder):
    """A folder on a file system of its own with little space."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400m,mode=0777", "cairn-test", folder], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    stop_left_behind(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_is_said_and_survived(small_disk, start_server):
    server = start_server("--data-dir", small_disk / "data")
    with server.channel() as channel:
        contexts = context_pb2_grpc.ContextServiceStub(channel)
        health_stub = health_pb2_grpc.HealthStub(channel)
        acknowledged = {}

        def health():
            return health_stub.Check(health_pb2.HealthCheckRequest(), timeout=20).status

        def write(number):
            """Stores a context that does not compress; returns the refusal if there is one."""
            data = os.urandom(500_000)
            try:
                id = contexts.CreateContext(
                    context_pb2.CreateContextRequest(context=context_pb2.Context(title=f"{number}", data=data)),
                    timeout=30).id
            except grpc.RpcError as error:
                return refusal(error)
            acknowledged[id] = data
            return None

        assert write(0) is None
        ballast = small_disk / "ballast"
        fill(ballast)
        refusals = []

        def full():
            refusals.append(write(len(refusals)))
            return refusals[-1] and refusals[-1].reason == "STORAGE_FULL"

        eventually(full, "writes are refused because the disk is full", timeout=60)
        assert {(refused.code, refused.reason) for refused in refusals if refused} <= {
            (grpc.StatusCode.UNAVAILABLE, "STORAGE_FULL"), (grpc.StatusCode.UNAVAILABLE, "DATABASE_UNAVAILABLE"),
            (grpc.StatusCode.UNAVAILABLE, "OUTCOME_UNKNOWN")}
        eventually(lambda: health() == NOT_SERVING, "health says NOT_SERVING")
        assert write(-1).reason == "STORAGE_FULL"

        ballast.unlink()
        eventually(lambda: health() == SERVING, "health says SERVING once there is space", timeout=60)
        eventually(lambda: write(-2) is None, "writes are taken once there is space", timeout=60)
        for id, data in acknowledged.items():
            assert contexts.GetContext(context_pb2.GetContextRequest(id=id), timeout=30).data == data
    assert server.stop() == 0


def fill(path):
    """Writes until the disk is full to the last block."""
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 20, 4096):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


def test_another_user_than_root_needs_no_special_rights(start_server, folder):
    if os.getuid() != 0:
        pytest.skip("every other test already runs without special rights")
    prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    from harness import binary

    if subprocess.run([*prefix, "test", "-x", binary("cairn")]).returncode != 0:
        pytest.skip("the built program is in a folder that only root may enter")
    server = start_server("--data-dir", folder / "data", prefix=prefix, env={"HOME": str(folder)})
    stored = create(server, title="one")
    assert get(server, stored.id) == stored
    assert (folder / "data").stat().st_uid == 65534
    assert server.stop() == 0
