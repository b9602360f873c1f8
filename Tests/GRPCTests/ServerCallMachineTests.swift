import Testing

@testable import GRPC

@Suite struct ServerCallMachineTests {
  typealias Machine = ServerCallMachine
  typealias Step = (event: Machine.Event, action: Machine.Action)

  static let cases: [(name: String, steps: [Step])] = [
    (
      "a unary call starts when its request is whole",
      [
        (.head(waitsForMessage: true), .none), (.message, .none),
        (.requestEnded(midMessage: false), .startHandler), (.handlerFinished, .finish), (.closed, .none),
      ]
    ),
    (
      "a streaming call starts with its head, and its reader hears of messages and of the end",
      [
        (.head(waitsForMessage: false), .startHandler), (.message, .wakeReader), (.message, .wakeReader),
        (.requestEnded(midMessage: false), .wakeReader), (.handlerFinished, .finish),
      ]
    ),
    (
      "no message where one is due",
      [
        (.head(waitsForMessage: true), .none),
        (
          .requestEnded(midMessage: false),
          .failProtocol(.unimplemented, "the method takes one request message; none arrived")
        ),
        (.handlerFinished, .none),
      ]
    ),
    (
      "two messages where one is due",
      [
        (.head(waitsForMessage: true), .none), (.message, .none),
        (.message, .failProtocol(.unimplemented, "the method takes one request message; more arrived")),
        (.requestEnded(midMessage: false), .none),
      ]
    ),
    (
      "a request that ends inside a message",
      [
        (.head(waitsForMessage: false), .startHandler),
        (
          .requestEnded(midMessage: true),
          .failProtocol(.internal, "the request ended in the middle of a message")
        ),
        (.handlerFinished, .none), (.closed, .none),
      ]
    ),
    (
      "a client that leaves cancels the handler, once",
      [
        (.head(waitsForMessage: false), .startHandler), (.closed, .cancelHandler), (.closed, .none),
        (.handlerFinished, .none), (.message, .none),
      ]
    ),
    (
      "a client that leaves before the handler began cancels nothing",
      [(.head(waitsForMessage: true), .none), (.closed, .none)]
    ),
    (
      "a deadline answers for the handler, whose own end comes too late",
      [
        (.head(waitsForMessage: false), .startHandler), (.failed, .fail), (.handlerFinished, .none),
        (.failed, .none), (.closed, .none),
      ]
    ),
    (
      "the head goes out once",
      [
        (.head(waitsForMessage: false), .startHandler), (.headWanted, .sendHead), (.headWanted, .none),
        (.handlerFinished, .finish), (.headWanted, .none),
      ]
    ),
    (
      "a refused head is answered and nothing more",
      [(.refusedHead, .refuse), (.message, .none), (.failed, .none)]
    ),
  ]

  @Test("a call on the server lives as its machine says", arguments: cases.indices)
  func life(_ index: Int) {
    let (name, steps) = Self.cases[index]
    var machine = Machine()
    for (number, step) in steps.enumerated() {
      #expect(machine.handle(step.event) == step.action, "\(name): step \(number)")
    }
  }
}
