import EventLoop
import HTTP2

/// A channel at one moment, for people who look into it (channelz).
package struct ChannelSnapshot: Sendable {
  package let number: Int64
  package let target: String
  package let state: ConnectivityState
  /// A call with several attempts counts once here.
  package let calls: CallCounts
  /// One for each address; also those that the target has no more, until their calls have ended.
  package let subchannels: [SubchannelSnapshot]
}

/// One address of a channel at one moment.
package struct SubchannelSnapshot: Sendable {
  package let number: Int64
  package let address: SocketAddress
  package let state: ConnectivityState
  /// Attempts of calls.
  package let calls: CallCounts
  /// Why connecting failed the last time; nil once it succeeded.
  package let lastFailure: String?
  /// The one for new calls, and those on which earlier calls come to their end.
  package let connections: [ConnectionSnapshot]

  /// Calls under way on its connections.
  package var openCalls: Int { connections.reduce(0) { $0 + $1.openStreams } }
}
