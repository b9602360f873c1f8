import Testing

@testable import GRPC

@Suite struct ServerCallMachineTests {
  typealias Machine = ServerCallMachine
  typealias Step = (event: Machine.Event, action: Machine.Action)

  static let cases: [(name: String, steps: [Step])] = [
    (
      "a unary call starts when its request is whole",
      [
        (.head(takes: .one), .none), (.message, .none), (.requestEnded(midMessage: false), .admit),
        (.admitted, .startHandler), (.handlerEnded, .finish(.headDue)), (.closed, .none),
      ]
    ),
    (
      "a streaming call starts with its head, and its reader hears of messages and of the end",
      [
        (.head(takes: .many), .admit), (.admitted, .startHandler), (.message, .wakeReader),
        (.message, .wakeReader), (.requestEnded(midMessage: false), .wakeReader),
        (.requestEnded(midMessage: false), .none), (.handlerEnded, .finish(.headDue)),
      ]
    ),
    (
      "no message where one is due",
      [
        (.head(takes: .one), .none),
        (.requestEnded(midMessage: false), .failProtocol(.noMessage, .headDue)),
        (.handlerEnded, .none),
      ]
    ),
    (
      "two messages where one is due",
      [
        (.head(takes: .one), .none), (.message, .none),
        (.message, .failProtocol(.secondMessage, .headDue)),
        (.requestEnded(midMessage: false), .none),
      ]
    ),
    (
      "a request that ends inside a message",
      [
        (.head(takes: .many), .admit), (.admitted, .startHandler),
        (.requestEnded(midMessage: true), .failProtocol(.endInMessage, .headDue)), (.handlerEnded, .none),
        (.closed, .none),
      ]
    ),
    (
      "a request that ends inside the one message that is due",
      [
        (.head(takes: .one), .none),
        (.requestEnded(midMessage: true), .failProtocol(.endInMessage, .headDue)),
      ]
    ),
    (
      "a client that leaves cancels the handler, once",
      [
        (.head(takes: .many), .admit), (.admitted, .startHandler), (.closed, .cancelHandler),
        (.closed, .none), (.handlerEnded, .none), (.message, .none),
      ]
    ),
    (
      "a client that leaves before the handler began cancels nothing",
      [(.head(takes: .one), .none), (.closed, .none)]
    ),
    (
      "a deadline answers for the handler, whose own end comes too late",
      [
        (.head(takes: .many), .admit), (.admitted, .startHandler), (.failed, .fail(.headDue)),
        (.handlerEnded, .none), (.failed, .none), (.headWanted, .none), (.closed, .none),
      ]
    ),
    (
      "the head goes out once, and what ends the call knows of it",
      [
        (.head(takes: .many), .admit), (.admitted, .startHandler), (.headWanted, .sendHead),
        (.headWanted, .none), (.handlerEnded, .finish(.headSent)), (.headWanted, .none),
      ]
    ),
    (
      "a request that ends inside a message after the head of the answer",
      [
        (.head(takes: .many), .admit), (.admitted, .startHandler), (.headWanted, .sendHead),
        (.requestEnded(midMessage: true), .failProtocol(.endInMessage, .headSent)),
      ]
    ),
    (
      "a deadline after the head",
      [
        (.head(takes: .many), .admit), (.admitted, .startHandler), (.headWanted, .sendHead),
        (.requestEnded(midMessage: false), .wakeReader), (.failed, .fail(.headSent)),
      ]
    ),
    (
      "a refused head is answered and nothing more",
      [(.failed, .fail(.headDue)), (.message, .none), (.failed, .none)]
    ),
    (
      "what is no gRPC is answered when it has been heard to its end",
      [
        (.notGRPC(.notPost, .open), .none), (.message, .none),
        (.requestEnded(midMessage: false), .answerPlainly(.notPost)), (.closed, .none),
      ]
    ),
    (
      "what is no gRPC and has no body is answered at once",
      [(.notGRPC(.otherContentType, .ended), .answerPlainly(.otherContentType))]
    ),
    (
      "a server that goes away does not wait for the end of what is no gRPC",
      [
        (.notGRPC(.notPost, .open), .none), (.failed, .fail(.headDue)),
        (.requestEnded(midMessage: false), .none),
      ]
    ),
    (
      "a call waits for room before its handler begins, and the request may end meanwhile",
      [
        (.head(takes: .many), .admit), (.message, .none), (.requestEnded(midMessage: false), .none),
        (.outboundDrained, .admit), (.outboundDrained, .admit), (.admitted, .startHandler),
        (.outboundDrained, .none), (.handlerEnded, .finish(.headDue)),
      ]
    ),
    (
      "a deadline while the call waits for room",
      [
        (.head(takes: .one), .none), (.message, .none), (.requestEnded(midMessage: false), .admit),
        (.failed, .fail(.headDue)), (.outboundDrained, .none), (.admitted, .none),
      ]
    ),
    (
      "a call that failed before its head was complete does not begin with it",
      [(.failed, .fail(.headDue)), (.head(takes: .many), .none)]
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

  @Test("what a client did wrong is told")
  func breaches() {
    #expect(Machine.Breach.endInMessage.error.code == .internal)
    #expect(Machine.Breach.noMessage.error.code == .unimplemented)
    #expect(Machine.Breach.noMessage.error.message.contains("none arrived"))
    #expect(Machine.Breach.secondMessage.error.code == .unimplemented)
    #expect(Machine.Breach.secondMessage.error.message.contains("more arrived"))
  }

  @Test("what is asked of the machine follows its state")
  func questions() {
    var machine = Machine()
    func answers() -> [Bool] {
      [machine.isOpening, machine.readsRequest, machine.isRequestEnded, machine.isHeadDue, machine.isOver]
    }
    #expect(answers() == [true, false, false, true, false])
    _ = machine.handle(.head(takes: .many))
    #expect(answers() == [false, true, false, true, false])
    _ = machine.handle(.admitted)
    #expect(answers() == [false, true, false, true, false])
    _ = machine.handle(.headWanted)
    #expect(answers() == [false, true, false, false, false])
    _ = machine.handle(.requestEnded(midMessage: false))
    #expect(answers() == [false, true, true, false, false])
    _ = machine.handle(.handlerEnded)
    #expect(answers() == [false, false, false, false, true])
  }

  @Test("a handler that outlives its call is known until it ends")
  func abandoned() {
    for event in [Machine.Event.failed, .closed, .requestEnded(midMessage: true)] {
      var machine = Machine()
      _ = machine.handle(.head(takes: .many))
      _ = machine.handle(.admitted)
      _ = machine.handle(event)
      #expect(machine.state == .abandoned)
      #expect(machine.isOver && !machine.readsRequest && !machine.isHeadDue)
      #expect(machine.handle(.handlerEnded) == .none)
      #expect(machine.state == .over)
    }
  }
}
