import Testing

@testable import EventLoop

@Suite struct TimerHeapTests {
  private final class Recorder: LoopTimer {}

  private func timer(_ nanoseconds: Int64) -> LoopTimer {
    let timer = Recorder()
    timer.due = Instant(nanoseconds: nanoseconds)
    return timer
  }

  @Test("timers come out in the order of their deadlines, whatever the order they went in")
  func order() {
    var heap = TimerHeap()
    let deadlines: [Int64] = (0..<500).map { ($0 &* 7919) % 503 }
    for due in deadlines { heap.insert(timer(due)) }
    var out: [Int64] = []
    while let next = heap.popFirst(notAfter: Instant(nanoseconds: .max)) {
      out.append(next.due.nanoseconds)
    }
    #expect(out == deadlines.sorted())
  }

  @Test("a removed timer does not fire, and those around it keep their order")
  func removal() {
    var heap = TimerHeap()
    let timers = (0..<200).map { timer(Int64(($0 &* 31) % 211)) }
    for timer in timers { heap.insert(timer) }
    for (index, timer) in timers.enumerated() where index % 3 == 0 { heap.remove(timer) }
    var out: [Int64] = []
    while let next = heap.popFirst(notAfter: Instant(nanoseconds: .max)) {
      out.append(next.due.nanoseconds)
    }
    let kept = timers.enumerated().filter { $0.offset % 3 != 0 }.map { $0.element.due.nanoseconds }
    #expect(out == kept.sorted())
    #expect(timers.allSatisfy { !$0.isScheduled })
  }

  @Test("a timer in the future stays")
  func future() {
    var heap = TimerHeap()
    heap.insert(timer(10))
    #expect(heap.popFirst(notAfter: Instant(nanoseconds: 9)) == nil)
    #expect(heap.popFirst(notAfter: Instant(nanoseconds: 10)) != nil)
  }
}
