import CairnAPI
import GRPC
import Journal
import Requests
import StandardProtos
import Wire

/// What is kept of the answer to a named request: which contexts were written and what was refused. The
/// contexts themselves are in the history, as the write at the stored position left them.
struct WriteAnswer {
  let results: [Result<String, RPCError>]

  init(_ results: [Result<String, RPCError>]) { self.results = results }

  /// A BatchUpdateContextsResponse whose contexts have only their ids.
  var bytes: [UInt8] {
    var response = BatchUpdateContextsResponse()
    response.results = results.map { result in
      ContextResult(
        result.map { id in
          var context = Context()
          context.id = id
          return context
        })
    }
    return response.serializedBytes()
  }

  init(_ stored: StoredAnswer) throws(RPCError) {
    let response: BatchUpdateContextsResponse = try stored.decoded()
    results = response.results.map {
      switch $0.outcome {
      case .context(let context): .success(context.id)
      case .error(let status): .failure(RPCError(status))
      case nil: .failure(RPCError(.internal, .internal, "the stored answer to this request has a gap"))
      }
    }
  }
}

extension ContextStore {
  /// The answer that a named request got before, made again from the history.
  func repeated(_ stored: StoredAnswer, isFull: Bool, _ scope: CallScope) async throws(RPCError)
    -> [ItemOutcome]
  {
    let answer = try WriteAnswer(stored)
    let ids = answer.results.successes()
    let images = try await images(
      of: ids, at: ids.map { _ in stored.stamp.position }, isFull: isFull, in: scope.project)
    let byID = Dictionary(
      images.byPlace.values.map { (TextKey($0.context.id), $0.context) },
      uniquingKeysWith: { first, _ in first })
    return answer.results.map { result in
      result.flatMap { id in byID[id].map(ItemOutcome.success) ?? .failure(.contextNotFound(id)) }
    }
  }
}

/// What a batch came to.
struct BatchOutcome {
  let outcomes: [ItemOutcome]
  /// 0 when nothing was written.
  let position: Int64

  init(_ outcomes: [ItemOutcome], _ stamp: Stamp?) {
    self.outcomes = outcomes
    position = stamp?.position ?? 0
  }

  /// The results for an answer of bounded size: contexts without content and data, and once the answer is
  /// full only what the write decided.
  var results: [ContextResult] {
    var budget = Limits.answerBytes
    return outcomes.map { outcome in
      ContextResult(
        outcome.map { context in
          let result = budget > 0 ? context.basic : context.outline
          budget -= result.serializedBytes().count
          return result
        })
    }
  }
}

extension ContextResult {
  init(_ outcome: ItemOutcome) {
    self.init()
    switch outcome {
    case .success(let context): self.outcome = .context(context)
    case .failure(let error): self.outcome = .error(GoogleRpcStatus(error))
    }
  }
}

extension GoogleRpcStatus {
  init(_ error: RPCError) {
    self.init()
    code = error.code.rawValue
    message = error.message
    details = error.details
  }
}

extension RPCError {
  init(_ status: GoogleRpcStatus) {
    self.init(StatusCode(rawValue: status.code) ?? .unknown, status.message, details: status.details)
  }
}
