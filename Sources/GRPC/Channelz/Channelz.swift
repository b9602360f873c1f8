import HTTP2
import Synchronization

/// What channelz tells of: servers and channels of this process. They are not kept by it. Usable from any
/// thread.
package final class Channelz: Sendable {
  private struct State {
    var servers: [Numbered<GRPCServer>] = []
    var channels: [Numbered<Channel>] = []
    /// Of each channel's addresses: a subchannel has no number of its own.
    var subchannels: [Subchannel: Int64] = [:]
  }
  private struct Subchannel: Hashable {
    let channel: Int64
    let address: String
  }

  /// Does not keep what it numbers.
  private struct Numbered<Entity: AnyObject & Sendable>: Sendable {
    let number: Int64
    private let box: WeakBox<Entity>

    init(_ entity: Entity) {
      number = EntityNumber.next()
      box = WeakBox(entity)
    }

    var entity: Entity? { box.entity }
  }

  private let state = Mutex(State())

  package init() {}

  package func add(_ server: GRPCServer) { state.withLock { $0.servers.append(Numbered(server)) } }

  package func add(_ channel: Channel) {
    state.withLock { state in
      state.channels.removeAll { $0.entity == nil }
      state.channels.append(Numbered(channel))
    }
  }

  /// By their numbers, the smallest first.
  var servers: [(number: Int64, server: GRPCServer)] {
    state.withLock { $0.servers.compactMap { one in one.entity.map { (one.number, $0) } } }
  }

  /// By their numbers, the smallest first.
  var channels: [(number: Int64, channel: Channel)] {
    state.withLock { $0.channels.compactMap { one in one.entity.map { (one.number, $0) } } }
  }

  /// The number of a channel's way to an address, from now on.
  func number(of address: String, channel: Int64) -> Int64 {
    state.withLock { state in
      let subchannel = Subchannel(channel: channel, address: address)
      if let number = state.subchannels[subchannel] { return number }
      let live = Set(state.channels.filter { $0.entity != nil }.map(\.number))
      state.subchannels = state.subchannels.filter { live.contains($0.key.channel) }
      let number = EntityNumber.next()
      state.subchannels[subchannel] = number
      return number
    }
  }
}

/// The reference counts are the runtime's own; nothing else changes.
private final class WeakBox<Entity: AnyObject & Sendable>: @unchecked Sendable {
  private(set) weak var entity: Entity?

  init(_ entity: Entity) { self.entity = entity }
}
