import HTTP2
import Synchronization

/// What channelz tells of: servers and channels. They are not kept by it. Usable from any thread.
package final class Channelz: Sendable {
  private struct State {
    var servers: [WeakBox<GRPCServer>] = []
    var channels: [WeakBox<Channel>] = []
  }

  /// Where channels are that were told of no other.
  package static let ofProcess = Channelz()

  private let state = Mutex(State())

  package init() {}

  package func add(_ server: GRPCServer) {
    state.withLock { state in
      state.servers.removeAll { $0.entity == nil }
      state.servers.append(WeakBox(server))
    }
  }

  func add(_ channel: Channel) {
    state.withLock { state in
      state.channels.removeAll { $0.entity == nil }
      state.channels.append(WeakBox(channel))
    }
  }

  /// By their numbers, the smallest first.
  package var servers: [GRPCServer] {
    state.withLock { $0.servers.compactMap(\.entity) }.sorted { $0.number < $1.number }
  }

  /// By their numbers, the smallest first.
  package var channels: [Channel] {
    state.withLock { $0.channels.compactMap(\.entity) }.sorted { $0.number < $1.number }
  }
}

/// The reference counts are the runtime's own; nothing else changes.
private final class WeakBox<Entity: AnyObject & Sendable> {
  private(set) weak var entity: Entity?

  init(_ entity: Entity) { self.entity = entity }
}
