/// Something that happens once at an instant, on the loop it was scheduled on.
///
/// Intrusive: subclasses carry what they need, so arming a timer allocates nothing and disarming
/// one is cheap. Confined to its loop.
open class LoopTimer {
  package internal(set) var due = Instant(nanoseconds: 0)
  var heapIndex = -1

  public init() {}

  /// Whether the timer waits in a loop's heap.
  package final var isScheduled: Bool { heapIndex >= 0 }

  /// Called on the loop when the due has passed. The timer is no longer scheduled then.
  open func fire() {}
}
