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

/// A timer that runs a closure.
package final class ClosureTimer: LoopTimer {
  private let body: () -> Void

  package init(_ body: @escaping () -> Void) { self.body = body }

  package override func fire() { body() }
}

/// Binary heap of timers by due; each timer knows its index, so removal is O(log n).
struct TimerHeap {
  private var timers: [LoopTimer] = []

  var first: LoopTimer? { timers.first }
  var count: Int { timers.count }

  mutating func insert(_ timer: LoopTimer) {
    precondition(timer.heapIndex < 0, "a timer is scheduled twice")
    timers.append(timer)
    timer.heapIndex = timers.count - 1
    siftUp(timer.heapIndex)
  }

  mutating func remove(_ timer: LoopTimer) {
    let index = timer.heapIndex
    guard index >= 0 else { return }
    let last = timers.removeLast()
    timer.heapIndex = -1
    guard last !== timer else { return }
    timers[index] = last
    last.heapIndex = index
    siftUp(index)
    siftDown(last.heapIndex)
  }

  mutating func popFirst(notAfter now: Instant) -> LoopTimer? {
    guard let timer = timers.first, timer.due <= now else { return nil }
    remove(timer)
    return timer
  }

  private mutating func siftUp(_ start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard timers[index].due < timers[parent].due else { return }
      exchange(index, parent)
      index = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var index = start
    while true {
      var least = index
      for child in (2 * index + 1)...(2 * index + 2)
      where child < timers.count && timers[child].due < timers[least].due {
        least = child
      }
      guard least != index else { return }
      exchange(index, least)
      index = least
    }
  }

  private mutating func exchange(_ a: Int, _ b: Int) {
    timers.swapAt(a, b)
    timers[a].heapIndex = a
    timers[b].heapIndex = b
  }
}
