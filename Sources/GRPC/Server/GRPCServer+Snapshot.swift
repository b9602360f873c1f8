import EventLoop
import HTTP2

/// A server at one moment.
package struct ServerSnapshot: Sendable {
  package let calls: CallCounts
  package let listeners: [(number: Int64, address: SocketAddress)]
}

// What channelz sees of a server: each loop is asked for its part.
extension GRPCServer {
  package var snapshot: ServerSnapshot {
    get async {
      var calls = CallCounts()
      for part in parts { calls.add(await part.loop.run { () async in part.callCounts }) }
      return ServerSnapshot(calls: calls, listeners: listenerAddresses)
    }
  }

  /// The number and the peer of each open connection, in the order of numbers.
  package var connections: [(number: Int64, peer: SocketAddress)] {
    get async {
      var all: [(number: Int64, peer: SocketAddress)] = []
      for part in parts { all += await part.loop.run { () async in part.openConnections } }
      return all.sorted { $0.number < $1.number }
    }
  }

  package func connection(_ number: Int64) async -> ConnectionSnapshot? {
    for part in parts {
      if let found = await part.loop.run({ () async in part.connection(number) }) { return found }
    }
    return nil
  }

  package func listenerAddress(_ number: Int64) -> SocketAddress? {
    listenerAddresses.first { $0.number == number }?.address
  }
}

extension CallCounts {
  mutating func add(_ other: CallCounts) {
    started += other.started
    succeeded += other.succeeded
    failed += other.failed
    lastStart = [lastStart, other.lastStart].compactMap { $0 }.max()
  }
}
