"""TLS and client certificates as a stock client meets them: right ones, wrong ones, and new ones while calls run."""

import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading

import grpc
import pytest
from cairn.echo.v1 import echo_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from harness.certificates import Authority
from harness.server import CHANNEL_OPTIONS, Server, cairn
from harness.waiting import eventually
from test_bad_frames import ECHO, PREFACE, SETTINGS, frame


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="module")
def pair(authority):
    return authority.issue("server")


def tls(pair):
    return ["--tls-cert", pair.certificate, "--tls-key", pair.key]


@pytest.fixture(scope="module")
def secure(module_database, pair):
    """A server that asks nobody for a certificate and gives up on handshakes soon."""
    running = Server(
        "--database-url", module_database.url, *tls(pair), "--handshake-timeout", "1s").start()
    yield running
    assert running.stop() == 0, running.text


@pytest.fixture(scope="module")
def mutual(module_database, authority, pair):
    """A server that wants a certificate of the test's authority."""
    running = Server("--database-url", module_database.url, *tls(pair), "--tls-client-ca", authority.file).start()
    yield running
    assert running.stop() == 0, running.text


def channel(server, authority, client=None, *options):
    credentials = grpc.ssl_channel_credentials(
        root_certificates=authority.bytes, private_key=client and client.key.read_bytes(),
        certificate_chain=client and client.certificate.read_bytes())
    # Channels with the same credentials would share a connection.
    own = ("grpc.use_local_subchannel_pool", 1)
    return grpc.secure_channel(server.address, credentials, options=[own, *options, *CHANNEL_OPTIONS])


def check(channel, **options):
    return health_pb2_grpc.HealthStub(channel).Check(
        health_pb2.HealthCheckRequest(), timeout=20, **options).status == health_pb2.HealthCheckResponse.SERVING


def refusal(channel):
    with pytest.raises(grpc.RpcError) as caught:
        check(channel)
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
    return caught.value.details()


def test_a_client_that_trusts_the_authority_is_served(secure, authority):
    with channel(secure, authority) as open_channel:
        assert check(open_channel)


def test_a_client_that_trusts_another_authority_refuses_the_server(secure, stranger):
    with channel(secure, stranger) as open_channel:
        assert "CERTIFICATE_VERIFY_FAILED" in refusal(open_channel)


def test_an_expired_server_certificate_is_a_warning_to_the_server_and_refused_by_the_client(
        start_server, database, authority):
    server = start_server("--database-url", database.url, *tls(authority.issue("late", days=-1)))
    assert "the certificate of CN=late expired on" in server.text
    with channel(server, authority) as open_channel:
        refusal(open_channel)


def test_a_right_client_certificate_is_accepted(mutual, authority):
    with channel(mutual, authority, authority.issue("agent")) as open_channel:
        assert check(open_channel)


@pytest.mark.parametrize("kind", ["none", "stranger", "expired"])
def test_a_wrong_client_certificate_is_refused(mutual, authority, stranger, kind):
    client = {
        "none": lambda: None, "stranger": lambda: stranger.issue("x"),
        "expired": lambda: authority.issue("x", days=-1),
    }[kind]()
    with channel(mutual, authority, client) as open_channel:
        refusal(open_channel)


def test_single_client_certificates_can_be_listed(start_server, database, authority, pair, tmp_path):
    alone, leaf = authority.pin("alone"), authority.issue("leaf")
    listed = tmp_path / "listed.pem"
    listed.write_bytes(alone.certificate.read_bytes() + leaf.certificate.read_bytes())
    server = start_server("--database-url", database.url, *tls(pair), "--tls-client-ca", listed)
    for client in [alone, leaf]:
        with channel(server, authority, client) as open_channel:
            assert check(open_channel)
    for client in [authority.pin("other"), authority.issue("sibling"), authority.issue("child", signer="alone"), None]:
        with channel(server, authority, client) as open_channel:
            refusal(open_channel)


def test_a_single_server_certificate_can_be_trusted(start_server, database, authority):
    alone = authority.pin("self", "subjectAltName=IP:127.0.0.1")
    server = start_server("--database-url", database.url, *tls(alone))
    for ca, is_trusted in [(alone.certificate, True), (authority.file, False)]:
        asked = cairn("health", "-a", server.address, "--ca", ca)
        assert (asked.returncode == 0) == is_trusted, asked.stdout + asked.stderr


@pytest.mark.parametrize("when, status", [("optional", 0), ("none", 0), ("required", 78)])
def test_a_client_without_a_certificate(start_server, database, authority, pair, when, status):
    server = start_server(
        "--database-url", database.url, *tls(pair), "--tls-client-ca", authority.file, "--tls-client-auth", when)
    asked = cairn("health", "-a", server.address, "--ca", authority.file)
    assert asked.returncode == status, asked.stdout + asked.stderr
    if status:
        assert "the server asks for a client certificate" in asked.stderr


