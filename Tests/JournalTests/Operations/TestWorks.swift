import Postgres
import Synchronization

@testable import Journal

/// The operations whose steps are under way at the same time.
final class Crowd: Sendable {
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
struct Counting: BackgroundWork {
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
    _ operation: OperationRow, in transaction: Transaction
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
final class Freezing: BackgroundWork {
  let kind = "freezing"
  private let last: Int
  private let state = Mutex<(steps: Int, backend: Int32?, isThawed: Bool)>((0, nil, false))

  private static let pid = Statement("test_pid", "SELECT pg_backend_pid()")

  init(at last: Int) { self.last = last }

  var steps: Int { state.withLock { $0.steps } }
  var backend: Int32? { state.withLock { $0.backend } }
  func thaw() { state.withLock { $0.isThawed = true } }

  func step(
    _ operation: OperationRow, in transaction: Transaction
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
struct Failing: BackgroundWork {
  let kind = "failing"

  private static let wrong = Statement("test_wrong", "SELECT 1 / 0")

  func step(
    _ operation: OperationRow, in transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress {
    _ = try await transaction.query(Self.wrong, [])
    return WorkProgress(done: 1, resume: nil)
  }
}
