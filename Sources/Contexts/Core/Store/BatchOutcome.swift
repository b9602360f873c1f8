import CairnAPI
import GRPC
import Journal
import Requests
import StandardProtos

/// What became of one item.
typealias ItemOutcome = Result<Context, RPCError>

/// What a batch came to.
struct BatchOutcome {
  let outcomes: [ItemOutcome]
  /// 0 when nothing was written.
  let position: Int64

  init(_ outcomes: [ItemOutcome], _ stamp: Stamp?) {
    self.outcomes = outcomes
    position = stamp?.position ?? 0
  }

  /// For an answer of bounded size: contexts without content and data, and once the answer is full only what the write
  /// decided.
  var bounded: [ItemOutcome] {
    var budget = Limits.answerBytes
    return outcomes.map { outcome in
      outcome.map { context in
        let result = budget > 0 ? context.basic : context.outline
        budget -= result.serializedBytes().count
        return result
      }
    }
  }

  var results: [ContextResult] { bounded.map { ContextResult($0) } }
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
