/// Life of one call on the server: what has been heard, what has been said. Pure.
///
/// Errors travel beside it, so that its values are plain bits: it decides whether and how one is told.
///
///     opening ──head──▶ collecting ──its end──▶ ready ──room──▶ running ──▶ over
///        │ │              (methods with one       ▲               │ head     ▲  ▲
///        │ │               request message)       │               │ sent     │  │
///        │ └────────head─(other methods)──────────┘               │          │  │
///        └──not gRPC──▶ refusing ──its end────────────────────────┼──────────┘  │ handler
///                                                                 ▼             │ ends
///     deadline, broken protocol, closed stream: from running to abandoned ──────┘
///                                               from any other state to over
struct ServerCallMachine {
  enum State: Equatable {
    /// The head of the request is not complete.
    case opening
    /// The request is not gRPC. The answer waits for its end, as plain HTTP clients expect.
    case refusing(RequestHead.PlainAnswer)
    /// The method takes exactly one message, and its handler begins when the request is complete.
    case collecting(Messages)
    /// The handler begins as soon as the client has room for its answer.
    case ready(Request)
    case running(Request, Response)
    /// The call has ended before its handler, which is cancelled.
    case abandoned
    /// The call was answered, or its stream was closed; no handler runs.
    case over
  }
  enum Messages { case none, one }
  enum Request { case open, ended }
  enum Response { case headDue, headSent }

  enum Event {
    case head(takes: RequestMessages)
    /// The request is not gRPC.
    case notGRPC(RequestHead.PlainAnswer, Request)
    case message
    case requestEnded(midMessage: Bool)
    /// The client has taken what made the handler wait before it began.
    case outboundDrained
    /// There is room for the answer.
    case admitted
    /// The handler has written its first message or asked for the head to be sent.
    case headWanted
    /// The handler has returned or thrown.
    case handlerEnded
    /// The head is refused, the deadline has passed, or a limit is exceeded.
    case failed
    /// The stream is closed.
    case closed
  }
  enum RequestMessages { case one, many }
  enum Action: Equatable {
    case none
    /// Look whether there is room for the answer; ``Event/admitted`` follows, at once or later.
    case admit
    case startHandler
    case wakeReader
    case sendHead
    /// End the call with the handler's own outcome.
    case finish(Response)
    /// End the call with the error, and cancel the handler.
    case fail(Response)
    /// The same with the error that the client has made.
    case failProtocol(Breach, Response)
    case answerPlainly(RequestHead.PlainAnswer)
    case cancelHandler
  }
  /// How a client can break the protocol of calls.
  enum Breach { case endInMessage, noMessage, secondMessage }

  private(set) var state = State.opening

  /// Whether nothing can be said to the client any more.
  var isOver: Bool {
    switch state {
    case .abandoned, .over: true
    case .opening, .refusing, .collecting, .ready, .running: false
    }
  }
  var isOpening: Bool { if case .opening = state { true } else { false } }
  /// Whether the bytes of the request are looked at.
  var readsRequest: Bool {
    switch state {
    case .collecting, .ready, .running: true
    case .opening, .refusing, .abandoned, .over: false
    }
  }
  /// Whether the handler has all of the request.
  var isRequestEnded: Bool { if case .running(.ended, _) = state { true } else { false } }
  /// Whether what the head says can still be changed.
  var isHeadDue: Bool { if case .running(_, .headSent) = state { false } else { !isOver } }

  mutating func handle(_ event: Event) -> Action {
    switch (state, event) {
    case (.over, _): return .none
    case (.abandoned, .handlerEnded): return end(.none)
    case (.abandoned, _): return .none
    case (.running, .closed): return abandon(.cancelHandler)
    case (_, .closed): return end(.none)
    case (.running(_, let response), .failed): return abandon(.fail(response))
    case (_, .failed): return end(.fail(.headDue))
    case (.running(_, let response), .handlerEnded): return end(.finish(response))
    case (.running(let request, .headDue), .headWanted):
      state = .running(request, .headSent)
      return .sendHead
    case (.opening, .head(.one)):
      state = .collecting(.none)
      return .none
    case (.opening, .head(.many)):
      state = .ready(.open)
      return .admit
    case (.opening, .notGRPC(let answer, .open)):
      state = .refusing(answer)
      return .none
    case (.opening, .notGRPC(let answer, .ended)): return end(.answerPlainly(answer))
    case (.ready, .outboundDrained): return .admit
    case (.ready(let request), .admitted):
      state = .running(request, .headDue)
      return .startHandler
    case (_, .message): return message()
    case (_, .requestEnded(let midMessage)): return requestEnded(midMessage)
    case (_, .head), (_, .notGRPC), (_, .outboundDrained), (_, .admitted), (_, .headWanted),
      (_, .handlerEnded):
      return .none
    }
  }

  private mutating func message() -> Action {
    switch state {
    case .running(.open, _): return .wakeReader
    case .collecting(.none):
      state = .collecting(.one)
      return .none
    case .collecting(.one):
      return end(.failProtocol(.secondMessage, .headDue))
    case .opening, .refusing, .ready, .running(.ended, _), .abandoned, .over: return .none
    }
  }

  private mutating func requestEnded(_ midMessage: Bool) -> Action {
    switch state {
    case .refusing(let answer): return end(.answerPlainly(answer))
    case .running(_, let response) where midMessage: return abandon(.failProtocol(.endInMessage, response))
    case _ where midMessage: return end(.failProtocol(.endInMessage, .headDue))
    case .collecting(.none): return end(.failProtocol(.noMessage, .headDue))
    case .collecting(.one):
      state = .ready(.ended)
      return .admit
    case .ready(.open):
      state = .ready(.ended)
      return .none
    case .running(.open, let response):
      state = .running(.ended, response)
      return .wakeReader
    case .opening, .ready(.ended), .running(.ended, _), .abandoned, .over: return .none
    }
  }

  private mutating func abandon(_ action: Action) -> Action {
    state = .abandoned
    return action
  }

  private mutating func end(_ action: Action) -> Action {
    state = .over
    return action
  }
}

extension ServerCallMachine.Breach {
  var error: RPCError {
    switch self {
    case .endInMessage: .protocolViolated("the request ended in the middle of a message")
    case .noMessage:
      .protocolViolated("the method takes one request message; none arrived", code: .unimplemented)
    case .secondMessage:
      .protocolViolated("the method takes one request message; more arrived", code: .unimplemented)
    }
  }
}
