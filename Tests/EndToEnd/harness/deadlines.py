"""Clients' deadlines on slow machines."""

import grpc

from . import SLOWNESS

# Seconds. A longer deadline is there so that a call that hangs ends; a shorter one is what a test is about.
MEANT = 5


class Patience(
        grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamUnaryClientInterceptor,
        grpc.StreamStreamClientInterceptor):
    """Stretches the deadlines of a client's calls, as everything else that is waited for."""

    def _call(self, continuation, details, request):
        if details.timeout is not None and details.timeout >= MEANT:
            details = details._replace(timeout=details.timeout * SLOWNESS)
        return continuation(details, request)

    intercept_unary_unary = intercept_unary_stream = intercept_stream_unary = intercept_stream_stream = _call


def patient(channel):
    """The channel, with deadlines that suit the machine."""
    return channel if SLOWNESS == 1 else grpc.intercept_channel(channel, Patience())
