import CairnAPI
import EventLoop
import GRPC
import Patience
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Journal

@Suite struct OperationRunnerTests {
  @Test("kinds and projects have their turns at once, no more of them than there are lanes")
  func lanes() async throws {
    try await withServer({ $0.operationLanes = 3 }) { server, _ in
      let crowd = Crowd()
      let works = ["one", "two"].map { Counting($0, steps: 25, crowd: crowd) }
      var begun: [OperationRow] = []
      for work in works {
        for project in ["a", "b", "c"] {
          begun.append(try await server.journal.operations.begin(work.kind, total: 25, .of(project)))
        }
      }
      server.journal.operations.start(works)
      for operation in begun { try await server.becomes(.done, operation) }
      #expect(crowd.most == 3)
      #expect(crowd.neighbours.contains { $0.count == 3 && Set($0.map(\.kind)).count == 2 })
      #expect(crowd.neighbours.contains { Set($0.map(\.project)).count == 3 })
      for operation in begun {
        let ended = try await server.journal.operations.get(operation.id, in: operation.project)
        #expect((ended.done, ended.total) == (25, 25))
      }
    }
  }

  @Test("a short operation does not wait for long ones, however many there are")
  func turns() async throws {
    try await withServer({ $0.operationLanes = 2 }) { server, _ in
      let operations = server.journal.operations
      var long: [OperationRow] = []
      for project in ["a", "b", "c", "d", "e"] {
        long.append(try await operations.begin("long", total: 0, .of(project)))
      }
      operations.start([Counting("long", steps: .max), Counting("short", steps: 3)])
      try await eventually("the long ones have begun") { try await server.find(long[0]).done > 0 }
      let short = try await operations.begin("short", total: 3, .of("a"))
      try await server.becomes(.done, short)
      try await eventually("each of the long ones has had a turn") {
        for operation in long where try await server.find(operation).done == 0 { return false }
        return true
      }
      for operation in long { #expect(try await server.find(operation).state == .running) }
    }
  }

  @Test("one of a kind and subject is under way at a time; the next one is another")
  func onlyOne() async throws {
    try await withServer { server, _ in
      let operations = server.journal.operations
      let first = try await operations.begin("count", about: "x", total: 1, .of("a"))
      #expect(try await operations.begin("count", about: "x", total: 9, .of("a")) == first)
      #expect(try await operations.begin("count", about: "y", total: 1, .of("a")).id != first.id)
      #expect(try await operations.begin("count", about: "x", total: 1, .of("b")).id != first.id)
      operations.start([Counting("count", steps: 1)])
      try await server.becomes(.done, first)
      #expect(try await operations.begin("count", about: "x", total: 1, .of("a")).id != first.id)
    }
  }

  @Test("cancelling works from any server, and no step follows it")
  func cancels() async throws {
    try await withServer { server, database in
      let crowd = Crowd()
      server.journal.operations.start([
        Counting("long", steps: .max, crowd: crowd), Counting("short", steps: 1),
      ])
      let long = try await server.journal.operations.begin("long", total: 0, .of("a"))
      try await eventually("some steps were done") { crowd.steps > 3 }

      let other = try TestServer(database.url)
      let (id, project) = (long.id, long.project)
      let cancelled = try await other.loop.run {
        await Result.of {
          try await other.journal.operations.cancel(id, in: project, until: .now + .seconds(60))
        }
      }.get()
      #expect(cancelled.state == .cancelled)
      let steps = crowd.steps
      // Its lane is free again, and it never comes back.
      let short = try await server.journal.operations.begin("short", total: 1, .of("a"))
      try await server.becomes(.done, short)
      #expect(crowd.steps <= steps + 1, "one that had begun finds itself cancelled")
      #expect(try await server.find(long) == cancelled)

      let again = try await server.journal.operations.cancel(id, in: project, until: .now)
      #expect(again == cancelled)
      #expect(
        await server.refusal { _ = try await $0.cancel(short.id, in: project, until: .now) }
          == .operationEnded)
      let foreign = try #require(ProjectID("b"))
      #expect(
        await server.refusal { _ = try await $0.cancel(id, in: foreign, until: .now) } == .operationNotFound)
      #expect(await server.refusal { _ = try await $0.get(id, in: foreign) } == .operationNotFound)
      await other.stop()
    }
  }

  @Test("when a worker dies another one goes on where it stopped, and every step is done once")
  func takesOver() async throws {
    try await withServer { server, database in
      let frozen = Freezing(at: 4)
      // In its only lane: no other one of the same server can take over.
      let other = try TestServer(database.url, { $0.operationLanes = 1 })
      other.journal.operations.start([frozen])
      let operation = try await server.journal.operations.begin("freezing", total: 10, .of("a"))
      other.journal.operations.nudge()
      try await eventually("the first worker hangs") { frozen.backend != nil }
      // Nobody else may touch it while its worker may still be alive.
      let heir = Freezing(at: .max)
      server.journal.operations.start([heir])
      #expect(try await server.find(operation).done == 4)
      let backend = try #require(frozen.backend)
      try database.connect().execute("SELECT pg_terminate_backend(\(backend))")
      try await server.becomes(.done, operation)
      #expect((frozen.steps, heir.steps) == (5, 6), "the step that hung was done again")
      #expect(try await server.find(operation).done == 10)
      frozen.thaw()
      await other.stop()
      #expect(try await server.find(operation).done == 10)
    }
  }

  @Test("an operation whose steps fail again and again is given up, and keeps none from their turns")
  func fails() async throws {
    try await withServer({ $0.operationLanes = 1 }) { server, database in
      let operations = server.journal.operations
      operations.start([Failing(), Counting("short", steps: 1)])
      let failing = try await operations.begin("failing", total: 0, .of("a"))
      try await eventually("it has failed once") {
        try await server.pool.read(Self.failures, []).only().decode(0, as: Int.self) > 0
      }
      try await server.becomes(.done, try await operations.begin("short", total: 1, .of("a")))
      #expect(try await server.find(failing).state == .running)
      // The pauses between attempts grow; here nobody waits for them.
      let connection = try database.connect()
      try await eventually("it was given up") {
        try connection.execute("UPDATE operation SET lease_time = '-infinity' WHERE holder = ''")
        operations.nudge()
        return try await server.find(failing).state == .failed
      }
      #expect(try await server.find(failing).message.hasPrefix("the database cannot take a value"))
      #expect(try await server.pool.read(Self.failures, []).only().decode(0, as: Int.self) == 10)
    }
  }

  private static let failures = Statement(
    "test_failures", "SELECT failures FROM operation WHERE kind = 'failing'")

  @Test("lists have the newest first, by kind and state")
  func lists() async throws {
    try await withServer { server, _ in
      let operations = server.journal.operations
      var ids: [String] = []
      for number in 0..<6 {
        let kind = number.isMultiple(of: 2) ? "even" : "odd"
        ids.insert(try await operations.begin(kind, about: "\(number)", total: 0, .of("a")).id, at: 0)
      }
      _ = try await operations.begin("even", total: 0, .of("b"))
      _ = try await operations.cancel(ids[0], in: try #require(ProjectID("a")), until: .now)
      func list(
        before id: String? = nil, kinds: [String] = [], states: [OperationRow.State] = [], limit: Int = 10
      ) async throws -> [String] {
        try await operations.list(
          OperationPage(before: id, kinds: kinds, states: states, limit: limit),
          in: try #require(ProjectID("a"))
        ).map(\.id)
      }
      #expect(try await list() == ids)
      #expect(try await list(before: ids[2], limit: 2) == [ids[3], ids[4]])
      #expect(try await list(kinds: ["odd"]) == [ids[0], ids[2], ids[4]])
      #expect(try await list(states: [.cancelled, .done]) == [ids[0]])
      #expect(
        try await list(before: ids[1], kinds: ["odd", "none"], states: [.running]) == [ids[2], ids[4]])
    }
  }
}

