import CairnAPI
import GRPC
import Journal
import Requests
import StandardProtos
import Wire

/// What writes of tasks came to, in the order of the request.
struct TaskResults {
  let results: [Result<CairnTask, RPCError>]
  /// 0 when nothing was written.
  let position: Int64

  /// - Parameters:
  ///   - planned: In outline, before the write had drawn its position.
  ///   - stamp: Of the write; nil when nothing was written, or it was taken back.
  init(_ planned: [Result<CairnTask, RPCError>], _ stamp: Stamp?, _ scope: CallScope) {
    position = stamp?.position ?? 0
    results = planned.map { result in
      result.map { task in
        if let stamp { return task.stamped(stamp) }
        return scope.effect == .takenBack ? task.told : task
      }
    }
  }

  /// What a named request was answered before.
  init(_ answer: StoredAnswer) throws(RPCError) {
    let stored: SubmitTasksResponse = try answer.decoded()
    position = answer.stamp.position
    results = stored.results.map { item in
      switch item.outcome {
      case .task(let task): .success(answer.stamp.position == 0 ? task : task.stamped(answer.stamp))
      case .error(let status): .failure(RPCError(status))
      case nil: .failure(RPCError(.internal, .internal, "the stored answer to this request has a gap"))
      }
    }
  }

  /// What is kept for the repetition of a request.
  static func bytes(of planned: [Result<CairnTask, RPCError>]) -> [UInt8] {
    var response = SubmitTasksResponse()
    response.results = planned.map { TaskOutcome($0) }
    return response.serializedBytes()
  }

  /// For an answer of bounded size: once it is full, tasks have only what says which they are and where they stand.
  var outcomes: [TaskOutcome] {
    var budget = Limits.answerBytes
    return results.map { result in
      let outcome = TaskOutcome(budget > 0 ? result : result.map(\.brief))
      budget -= outcome.serializedBytes().count
      return outcome
    }
  }
}

extension TaskOutcome {
  fileprivate init(_ result: Result<CairnTask, RPCError>) {
    self.init()
    switch result {
    case .success(let task): outcome = .task(task)
    case .failure(let error): outcome = .error(GoogleRpcStatus(error))
    }
  }
}

extension CairnTask {
  fileprivate var brief: CairnTask {
    var task = CairnTask()
    (task.id, task.state, task.position) = (id, state, position)
    return task
  }
}
