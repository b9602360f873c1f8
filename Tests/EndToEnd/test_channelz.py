"""channelz v1 through stubs of the stock proto: servers, their connections, and what went over each."""

import socket
import time

import channelz_pb2 as pb
import channelz_pb2_grpc
import grpc
import pytest
from cairn.v1 import context_pb2, context_pb2_grpc

from harness.certificates import Authority
from harness.refusals import refused
from harness.waiting import eventually
from test_bad_frames import Peer, message

CALL = {":path": "/cairn.v1.ContextService/ListContexts"}


@pytest.fixture(scope="module")
def channelz(channel):
    return channelz_pb2_grpc.ChannelzStub(channel)


@pytest.fixture(scope="module")
def server_id(channelz):
    answer = channelz.GetServers(pb.GetServersRequest(), timeout=30)
    assert answer.end and len(answer.server) == 1
    return answer.server[0].ref.server_id


def sockets(channelz, server_id, size=0):
    """All connections of the server by their peers' addresses, read in pages."""
    found, start = {}, 0
    while True:
        page = channelz.GetServerSockets(
            pb.GetServerSocketsRequest(server_id=server_id, start_socket_id=start, max_results=size), timeout=30)
        ids = [ref.socket_id for ref in page.socket_ref]
        assert ids == sorted(ids) and (not size or len(ids) <= size)
        found.update({ref.name: ref.socket_id for ref in page.socket_ref})
        if page.end:
            return found
        start = ids[-1] + 1


def of(peer, channelz, server_id):
    """The connection of a peer of this test."""
    name = "127.0.0.1:%d" % peer.socket.getsockname()[1]
    number = sockets(channelz, server_id)[name]
    return channelz.GetSocket(pb.GetSocketRequest(socket_id=number), timeout=30).socket


def test_a_server_says_where_it_listens_and_how_calls_ended(server, channel, channelz, server_id):
    def data():
        return channelz.GetServer(pb.GetServerRequest(server_id=server_id), timeout=30).server.data

    before = data()
    contexts = context_pb2_grpc.ContextServiceStub(channel)
    for _ in range(3):
        contexts.ListContexts(context_pb2.ListContextsRequest(), timeout=30)
    for _ in range(2):
        refused(contexts.GetContext, context_pb2.GetContextRequest(id="none"), timeout=30)
    after = data()
    # The first look-up itself had not ended when it was answered; this one has not, either.
    assert after.calls_started - before.calls_started == 6
    assert after.calls_succeeded - before.calls_succeeded == 4
    assert after.calls_failed - before.calls_failed == 2
    assert abs(after.last_call_started_timestamp.ToSeconds() - time.time()) < 60
    whole = channelz.GetServer(pb.GetServerRequest(server_id=server_id), timeout=30).server
    assert [ref.name for ref in whole.listen_socket] == [server.address]
    listening = channelz.GetSocket(pb.GetSocketRequest(socket_id=whole.listen_socket[0].socket_id), timeout=30).socket
    assert listening.local.tcpip_address.port == server.port


def test_a_connection_counts_what_went_over_it(server, channelz, server_id):
    peer = Peer(server)
    for _ in range(3):
        assert peer.call(message(b""), headers=CALL)["grpc-status"] == "0"
    assert peer.call(message(b"\xff"), headers=CALL)["grpc-status"] == "3"
    stream = peer.http2.get_next_available_stream_id()
    peer.http2.send_headers(stream, [(n, CALL.get(n, v)) for n, v in peer.HEADERS])
    peer.http2.reset_stream(stream, 8)
    peer.flush()
    eventually(lambda: of(peer, channelz, server_id).data.streams_failed == 1, "the stream that was reset", 30)
    seen = of(peer, channelz, server_id)
    assert (seen.data.streams_started, seen.data.streams_succeeded) == (5, 4)
    assert (seen.data.messages_received, seen.data.messages_sent) == (4, 3)
    for moment in (
            seen.data.last_remote_stream_created_timestamp, seen.data.last_message_sent_timestamp,
            seen.data.last_message_received_timestamp):
        assert abs(moment.ToSeconds() - time.time()) < 60
    assert seen.data.local_flow_control_window.value > 0 and seen.data.remote_flow_control_window.value > 0
    assert seen.remote.tcpip_address.ip_address == socket.inet_aton("127.0.0.1")
    assert seen.remote.tcpip_address.port == peer.socket.getsockname()[1]
    assert seen.local.tcpip_address.port == server.port
    assert not seen.HasField("security")
    number = seen.ref.socket_id
    peer.socket.close()

    def gone():
        try:
            channelz.GetSocket(pb.GetSocketRequest(socket_id=number), timeout=30)
        except grpc.RpcError as error:
            return error.code() == grpc.StatusCode.NOT_FOUND

    eventually(gone, "a closed connection is not there any more", 30)


