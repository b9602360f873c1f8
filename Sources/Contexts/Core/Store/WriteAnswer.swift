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
  /// The places of those of which there was nothing to write.
  private(set) var untouched: Set<Int> = []

  init(_ results: [Result<String, RPCError>]) { self.results = results }

  init(_ decided: [Result<DecidedWrite, RPCError>]) {
    results = decided.map { $0.map(\.id) }
    for (place, result) in decided.enumerated() {
      if case .success(.nothing) = result { untouched.insert(place) }
    }
  }

  /// No write has it.
  private static let untouchedPosition: Int64 = -1

  /// A BatchUpdateContextsResponse whose contexts have only their ids.
  var bytes: [UInt8] {
    var response = BatchUpdateContextsResponse()
    response.results = results.enumerated().map { place, result in
      ContextResult(
        result.map { id in
          var context = Context(only: id)
          if untouched.contains(place) { context.position = Self.untouchedPosition }
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
    for (place, result) in response.results.enumerated() {
      if case .context(let context) = result.outcome, context.position == Self.untouchedPosition {
        untouched.insert(place)
      }
    }
  }
}

extension ContextStore {
  /// The answer that a named request got before, made again from the history.
  func repeated(_ stored: StoredAnswer, detail: ContextDetail, in scope: CallScope) async throws(RPCError)
    -> [ItemOutcome]
  {
    let answer = try WriteAnswer(stored)
    let ids = answer.results.successes()
    let images = try await images(
      of: ids, at: ids.map { _ in stored.stamp.position }, detail: detail, in: scope.project)
    let byID = Dictionary(
      images.byPlace.values.map { (TextKey($0.context.id), $0.context) },
      uniquingKeysWith: { first, _ in first })
    return answer.results.enumerated().map { place, result in
      result.flatMap { id in
        if answer.untouched.contains(place) { return .success(Context(only: id)) }
        return byID[id].map(ItemOutcome.success) ?? .failure(.contextNotFound(id))
      }
    }
  }
}
