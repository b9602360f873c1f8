import CLinux

/// What a descriptor is watched for, or is ready for.
package struct DescriptorEvents: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Bytes to read, a connection to accept, or the end of the stream.
  package static let read = DescriptorEvents(rawValue: 0x001)
  /// Room to write, or a connect that has ended.
  package static let write = DescriptorEvents(rawValue: 0x004)
  /// An error or hang-up; reported always, never asked for.
  package static let failed = DescriptorEvents(rawValue: 0x018)
}

/// Receives a descriptor's events on the loop.
package protocol DescriptorHandler: AnyObject {
  func descriptorReady(_ events: DescriptorEvents)
}

/// Work that is batched to the end of a turn: sockets are written and pipelines synced once.
package protocol Flushable: AnyObject {
  /// Owned by the loop between ``EventLoop/needsFlush(_:)`` and ``flush()``.
  var isQueuedForFlush: Bool { get set }
  func flush()
}

/// A descriptor's place in a loop's epoll set. Confined to the loop.
///
/// Level-triggered. `cancel()` before the descriptor is closed: a closed descriptor's number is
/// reused at once.
package final class Registration {
  private unowned let loop: EventLoop
  package let descriptor: Int32
  let generation: UInt32
  package private(set) var events: DescriptorEvents
  private(set) var isActive = true

  init(loop: EventLoop, descriptor: Int32, generation: UInt32, events: DescriptorEvents) {
    self.loop = loop
    self.descriptor = descriptor
    self.generation = generation
    self.events = events
  }

  /// Changes what the descriptor is watched for; does nothing when that is the same.
  package func update(_ events: DescriptorEvents) {
    guard isActive, events != self.events else { return }
    self.events = events
    loop.modify(self)
  }

  package func cancel() {
    guard isActive else { return }
    isActive = false
    loop.remove(self)
  }
}
