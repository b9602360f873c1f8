import EventLoop

/// What has happened on a connection, for people who look into the process (channelz). A few additions a
/// call, by the loop that owns the connection.
package struct ConnectionActivity: Sendable {
  package internal(set) var streamsStarted = 0
  /// The answer went to its end, whatever its status.
  package internal(set) var streamsAnswered = 0
  package internal(set) var messagesSent = 0
  package internal(set) var messagesReceived = 0
  package internal(set) var keepalivesSent = 0
  package internal(set) var lastStream: Instant?
  package internal(set) var lastMessageSent: Instant?
  package internal(set) var lastMessageReceived: Instant?

  package mutating func sentMessage(at now: Instant) {
    messagesSent += 1
    lastMessageSent = now
  }

  package mutating func receivedMessage(at now: Instant) {
    messagesReceived += 1
    lastMessageReceived = now
  }

  mutating func startedStream(at now: Instant) {
    streamsStarted += 1
    lastStream = now
  }
}
