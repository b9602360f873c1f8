import Glibc
import Patience
import Testing

@testable import EventLoop

@Suite struct EventLoopTests {
  private func withLoop<T: Sendable>(_ body: @escaping @Sendable (EventLoop) async throws -> T) async throws
    -> T
  {
    let loop = EventLoop(name: "test")
    loop.start()
    defer { loop.stop() }
    return try await loop.run { () async throws in try await body(loop) }
  }

  @Test("a task started on the loop stays on it across awaits, sleeps and continuations")
  func staysOnLoop() async throws {
    try await withLoop { loop in
      #expect(loop.isOnLoop)
      try await loop.sleep(for: .milliseconds(1))
      #expect(loop.isOnLoop)
      await Task.yield()
      #expect(loop.isOnLoop)
      async let child = loop.isOnLoop
      #expect(await child)
    }
  }

  @Test("a started task runs at once up to its first suspension")
  func immediate() async throws {
    try await withLoop { loop in
      nonisolated(unsafe) var steps: [String] = []
      let task = loop.startTask {
        steps.append("first")
        await Task.yield()
        steps.append("second")
      }
      steps.append("after")
      await task.value
      #expect(steps == ["first", "after", "second"])
    }
  }

  @Test("cancelling a sleeping task wakes it long before its time")
  func cancelSleep() async throws {
    try await withLoop { loop in
      let started = Instant.now
      let task = Task(executorPreference: loop) { () -> Bool in
        do throws(CancellationError) {
          try await loop.sleep(for: .seconds(60))
          return false
        } catch { return true }
      }
      await Task.yield()
      task.cancel()
      #expect(await task.value)
      #expect(Instant.now - started < .seconds(10))
    }
  }

  @Test("work from other threads arrives, in order and complete")
  func execute() async throws {
    let loop = EventLoop(name: "test")
    loop.start()
    defer { loop.stop() }
    nonisolated(unsafe) var seen: [Int] = []
    for number in 0..<10_000 { loop.execute { seen.append(number) } }
    let result = await loop.run { () async -> [Int] in seen }
    #expect(result == Array(0..<10_000))
  }

  @Test("a descriptor's events reach its handler until the registration is cancelled")
  func descriptors() async throws {
    final class Reader: DescriptorHandler, @unchecked Sendable {
      let descriptor: Int32
      var bytes = 0
      init(_ descriptor: Int32) { self.descriptor = descriptor }
      func descriptorReady(_ events: DescriptorEvents) {
        var buffer = [UInt8](repeating: 0, count: 16)
        bytes += max(0, read(descriptor, &buffer, 16))
      }
    }
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let (input, output) = (ends[0], ends[1])
    defer {
      close(input)
      close(output)
    }
    try await withLoop { loop in
      let reader = Reader(input)
      let registration = loop.register(input, for: .read, handler: reader)
      _ = write(output, "abc", 3)
      while reader.bytes < 3 { try await loop.sleep(for: .milliseconds(1)) }
      registration.cancel()
      _ = write(output, "abc", 3)
      try await loop.sleep(for: .milliseconds(5))
      #expect(reader.bytes == 3)
    }
  }

  @Test("blocking work runs elsewhere and returns to the loop")
  func blocking() async throws {
    let pool = BlockingPool(threads: 2)
    try await withLoop { loop in
      let results = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<20 { group.addTask { await pool.run(on: loop) { loop.isOnLoop } } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(results == Array(repeating: false, count: 20))
      #expect(loop.isOnLoop)
    }
  }

  @Test("a sleep lasts as long as was asked for, however long its turn has worked before")
  func sleepAfterWork() async throws {
    try await withLoop { loop in
      let start = Instant.now
      while Instant.now - start < .milliseconds(60) {}
      let end = Instant.now
      try await loop.sleep(for: .milliseconds(50))
      #expect(Instant.now - end >= .milliseconds(50))
    }
  }

  @Test("a deadline counts from the descriptor that set it, not from those before it in the turn")
  func clockOfEachDescriptor() async throws {
    final class Slow: DescriptorHandler {
      var seen: [Instant] = []
      unowned let loop: EventLoop
      init(_ loop: EventLoop) { self.loop = loop }
      func descriptorReady(_ events: DescriptorEvents) {
        seen.append(loop.now)
        let start = Instant.now
        while Instant.now - start < .milliseconds(20) {}
      }
    }
    try await withLoop { loop in
      var ends: [[Int32]] = []
      let slow = Slow(loop)
      var registrations: [Registration] = []
      for _ in 0..<2 {
        var pair: [Int32] = [0, 0]
        try #require(pipe(&pair) == 0)
        _ = write(pair[1], "x", 1)
        registrations.append(loop.register(pair[0], for: .read, handler: slow))
        ends.append(pair)
      }
      while slow.seen.count < 2 { try await loop.sleep(for: .milliseconds(1)) }
      for registration in registrations { registration.cancel() }
      for descriptor in ends.joined() { close(descriptor) }
      #expect(slow.seen[1] - slow.seen[0] >= .milliseconds(20))
    }
  }

  /// Threads of blocking pools in this process.
  private static func blockingThreads() -> Int {
    guard let folder = opendir("/proc/self/task") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let file = fopen("/proc/self/task/\(name)/comm", "r") else { continue }
      defer { fclose(file) }
      var line = [UInt8](repeating: 0, count: 32)
      if String(decoding: line[..<fread(&line, 1, line.count, file)], as: UTF8.self) == "cairn-blocking\n" {
        count += 1
      }
    }
    return count
  }

  @Test("the threads of a pool end with it, when its work is done")
  func poolEnds() async throws {
    let before = Self.blockingThreads()
    try await withLoop { loop in
      var pool: BlockingPool? = BlockingPool(threads: 3)
      try await withThrowingTaskGroup { group in
        for _ in 0..<3 { group.addTask { [pool] in await pool!.run(on: loop) { usleep(20_000) } } }
        try await group.waitForAll()
      }
      #expect(Self.blockingThreads() > before)
      let done = Semaphore()
      pool?.start {
        usleep(50_000)
        done.signal()
      }
      pool = nil
      done.wait()
      let deadline = Instant.now + .seconds(10) * patience
      while Self.blockingThreads() > before, Instant.now < deadline {
        try await loop.sleep(for: .milliseconds(5))
      }
      #expect(Self.blockingThreads() == before)
    }
  }

  @Test("no thread of a closed pool waits for work that another one took")
  func poolEndsBusy() async throws {
    let before = Self.blockingThreads()
    try await withLoop { loop in
      for _ in 0..<100 {
        let pool = BlockingPool(threads: 4)
        for number in 0..<12 { pool.start { usleep(UInt32(number) * 30) } }
      }
      let deadline = Instant.now + .seconds(10) * patience
      while Self.blockingThreads() > before, Instant.now < deadline {
        try await loop.sleep(for: .milliseconds(5))
      }
      #expect(Self.blockingThreads() == before)
    }
  }

  @Test("a pool whose idle threads were ended starts new ones")
  func poolGoesOn() async throws {
    let pool = BlockingPool(threads: 2)
    try await withLoop { loop in
      for _ in 0..<50 {
        let results = await withTaskGroup(of: Bool.self) { group in
          for _ in 0..<4 { group.addTask { await pool.run(on: loop) { true } } }
          return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count == 4)
        pool.endIdleThreads()
      }
    }
  }
}
