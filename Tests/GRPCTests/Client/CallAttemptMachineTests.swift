import HTTP2
import Testing

@testable import GRPC

@Suite struct CallAttemptMachineTests {
  typealias Machine = CallAttemptMachine
  typealias Step = (event: Machine.Event, action: Machine.Action)

  private static func block(_ fields: [(String, String)]) -> HeaderBlock {
    var block = HeaderBlock()
    for (name, value) in fields { block.append(name, value) }
    return block
  }

  private static let head = Machine.Event.head(block([("content-type", "application/grpc")]), httpStatus: 200)
  private static func trailers(_ fields: [(String, String)], http: Int = 200) -> Machine.Event {
    .trailers(block(fields), httpStatus: http)
  }

  static let cases: [(name: String, steps: [Step], code: StatusCode?, end: RetryMachine.End)] = [
    ("an answer", [(head, .none), (trailers([("grpc-status", "0")]), .finish)], nil, .ok),
    (
      "a status after a head, and what comes later",
      [
        (head, .none), (trailers([("grpc-status", "5")]), .finish), (.closed(.connectionLost), .none),
        (.failed(RPCError(.cancelled, "")), .none),
      ], .notFound, .status(.notFound, .none)
    ),
    (
      "a status alone, with a word about another attempt",
      [(trailers([("grpc-status", "14"), ("grpc-retry-pushback-ms", "250")]), .finish)],
      .unavailable, .status(.unavailable, .wait(.milliseconds(250)))
    ),
    (
      "no status at all, from a proxy",
      [(trailers([], http: 503), .finish)], .unavailable, .status(.unavailable, .none)
    ),
    (
      "an answer of something else",
      [(.head(block([("content-type", "text/html")]), httpStatus: 200), .finishAndReset)],
      .unknown, .status(.unknown, .none)
    ),
    (
      "the caller gives up",
      [(head, .none), (.failed(RPCError(.deadlineExceeded, "late")), .finishAndReset)],
      .deadlineExceeded, .local
    ),
    ("the request never left", [(.closed(.unsent), .finish)], .unavailable, .unsent),
    ("the server has not looked at it", [(.closed(.refused), .finish)], .unavailable, .refused),
    (
      "the connection is lost",
      [(.closed(.connectionLost), .finish)], .unavailable, .status(.unavailable, .none)
    ),
    (
      "the server cancels",
      [(head, .none), (.closed(.closed(errorCode: 8)), .finish)], .cancelled, .status(.cancelled, .none)
    ),
    (
      "the server asks for calm",
      [(.closed(.closed(errorCode: 11)), .finish)], .resourceExhausted, .status(.resourceExhausted, .none)
    ),
  ]

  @Test("an attempt ends as its machine says", arguments: cases.indices)
  func life(_ index: Int) {
    let (name, steps, code, end) = Self.cases[index]
    var machine = Machine()
    for (number, step) in steps.enumerated() {
      #expect(machine.handle(step.event) == step.action, "\(name): step \(number)")
    }
    #expect(machine.isEnded && machine.end == end, "\(name): \(machine.end)")
    if case .failure(let error) = machine.outcome {
      #expect(error.code == code, "\(name)")
    } else {
      #expect(code == nil, "\(name)")
    }
  }
}