// MARK: Works

/// Who works at the same time.
private final class Crowd: Sendable {
  struct Member: Hashable {
    let kind: String
    let project: ProjectID
  }

  private struct State {
    var present: [Member] = []
    var neighbours: Set<Set<Member>> = []
    var most = 0
    var steps = 0
  }

  private let state = Mutex(State())

  func enter(_ member: Member) {
    state.withLock {
      $0.present.append(member)
      $0.neighbours.insert(Set($0.present))
      $0.most = max($0.most, $0.present.count)
      $0.steps += 1
    }
  }

  func leave(_ member: Member) {
    state.withLock { state in
      state.present.firstIndex(of: member).map { _ = state.present.remove(at: $0) }
    }
  }

  var most: Int { state.withLock { $0.most } }
  var steps: Int { state.withLock { $0.steps } }
  var neighbours: Set<Set<Member>> { state.withLock { $0.neighbours } }
}

/// Counts to a number, one a step, each of some milliseconds.
private struct Counting: BackgroundWork {
  let kind: String
  let steps: Int
  let crowd: Crowd?

  private static let nap = Statement("test_nap", "SELECT pg_sleep(0.005)")

  init(_ kind: String, steps: Int, crowd: Crowd? = nil) {
    self.kind = kind
    self.steps = steps
    self.crowd = crowd
  }

