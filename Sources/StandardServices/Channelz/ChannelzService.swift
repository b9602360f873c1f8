import EventLoop
import GRPC
import HTTP2

/// grpc.channelz.v1: looks into the process's servers, connections and channels while they run.
///
/// Source: gRFC A14. Ids are positive and are not given twice; lists are pages in the order of ids.
package struct ChannelzService: GrpcChannelzV1ChannelzProvider {
  /// Entries of a page where the request does not say, and at most.
  private static let pageSize = 100
  private static let largestPage = 1000

  private let channelz: Channelz

  package init(_ channelz: Channelz) { self.channelz = channelz }

  // MARK: Servers

  package func getServers(
    _ request: GrpcChannelzV1GetServersRequest, _ call: CallContext
  ) async throws(RPCError) -> GrpcChannelzV1GetServersResponse {
    let page = try Page(channelz.servers, from: request.startServerId, request.maxResults, \.number)
    var response = GrpcChannelzV1GetServersResponse()
    response.end = page.isLast
    for server in page.entries {
      response.server.append(GrpcChannelzV1Server(server.number, await server.snapshot))
    }
    return response
  }

  package func getServer(
    _ request: GrpcChannelzV1GetServerRequest, _ call: CallContext
  ) async throws(RPCError) -> GrpcChannelzV1GetServerResponse {
    var response = GrpcChannelzV1GetServerResponse()
    let server = try server(request.serverId)
    response.server = GrpcChannelzV1Server(request.serverId, await server.snapshot)
    return response
  }

  private func server(_ number: Int64) throws(RPCError) -> GRPCServer {
    guard let found = channelz.servers.first(where: { $0.number == number }) else {
      throw .unknownEntity("server", number: number)
    }
    return found
  }

  package func getServerSockets(
    _ request: GrpcChannelzV1GetServerSocketsRequest, _ call: CallContext
  ) async throws(RPCError) -> GrpcChannelzV1GetServerSocketsResponse {
    let numbers = try await server(request.serverId).connections
    let page = try Page(numbers, from: request.startSocketId, request.maxResults, \.number)
    var response = GrpcChannelzV1GetServerSocketsResponse()
    response.end = page.isLast
    response.socketRef = page.entries.map { GrpcChannelzV1SocketRef($0.number, $0.peer.description) }
    return response
  }

  package func getSocket(
    _ request: GrpcChannelzV1GetSocketRequest, _ call: CallContext
  ) async throws(RPCError) -> GrpcChannelzV1GetSocketResponse {
    var response = GrpcChannelzV1GetSocketResponse()
    for server in channelz.servers {
      if let address = server.listenerAddress(request.socketId) {
        response.socket = GrpcChannelzV1Socket(listener: request.socketId, address)
        return response
      }
      if let snapshot = await server.connection(request.socketId) {
        response.socket = GrpcChannelzV1Socket(snapshot)
        return response
      }
    }
    for channel in channelz.channels {
      for connection in await channel.snapshot.subchannels.flatMap(\.connections)
      where connection.number == request.socketId {
        response.socket = GrpcChannelzV1Socket(connection)
        return response
      }
    }
    throw .unknownEntity("socket", number: request.socketId)
  }

  // MARK: Channels

  package func getTopChannels(
    _ request: GrpcChannelzV1GetTopChannelsRequest, _ call: CallContext
  ) async throws(RPCError) -> GrpcChannelzV1GetTopChannelsResponse {
    let page = try Page(channelz.channels, from: request.startChannelId, request.maxResults, \.number)
    var response = GrpcChannelzV1GetTopChannelsResponse()
    response.end = page.isLast
    for channel in page.entries {
      response.channel.append(GrpcChannelzV1Channel(await channel.snapshot))
    }
    return response
  }

  package func getChannel(
    _ request: GrpcChannelzV1GetChannelRequest, _ call: CallContext
  ) async throws(RPCError) -> GrpcChannelzV1GetChannelResponse {
    guard let found = channelz.channels.first(where: { $0.number == request.channelId }) else {
      throw .unknownEntity("channel", number: request.channelId)
    }
    var response = GrpcChannelzV1GetChannelResponse()
    response.channel = GrpcChannelzV1Channel(await found.snapshot)
    return response
  }

  package func getSubchannel(
    _ request: GrpcChannelzV1GetSubchannelRequest, _ call: CallContext
  ) async throws(RPCError) -> GrpcChannelzV1GetSubchannelResponse {
    for channel in channelz.channels {
      for one in await channel.snapshot.subchannels where one.number == request.subchannelId {
        var response = GrpcChannelzV1GetSubchannelResponse()
        response.subchannel = GrpcChannelzV1Subchannel(one)
        return response
      }
    }
    throw .unknownEntity("subchannel", number: request.subchannelId)
  }

  /// Part of a list that is in the order of its numbers.
  private struct Page<Entry> {
    let entries: ArraySlice<Entry>
    let isLast: Bool

    init(
      _ all: [Entry], from start: Int64, _ wanted: Int64, _ number: (Entry) -> Int64
    ) throws(RPCError) {
      var wrong: [(String, String)] = []
      if wanted < 0 { wrong.append(("max_results", "is negative")) }
      if start < 0 { wrong.append(("the id to start with", "is negative")) }
      guard wrong.isEmpty else { throw .badFields(wrong) }
      let size = wanted == 0 ? pageSize : Int(min(wanted, Int64(largestPage)))
      let rest = all.drop { number($0) < start }
      entries = rest.prefix(size)
      isLast = rest.count <= size
    }
  }
}
