import CLinux
import Glibc

// How the loop waits for something to do.
extension EventLoop {
  /// Waits until a descriptor is ready or a timer due, and reads the clock.
  func waitForEvents(_ events: UnsafeMutablePointer<epoll_event>) -> Int {
    let start = Instant.now
    let timeout = timeout(at: start)
    var count: Int32 = 0
    var slept = false
    if timeout != 0, polling.isWorthwhile { count = poll(events, from: start) }
    if count == 0 {
      slept = timeout != 0
      count = epoll_wait(epoll, events, Int32(Self.eventsPerTurn), timeout)
    }
    now = .now
    polling.waited(now.nanoseconds - start.nanoseconds, slept: slept)
    return max(0, Int(count))
  }

  /// Looks for events without sleeping, as long as that pays; 0 when there are none.
  private func poll(_ events: UnsafeMutablePointer<epoll_event>, from start: Instant) -> Int32 {
    var end = Instant(nanoseconds: start.nanoseconds + BusyPolling.window)
    if let first = timers.first { end = min(end, first.due) }
    var last = start
    while true {
      let count = epoll_wait(epoll, events, Int32(Self.eventsPerTurn), 0)
      if count != 0 { return count }
      sched_yield()
      let time = Instant.now
      if time.nanoseconds - last.nanoseconds > BusyPolling.interruption {
        polling.interrupted(time.nanoseconds - last.nanoseconds)
        guard polling.isWorthwhile else { return 0 }
      }
      if time >= end { return 0 }
      last = time
    }
  }

  /// Milliseconds for epoll_wait, rounded up so that a timer never fires early.
  private func timeout(at time: Instant) -> Int32 {
    if !jobs.isEmpty || !flushes.isEmpty { return 0 }
    guard let first = timers.first else { return -1 }
    let (wait, overflow) = first.due.nanoseconds.subtractingReportingOverflow(time.nanoseconds)
    if overflow { return Int32.max }
    return wait <= 0 ? 0 : Int32(min(Int64(Int32.max), (wait - 1) / 1_000_000 + 1))
  }
}