def test_cairn_call_shows_a_certificate_and_expects_a_name(mutual, authority):
    agent = authority.issue("agent")
    options = ["-a", mutual.address, "--tls", "--ca", authority.file, "--cert", agent.certificate, "--key", agent.key]
    assert cairn("call", *options, "--server-name", "localhost", "ListContexts").returncode == 0
    wrong = cairn("call", *options, "--server-name", "elsewhere.example", "ListContexts")
    assert wrong.returncode == 78 and "hostname mismatch" in wrong.stderr
    assert cairn("call", "-a", mutual.address, "--cert", agent.certificate, "ListContexts").returncode == 2


@pytest.mark.parametrize("offered", [[], ["http/1.1"]], ids=["none", "http/1.1"])
def test_a_client_that_does_not_offer_http2_is_told_so(secure, authority, offered):
    context = ssl.create_default_context(cafile=authority.file)
    if offered:
        context.set_alpn_protocols(offered)
    with socket.create_connection(("127.0.0.1", secure.port)) as raw:
        with pytest.raises(ssl.SSLError, match="(?i)no.application.protocol"):
            context.wrap_socket(raw, server_hostname="localhost")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_versions_of_tls_are_spoken_and_ended_properly(secure, authority, version):
    context = ssl.create_default_context(cafile=authority.file)
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["http/1.1", "h2"])
    with socket.create_connection(("127.0.0.1", secure.port)) as raw:
        with context.wrap_socket(raw, server_hostname="localhost", suppress_ragged_eofs=False) as secured:
            assert secured.selected_alpn_protocol() == "h2"
            secured.sendall(b"not the preface of HTTP/2\r\n\r\n")
            secured.settimeout(10)
            while secured.recv(4096):  # Ends with close_notify, else this would raise.
                pass


def test_half_open_handshakes_are_dropped_and_nobody_else_notices(secure, authority):
    silent = [socket.create_connection(("127.0.0.1", secure.port)) for _ in range(200)]
    for begun in silent[::2]:
        begun.sendall(b"\x16\x03\x01\x02\x00\x01")
    try:
        with channel(secure, authority) as open_channel:
            assert all(check(open_channel) for _ in range(50))
            for one in silent:
                one.settimeout(10)
                try:
                    while one.recv(100):  # Perhaps an alert first.
                        pass
                except ConnectionResetError:
                    pass
            assert check(open_channel)
    finally:
        for one in silent:
            one.close()


def test_only_so_many_handshakes_are_under_way(start_server, database, authority, pair):
    server = start_server(
        "--database-url", database.url, *tls(pair), "--loops", "1", "--handshake-timeout", "5m",
        "--max-tls-handshakes", "50")
    silent = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(50)]
    try:
        with channel(server, authority) as open_channel:
            assert check(open_channel), "one who means it is served, though there are as many as may be"
        later = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(30)]
        # One had gone for the client, the others of the oldest for those who came later.
        assert [one.recv(1) for one in silent[:30]] == [b""] * 30
        for one in silent[30:] + later:
            one.setblocking(False)
            with pytest.raises(BlockingIOError):
                one.recv(1)
        assert "gave way to newer ones" in server.text
        assert server.text.count("no TLS with") < 10, "the log tells of some only"
    finally:
        for one in silent:
            one.close()


WINDOW_UPDATE = frame(8, 0, 0, b"\0\0\0\x01")  # Which is never a flood.
# A process of its own, so that it is always ahead of the server.
FLOOD = f"""
import socket, ssl, sys
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
if sys.argv[2] == "TLS":
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["h2"])
    connection = context.wrap_socket(connection)
connection.sendall({PREFACE + SETTINGS})
frames = {WINDOW_UPDATE} * 5000
for turn in range(10**9):
    connection.sendall(frames)
    if turn == 100:
        print("flooding", flush=True)
"""


@pytest.mark.parametrize("security", ["plaintext", "TLS"])
def test_a_peer_that_never_pauses_leaves_turns_to_others(authority, pair, security):
    server = Server(*(tls(pair) if security == "TLS" else []), program="EchoServer", command=()).start()
    flood = [sys.executable, "-c", FLOOD, str(server.port), security]
    with subprocess.Popen(flood, stdout=subprocess.PIPE) as flooder:
        try:
            with channel(server, authority) if security == "TLS" else server.channel() as open_channel:
                echo = echo_pb2_grpc.EchoStub(open_channel)
                assert flooder.stdout.readline() == b"flooding\n"
                for _ in range(200):
                    assert echo.Unary(ECHO, timeout=30) == ECHO
                assert flooder.poll() is None
        finally:
            flooder.kill()
            assert server.stop() == 0, server.text