def test_connections_come_in_pages(server, channelz, server_id):
    peers = [Peer(server) for _ in range(7)]
    try:
        assert peers[-1].call(message(b""), headers=CALL)["grpc-status"] == "0"
        names = {"127.0.0.1:%d" % peer.socket.getsockname()[1] for peer in peers}
        eventually(lambda: names <= set(sockets(channelz, server_id, size=2)), "each of them is listed", 30)
        assert set(sockets(channelz, server_id, size=2)) == set(sockets(channelz, server_id))
    finally:
        for peer in peers:
            peer.socket.close()


def test_what_is_not_there_is_named(channelz):
    for method, request in [
        (channelz.GetServer, pb.GetServerRequest(server_id=10**12)),
        (channelz.GetServerSockets, pb.GetServerSocketsRequest(server_id=10**12)),
        (channelz.GetSocket, pb.GetSocketRequest(socket_id=10**12)),
        (channelz.GetChannel, pb.GetChannelRequest(channel_id=10**12)),
        (channelz.GetSubchannel, pb.GetSubchannelRequest(subchannel_id=10**12)),
    ]:
        found = refused(method, request, timeout=30, code=grpc.StatusCode.NOT_FOUND, reason="ENTITY_UNKNOWN")
        assert found.metadata["id"] == str(10**12)
    wrong = refused(
        channelz.GetServers, pb.GetServersRequest(start_server_id=-1, max_results=-1), timeout=30,
        code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")
    assert len(wrong.fields) == 2
    assert channelz.GetTopChannels(pb.GetTopChannelsRequest(), timeout=30).end


def test_keepalives_and_tls_are_told(start_server, database, tmp_path):
    authority = Authority(tmp_path)
    pair = authority.issue("server")
    server = start_server(
        "--database-url", database.url, "--tls-cert", pair.certificate, "--tls-key", pair.key, "--keepalive-time", "200ms")
    credentials = grpc.ssl_channel_credentials(root_certificates=authority.bytes)
    options = [("grpc.ssl_target_name_override", "localhost")]
    with grpc.secure_channel(server.address, credentials, options) as channel:
        channelz = channelz_pb2_grpc.ChannelzStub(channel)
        server_id = channelz.GetServers(pb.GetServersRequest(), timeout=30).server[0].ref.server_id

        def look():
            (number,) = sockets(channelz, server_id).values()
            return channelz.GetSocket(pb.GetSocketRequest(socket_id=number), timeout=30).socket

        assert look().security.tls.standard_name.startswith("TLS_")

        def asked():
            time.sleep(0.5)  # Silence is what the server asks about.
            return look().data.keep_alives_sent > 0

        eventually(asked, "the server has asked whether the client is there", 60)


def test_channelz_can_be_hidden(start_server, database):
    server = start_server("--database-url", database.url, "--hide-channelz")
    with server.channel() as channel:
        refused(
            channelz_pb2_grpc.ChannelzStub(channel).GetServers, pb.GetServersRequest(), timeout=30,
            code=grpc.StatusCode.UNIMPLEMENTED, reason="SERVICE_UNKNOWN")
