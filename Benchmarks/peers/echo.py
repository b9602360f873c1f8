"""The echo service in Python, the way grpcio's documentation shows it: `echo.py --listen HOST:PORT`."""

import argparse
import concurrent.futures

import grpc

from harness import stubs

stubs.build()

from cairn.echo.v1 import echo_pb2_grpc  # noqa: E402


class Echo(echo_pb2_grpc.EchoServicer):
    def Unary(self, request, context):
        return request


parser = argparse.ArgumentParser()
parser.add_argument("--listen", required=True)
server = grpc.server(concurrent.futures.ThreadPoolExecutor(10))
echo_pb2_grpc.add_EchoServicer_to_server(Echo(), server)
port = server.add_insecure_port(parser.parse_args().listen)
server.start()
print(f"cairn: listening on 127.0.0.1:{port}", flush=True)
server.wait_for_termination()
