/// Work that is batched to the end of a turn: sockets are written and pipelines synced once.
package protocol Flushable: AnyObject {
  /// Owned by the loop between ``EventLoop/needsFlush(_:)`` and ``flush()``.
  var isQueuedForFlush: Bool { get set }
  func flush()
}
