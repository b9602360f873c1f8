import EventLoop

/// Calls that were made, by how they ended.
package struct CallCounts: Sendable, Equatable {
  package var started = 0
  /// Ended with OK.
  package var succeeded = 0
  /// Ended with another status.
  package var failed = 0
  /// When the last one was started, on the monotonic clock.
  package var lastStart: Instant?
}

/// A channel at one moment, for people who look into it (channelz).
package struct ChannelSnapshot: Sendable {
  package let target: String
  package let state: ConnectivityState
  /// A call with several attempts counts once here.
  package let calls: CallCounts
  /// One for each address; also those that the target has no more, until their calls have ended.
  package let subchannels: [SubchannelSnapshot]
}

/// One address of a channel at one moment.
package struct SubchannelSnapshot: Sendable {
  package let address: SocketAddress
  package let state: ConnectivityState
  /// Attempts of calls.
  package let calls: CallCounts
  /// Why connecting failed the last time; nil once it succeeded.
  package let lastFailure: String?
  /// Calls under way on its connections.
  package let openCalls: Int
}
