import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

/// Takes tasks back from agents that can do them no longer: those that died, are late, leave, or are to give them up.
///
///     let back = TakingBack(store: store)
///     let written = try await back.repeating { () throws(RPCError) in
///       try await store.journal.write(back.part(held, because: .agentDead, in: scope), in: scope)
///     }
///     if case .written(let write) = written { back.tell(write.value, in: project) }
struct TakingBack: Sendable {
  enum Cause: Sendable {
    /// The attempt has failed with the reason `agent_dead`; the next one may begin at once.
    case agentDead
    /// The attempt has failed with the reason `timeout`.
    case timeout
    /// It counts as no attempt. The text says why, for people.
    case released(String)
  }

  /// A task as somebody saw it in `task_held`. When it is held under another epoch by then nothing happens with it.
  struct Held: Hashable, Sendable {
    let task: String
    let epoch: Int64
  }

  private let writing: TaskWriting

  init(store: CoordinationStore) { writing = TaskWriting(store: store) }

  /// A part of a write that ends attempts at tasks: it locks their leases, then the tasks, then their agents; it lowers the load
  /// of agents, and counts what failed. Its value says what became of the tasks.
  ///
  /// - Parameter held: Different tasks, at most a thousand at once.
  func part(
    _ held: [Held], because cause: Cause, in scope: CallScope
  ) -> WritePart<TaskWriting.Written<[CairnTask]>> {
    // One for all: a write may be asked for its decision again.
    let chances = held.map { _ in Double.random(in: 0...1) }
    return writing.ending(held.map(\.task), in: scope) { locked throws(RPCError) in
      var changes: [TaskChange] = []
      for (held, chance) in zip(held, chances) {
        guard let task = locked[held.task], task.state.isHeld, task.epoch == held.epoch else { continue }
        switch cause {
        case .agentDead:
          changes.append(
            try task.failed(
              FailureReason.agentDead, "its agent was declared dead", waits: false, chance: chance))
        case .timeout:
          changes.append(try task.failed(FailureReason.timeout, "the attempt took too long", chance: chance))
        case .released(let why): changes.append(try task.released(because: why))
        }
      }
      return (changes, changes.map(\.planned))
    }
  }

  /// Runs a write with such a part, again where one of its tasks was given out at the wrong moment.
  func repeating<Value>(_ write: () async throws(RPCError) -> Value) async throws(RPCError) -> Value {
    try await writing.repeating(write)
  }

  /// After the write: tells those of this server who wait for it.
  func tell(_ written: TaskWriting.Written<[CairnTask]>, in project: ProjectID) {
    writing.tell(written, in: project)
  }
}
