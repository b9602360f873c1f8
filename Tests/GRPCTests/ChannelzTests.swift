import EventLoop
import StandardProtos
import StandardServices
import Testing

@testable import GRPC

@Suite struct ChannelzTests {
  /// A server with channelz, and a channel to it that channelz knows.
  private func withChannelz(_ body: (Channel) async throws -> Void) async throws {
    let group = EventLoopGroup(loops: 2)
    defer { group.stop() }
    let channelz = Channelz()
    let server = GRPCServer(services: [ProbeService(), ChannelzService(channelz)], group: group)
    channelz.add(server)
    let address = try await server.listen(SocketAddress(.ipv4(host: "127.0.0.1", port: 0)))
    let channel = Channel(address.description, on: group.loops[0], channelz: channelz)
    try await body(channel)
    await channel.close()
    await server.drain(within: .seconds(5))
  }

  @Test("channels and their addresses are told with their calls")
  func channels() async throws {
    try await withChannelz { channel in
      for _ in 0..<3 { _ = try await channel.unary(ProbeService.unary, message("a")) }
      _ = try? await channel.unary(ProbeService.unary, message("fail", code: 5))
      let top = try await channel.unary(
        GrpcChannelzV1ChannelzMethods.getTopChannels, GrpcChannelzV1GetTopChannelsRequest())
      #expect(top.end)
      let seen = try #require(top.channel.first)
      #expect(seen.data?.target == channel.target)
      #expect(seen.data?.state?.state == .ready)
      #expect(seen.data?.callsStarted == 5)
      #expect(seen.data?.callsSucceeded == 3)
      #expect(seen.data?.callsFailed == 1)
      #expect((seen.data?.lastCallStartedTimestamp?.seconds ?? 0) > 1_700_000_000)

      var request = GrpcChannelzV1GetChannelRequest()
      request.channelId = try #require(seen.ref?.channelId)
      let again = try await channel.unary(GrpcChannelzV1ChannelzMethods.getChannel, request)
      let reference = try #require(again.channel?.subchannelRef.first)
      #expect(again.channel?.subchannelRef == seen.subchannelRef)
      #expect(reference.name == channel.target)
      var below = GrpcChannelzV1GetSubchannelRequest()
      below.subchannelId = reference.subchannelId
      let subchannel = try await channel.unary(GrpcChannelzV1ChannelzMethods.getSubchannel, below).subchannel
      #expect(subchannel?.data?.state?.state == .ready)
      #expect(subchannel?.data?.callsSucceeded == 5)

      #expect(subchannel?.socketRef.map(\.name) == [channel.target])
      var socket = GrpcChannelzV1GetSocketRequest()
      socket.socketId = try #require(subchannel?.socketRef.first?.socketId)
      let data = try await channel.unary(GrpcChannelzV1ChannelzMethods.getSocket, socket).socket?.data
      // This look-up is open; the call that failed was answered too.
      #expect(data?.streamsStarted == 8)
      #expect(data?.streamsSucceeded == 7)
      #expect(data?.streamsFailed == 0)
      #expect(data?.messagesSent == 8)
      #expect(data?.messagesReceived == 6)
      #expect(data?.lastLocalStreamCreatedTimestamp != nil)
      #expect(data?.lastRemoteStreamCreatedTimestamp == nil)
    }
  }

  @Test("what is let go of is not told any more")
  func weak() async {
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    let channelz = Channelz()
    do {
      let channel = Channel("127.0.0.1:1", on: group.loops[0], channelz: channelz)
      #expect(channelz.channels.count == 1)
      await channel.close()
    }
    #expect(channelz.channels.isEmpty)
  }
}
