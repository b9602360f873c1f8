"""Our client's channel with stock servers: round robin while they come and go, and retries by status."""

import collections
import concurrent.futures
import subprocess
import threading

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


def test_round_robin_while_a_server_leaves_and_returns():
    here, there, returned = Counting(), Counting(), Counting()
    first, port = serve(here)
    second, other = serve(there)
    target = f"127.0.0.1:{port},127.0.0.1:{other}"
    with subprocess.Popen(
            [binary("InteropPeer"), "steady", target], env=environment(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as client:
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
