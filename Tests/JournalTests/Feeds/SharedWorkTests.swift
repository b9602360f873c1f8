import EventLoop
import GRPC
import Patience
import Synchronization
import Testing

@testable import Journal

@Suite struct SharedWorkTests {
  private func onLoop(_ body: @escaping @Sendable (EventLoop, SharedWork<Int, Int>) async throws -> Void)
    async throws
  {
    let group = EventLoopGroup(loops: 1)
    let loop = group.loops[0]
    let result: Result<Void, any Error> = await loop.run {
      do { return .success(try await body(loop, SharedWork<Int, Int>(loop: loop))) } catch {
        return .failure(error)
      }
    }
    group.stop()
    try result.get()
  }

  @Test("those who ask at the same moment share one run, and later ones do not")
  func shared() async throws {
    try await onLoop { loop, work in
      let runs = Tally()
      for round in 1...2 {
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
          for number in 0..<20 {
            group.addTask(executorPreference: loop) {
              try await work.value(for: number % 2) { () async throws(RPCError) in
                runs.add()
                try? await loop.sleep(for: .milliseconds(20))
                return number % 2
              }
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.sorted() == Array(repeating: 0, count: 10) + Array(repeating: 1, count: 10))
        #expect(runs.count == 2 * round)
      }
    }
  }

  @Test("an error is everybody's")
  func failure() async throws {
    try await onLoop { loop, work in
      let errors = await withTaskGroup(of: RPCError?.self) { group in
        for _ in 0..<5 {
          group.addTask(executorPreference: loop) {
            do throws(RPCError) {
              _ = try await work.value(for: 1) { () async throws(RPCError) in
                try? await loop.sleep(for: .milliseconds(10))
                throw RPCError(.unavailable, "no")
              }
              return nil
            } catch { return error }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(errors.count == 5 && errors.allSatisfy { $0?.code == .unavailable })
    }
  }

  @Test("who is cancelled does not take the work from the others; the last one ends it")
  func cancelled() async throws {
    try await onLoop { loop, work in
      let (started, ended) = (Tally(), Tally())
      let callers = (0..<3).map { _ in
        loop.startTask {
          _ = try? await work.value(for: 1) { () async throws(RPCError) in
            started.add()
            try? await loop.sleep(for: .seconds(60))
            ended.add()
            return 0
          }
        }
      }
      try await eventually("the work began") { started.count == 1 }
      for caller in callers.prefix(2) {
        caller.cancel()
        await caller.value
      }
      #expect(ended.count == 0)
      callers[2].cancel()
      await callers[2].value
      try await eventually("the work ended") { ended.count == 1 }
      // The key is free again.
      #expect(try await work.value(for: 1) { () async throws(RPCError) in 7 } == 7)
    }
  }
}

/// How often something happened.
private final class Tally: Sendable {
  private let number = Atomic(0)

  func add() { number.add(1, ordering: .relaxed) }

  var count: Int { number.load(ordering: .relaxed) }
}
