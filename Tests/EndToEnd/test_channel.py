"""Our client's channel with stock servers: round robin while they come and go, retries by status, and what channelz
tells of it."""

import collections
import concurrent.futures
import contextlib
import subprocess
import threading
import time

import channelz_pb2 as pb
import channelz_pb2_grpc
import grpc
from grpc.testing import test_pb2_grpc
from harness import binary
from harness.server import environment
from harness.waiting import eventually


class Counting(test_pb2_grpc.TestServiceServicer):
    """Answers EmptyCall, and remembers by which attempt it was made."""

    def __init__(self, refusals=()):
        self.attempts = []
        self.refusals = collections.deque(refusals)
        self.lock = threading.Lock()

    def EmptyCall(self, request, context):
        metadata = dict(context.invocation_metadata())
        with self.lock:
            self.attempts.append(metadata.get("grpc-previous-rpc-attempts", ""))
            refusal = self.refusals.popleft() if self.refusals else None
        if refusal:
            code, trailers = refusal
            context.set_trailing_metadata(trailers)
            context.abort(code, "not now")
        return request


def serve(service, port=0):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
    test_pb2_grpc.add_TestServiceServicer_to_server(service, server)
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, port


@contextlib.contextmanager
def steady(target):
    """Our client, which makes calls to `target` all the time, and what it tells of itself by channelz."""
    with subprocess.Popen(
            [binary("InteropPeer"), "steady", target], env=environment(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as client:
        address = client.stdout.readline().split()[-1]
        with grpc.insecure_channel(address) as channel:
            yield client, channelz_pb2_grpc.ChannelzStub(channel)


def seen(channelz):
    """The channel of the client, and its addresses by port."""
    (channel,) = channelz.GetTopChannels(pb.GetTopChannelsRequest(), timeout=30).channel
    found = {}
    for ref in channel.subchannel_ref:
        request = pb.GetSubchannelRequest(subchannel_id=ref.subchannel_id)
        found[int(ref.name.rpartition(":")[2])] = channelz.GetSubchannel(request, timeout=30).subchannel
    return channel, found


def test_channelz_tells_of_the_connections():
    servers = [serve(Counting()) for _ in range(2)]
    target = ",".join(f"127.0.0.1:{port}" for _, port in servers)
    with steady(target) as (client, channelz):
        def both_called():
            channel, found = seen(channelz)
            return len(found) == 2 and all(one.data.calls_succeeded > 20 for one in found.values())

        eventually(both_called, "both are called")
        channel, found = seen(channelz)
        assert channel.data.target == target
        assert channel.data.state.state == pb.ChannelConnectivityState.READY
        assert channel.data.calls_succeeded >= sum(one.data.calls_succeeded for one in found.values()) - 2
        for _, port in servers:
            (ref,) = found[port].socket_ref
            assert ref.name == f"127.0.0.1:{port}"
            socket = channelz.GetSocket(pb.GetSocketRequest(socket_id=ref.socket_id), timeout=30).socket
            assert socket.remote.tcpip_address.port == port and socket.local.tcpip_address.port
            assert socket.data.streams_succeeded > 20 and socket.data.streams_failed == 0
            assert socket.data.messages_sent >= socket.data.messages_received > 20
            assert abs(socket.data.last_local_stream_created_timestamp.ToSeconds() - time.time()) < 60
            assert not socket.data.HasField("last_remote_stream_created_timestamp")
        _, errors = client.communicate(timeout=30)
        assert client.returncode == 0, errors
    for server, _ in servers:
        server.stop(None).wait()


def test_round_robin_while_a_server_leaves_and_returns():
    here, there, returned = Counting(), Counting(), Counting()
    first, port = serve(here)
    second, other = serve(there)
    target = f"127.0.0.1:{port},127.0.0.1:{other}"
    with steady(target) as (client, _):
        def called(service, times, what):
            eventually(lambda: len(service.attempts) > times or client.poll() is not None, what)
            assert client.poll() is None, client.communicate()[1]

        called(here, 20, "both are called")
        called(there, 20, "both are called")
        first.stop(10).wait()
        count = len(there.attempts)
        called(there, count + 20, "the other is called on")
        first, _ = serve(returned, port)
        called(returned, 20, "the one that returned is called")
        output, errors = client.communicate(timeout=30)
    assert client.returncode == 0, errors
    answered, cancelled = map(int, output.split())
    # None was lost, and none was made twice. The server that left may have cancelled the one that just came.
    assert answered == sum(len(service.attempts) for service in (here, there, returned))
    assert cancelled <= 1
    for server in (first, second):
        server.stop(None).wait()


@contextlib.contextmanager
def cpp_server(peer, port=0):
    """A C++ server, which ends with the block: calls under way end well."""
    with subprocess.Popen(
            [peer, "serve", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield int(process.stdout.readline().rpartition(":")[2])
        process.stdin.close()
        assert process.wait(30) == 0


def test_cpp_servers_leave_and_one_returns(cpp_peer):
    """Calls go where a server is; while there is none they wait for one."""
    with contextlib.ExitStack() as stack:
        first, second = (stack.enter_context(contextlib.ExitStack()) for _ in range(2))
        port, other = (one.enter_context(cpp_server(cpp_peer)) for one in (first, second))
        client, channelz = stack.enter_context(steady(f"127.0.0.1:{port},127.0.0.1:{other}"))

        def called(port, times=20):
            """So many calls have succeeded there from now on."""
            def count():
                found = seen(channelz)[1]
                return found[port].data.calls_succeeded if port in found else 0

            before = count()
            eventually(lambda: count() > before + times, f"port {port} is called")

        called(port)
        called(other)
        first.close()
        called(other)
        second.close()
        eventually(lambda: seen(channelz)[0].data.state.state != pb.ChannelConnectivityState.READY, "nobody is there")
        first.enter_context(cpp_server(cpp_peer, port))
        called(port)
        output, errors = client.communicate(timeout=60)
        assert client.returncode == 0, errors
    answered, cancelled = map(int, output.split())
    # A server that stops may cancel the call that just came.
    assert answered > 80 and cancelled <= 2


def retry(*refusals):
    service = Counting(refusals)
    server, port = serve(service)
    result = subprocess.run(
        [binary("InteropPeer"), "retry", f"dns:///localhost:{port}"], env=environment(), capture_output=True,
        text=True, timeout=30)
    server.stop(None).wait()
    return service.attempts, result


UNAVAILABLE = grpc.StatusCode.UNAVAILABLE


def test_a_call_is_tried_again_by_its_status():
    attempts, result = retry((UNAVAILABLE, ()), (UNAVAILABLE, (("grpc-retry-pushback-ms", "1"),)))
    assert result.returncode == 0, result.stderr
    assert attempts == ["", "1", "2"]


def test_the_server_may_forbid_it():
    attempts, result = retry((UNAVAILABLE, (("grpc-retry-pushback-ms", "-1"),)))
    assert result.returncode == 1 and "UNAVAILABLE: not now" in result.stderr
    assert attempts == [""]


def test_other_statuses_and_a_fifth_attempt_are_not_tried():
    attempts, result = retry((grpc.StatusCode.ABORTED, ()))
    assert result.returncode == 1 and "ABORTED: not now" in result.stderr
    assert attempts == [""]
    attempts, result = retry(*[(UNAVAILABLE, ())] * 4)
    assert result.returncode == 1 and "UNAVAILABLE: not now" in result.stderr
    assert attempts == ["", "1", "2", "3"]
