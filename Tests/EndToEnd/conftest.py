"""Fixtures: a server on a fresh database, and channels and stubs of a stock client."""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from harness import CACHE, ROOT, SLOWNESS, stubs  # noqa: E402

stubs.build()

from harness.postgres import Cluster, make_cluster_data, shared_cluster, stop_left_behind  # noqa: E402
from harness.project import new_project  # noqa: E402
from harness.server import Server, cairn  # noqa: E402
from harness.waiting import eventually  # noqa: E402


def pytest_collection_modifyitems(config, items):
    """Gives slow programs more time before a test is taken to hang."""
    for item in items:
        marker = item.get_closest_marker("timeout")
        seconds = marker.args[0] if marker else float(config.getini("timeout"))
        item.add_marker(pytest.mark.timeout(seconds * SLOWNESS), append=False)


@pytest.fixture(scope="session")
def template():
    """A database with every migration applied; fresh databases are copies of it."""
    database = shared_cluster().create()
    applied = cairn("migrate", "up", "--database-url", database.url)
    assert applied.returncode == 0, applied.stdout + applied.stderr
    return database


@pytest.fixture
def database(template):
    """A fresh, migrated database of this test alone. It goes with the cluster: dropping it costs a checkpoint."""
    return shared_cluster().create(template)


@pytest.fixture(scope="module")
def module_database(template):
    return shared_cluster().create(template)


@pytest.fixture(scope="module")
def server(module_database):
    """A server that the tests of one module share: none of them may stop it."""
    running = Server("--database-url", module_database.url).start()
    yield running
    status = running.stop()
    assert status == 0, running.text


@pytest.fixture(scope="module")
def channel(server):
    with server.channel() as channel:
        yield channel


PEERS = pathlib.Path(__file__).parent / "peers"


@pytest.fixture(scope="session")
def cpp_peer():
    """Server and client of gRPC's interoperability tests in C++."""
    return build(PEERS / "Makefile", "interop", "interop") / "interop"


@pytest.fixture(scope="session")
def cpp_client():
    """A client of our API in C++."""
    return build(PEERS / "stubs.mk", "stub-clients", "stubs") / "stubs"


@pytest.fixture(scope="session")
def cpp_examples():
    """The folder with the examples in C++, which have the same stubs."""
    return build(ROOT / "Examples" / "cpp" / "Makefile", "stub-clients/cpp", "all")


@pytest.fixture(scope="session")
def java_client():
    """A client of our API in Java."""
    return build(PEERS / "stubs.mk", "stub-clients", "stubs-client") / "stubs-client"


def build(makefile, folder, target):
    """The folder with foreign programs, built when what they are made of is newer; one at a time, since tests run in
    several processes."""
    out = CACHE / folder
    goal = target if target == "all" else out / target
    built = subprocess.run(
        ["flock", CACHE / f"{pathlib.Path(folder).parts[0]}.lock", "make", "--no-print-directory", "--jobs=2",
         f"--file={makefile.name}", f"--directory={makefile.parent}", f"OUT={out}", goal],
        capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return out


@pytest.fixture
def contexts(channel):
    """A project of this test alone, on the server that its module shares."""
    return new_project(channel)


@pytest.fixture
def other(channel):
    """Another one."""
    return new_project(channel)


@pytest.fixture(scope="module")
def echo_server():
    """The transport alone, without a database."""
    running = Server(program="EchoServer", command=()).start()
    yield running
    status = running.stop()
    assert status == 0, running.text


@pytest.fixture
def start_server(folder):
    """Starts servers that end with the test, with the options given. They end before `folder` goes."""
    started = []

    def start(*arguments, **options):
        started.append(Server(*arguments, **options))
        return started[-1].start()

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def own_server(start_server, database):
    """A server on a fresh database of this test alone, which may stop or kill it."""
    return start_server("--database-url", database.url)


@pytest.fixture(scope="session")
def cluster_data():
    data = make_cluster_data()
    yield data
    shutil.rmtree(data.parent, ignore_errors=True)


@pytest.fixture
def cluster(cluster_data):
    """A PostgreSQL of this test alone, which may stop and start it."""
    cluster = Cluster(cluster_data)
    cluster.start()
    yield cluster
    cluster.close()


@pytest.fixture
def folder():
    """A folder that any user may enter, without a server's data yet."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="cairn-test.", dir="/tmp"))
    path.chmod(0o777)
    yield path
    stop_left_behind(path)
    # A PostgreSQL that is on its way out may still write its log.
    eventually(lambda: shutil.rmtree(path, ignore_errors=True) or not path.exists(), f"{path} can be removed")
