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