  func step(
    _ operation: OperationRow, _ transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress {
    let member = Crowd.Member(kind: kind, project: operation.project)
    crowd?.enter(member)
    defer { crowd?.leave(member) }
    _ = try await transaction.query(Self.nap, [])
    let next = (Int(operation.resume) ?? 0) + 1
    return WorkProgress(done: 1, resume: next < steps ? "\(next)" : nil)
  }
}

/// Counts to ten, and hangs in the middle of the step after some.
private final class Freezing: BackgroundWork {
  let kind = "freezing"
  private let last: Int
  private let state = Mutex<(steps: Int, backend: Int32?, isThawed: Bool)>((0, nil, false))

  private static let pid = Statement("test_pid", "SELECT pg_backend_pid()")

  init(at last: Int) { self.last = last }

  var steps: Int { state.withLock { $0.steps } }
  var backend: Int32? { state.withLock { $0.backend } }
  func thaw() { state.withLock { $0.isThawed = true } }

  func step(
    _ operation: OperationRow, _ transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress {
    let pid: Int32 = try await transaction.query(Self.pid, []).only().decode(0)
    let count = state.withLock { state in
      state.steps += 1
      return state.steps
    }
    if count > last {
      state.withLock { $0.backend = pid }
      while !state.withLock({ $0.isThawed }) { try? await Task.sleep(for: .milliseconds(5)) }
    }
    let next = (Int(operation.resume) ?? 0) + 1
    return WorkProgress(done: 1, resume: next < 10 ? "\(next)" : nil)
  }
}

/// Never gets anywhere.
private struct Failing: BackgroundWork {
  let kind = "failing"

  private static let wrong = Statement("test_wrong", "SELECT 1 / 0")

  func step(
    _ operation: OperationRow, _ transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress {
    _ = try await transaction.query(Self.wrong, [])
    return WorkProgress(done: 1, resume: nil)
  }
}

// MARK: Looking

extension CallScope {
  fileprivate static func of(_ project: String) -> CallScope {
    CallScope(project: ProjectID(project)!, operation: "test.Operations/Begin")
  }
}

extension TestServer {
  fileprivate func find(_ operation: OperationRow) async throws -> OperationRow {
    try await journal.operations.get(operation.id, in: operation.project)
  }

  fileprivate func becomes(_ state: OperationRow.State, _ operation: OperationRow) async throws {
    try await eventually("\(operation.kind) of \(operation.project) is \(state)") {
      try await find(operation).state == state
    }
  }

  /// The reason for which something is refused.
  fileprivate func refusal(_ body: (Operations) async throws -> Void) async -> ErrorReason? {
    do {
      try await body(journal.operations)
      return nil
    } catch {
      return (error as? RPCError)?.reason
    }
  }
}

extension Result where Failure == any Error {
  fileprivate static func of(_ body: () async throws -> Success) async -> Result {
    do { return .success(try await body()) } catch { return .failure(error) }
  }
}