@pytest.mark.parametrize("how", ["the files change", "SIGHUP"])
def test_new_certificates_are_used_while_calls_run(start_server, database, tmp_path, how):
    old, new = Authority(tmp_path / "old"), Authority(tmp_path / "new")
    used, renewed = old.issue("server"), new.issue("server")
    server = start_server("--database-url", database.url, *tls(used))
    stopped, failures, served = threading.Event(), [], []

    def call_on():
        with channel(server, old) as open_channel:
            while not stopped.is_set():
                try:
                    served.append(check(open_channel))
                except grpc.RpcError as error:
                    failures.append(error)

    caller = threading.Thread(target=call_on)
    caller.start()
    try:
        eventually(lambda: served, "the first call")
        # A certificate without its key is no good: the old pair stays.
        renewed.certificate.replace(used.certificate)
        if how == "SIGHUP":
            server.send_signal(signal.SIGHUP)
        eventually(lambda: "the old ones stay in use" in server.text, "a complaint about the pair")
        assert "the key does not fit the certificate" in server.text
        with channel(server, old) as open_channel:
            assert check(open_channel)
        renewed.key.replace(used.key)
        if how == "SIGHUP":
            server.send_signal(signal.SIGHUP)
        eventually(lambda: "certificates read again" in server.text, "the new pair in use")
        with channel(server, new) as open_channel:
            assert check(open_channel)
        with channel(server, old) as open_channel:
            refusal(open_channel)
        count = len(served)
        eventually(lambda: len(served) > count + 10, "calls go on over the old connection")
    finally:
        stopped.set()
        caller.join()
    assert not failures and all(served)


def failed_start(*arguments):
    run = cairn("serve", "--database-url", "postgresql:///none", *arguments)
    assert run.returncode != 0
    return run.stderr


def test_files_that_are_no_good_are_named_at_the_start(authority, pair, tmp_path):
    other = authority.issue("other")
    text = tmp_path / "text"
    text.write_text("hello")
    for arguments, problem in [
        (["--tls-cert", "/nowhere/c.pem", "--tls-key", pair.key], "/nowhere/c.pem: No such file or directory"),
        (["--tls-cert", pair.certificate, "--tls-key", other.key], f"{other.key}: the key does not fit"),
        (["--tls-cert", text, "--tls-key", pair.key], f"{text}: there is no certificate in PEM form"),
        ([*tls(pair), "--tls-client-ca", authority.pin("web", "extendedKeyUsage=serverAuth").certificate],
         "the certificate of CN=web is neither that of a CA nor for a client"),
        (["--tls-cert", pair.certificate], "tls-key is missing"),
    ]:
        assert problem in failed_start("--listen", "127.0.0.1:0", *arguments)


def test_plaintext_for_other_machines_needs_permission(start_server, database, authority, pair):
    assert "other machines could reach it in plaintext" in failed_start("--listen", "0.0.0.0:0")
    server = start_server("--database-url", database.url, *tls(pair), listen="0.0.0.0:0")
    assert cairn("health", "-a", f"127.0.0.1:{server.port}", "--ca", authority.file).returncode == 0


def test_several_listeners_of_every_kind(start_server, database, folder, authority, pair):
    path = folder / "s"
    server = start_server(
        "--database-url", database.url, *tls(pair), "--listen", "[::1]:0", "--listen", f"unix:{path}")
    eventually(lambda: server.text.count("listening on") == 3, "three listeners")
    addresses = [line.split()[-1] for line in server.text.splitlines() if "listening on" in line]
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    for address in addresses:
        options = [] if address.startswith("unix:") else ["--ca", authority.file]
        assert cairn("health", "-a", address, *options).returncode == 0, address
    with grpc.insecure_channel(f"unix:{path}") as plain:
        assert check(plain)
    assert server.stop() == 0
    assert not path.exists()


def test_a_stale_socket_is_replaced_and_a_live_one_refused(start_server, database, folder):
    path = folder / "s"
    address = f"unix:{path}"
    start_server("--database-url", database.url, listen=address).kill()
    assert path.exists()
    server = start_server("--database-url", database.url, listen=address)
    second = cairn("serve", "--database-url", database.url, "--listen", address)
    assert second.returncode == 1 and "another process listens there" in second.stderr
    assert cairn("health", "-a", server.address).returncode == 0
    assert os.path.exists(path)
