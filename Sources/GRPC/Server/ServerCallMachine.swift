/// Life of one call on the server: what has been heard, what has been said. Pure.
///
///     waiting ──start──▶ running ──finish──▶ answered ──▶ (closed)
///        │                  │
///        └──────fail────────┴──────────────▶ answered
struct ServerCallMachine {
  enum Response: Equatable { case none, headSent, answered }
  enum Event: Equatable {
    /// The head is good; `waitsForMessage`: the method takes exactly one message.
    case head(waitsForMessage: Bool)
    case refusedHead
    case message
    case requestEnded(midMessage: Bool)
    /// The handler has written its first message or asked for the head to be sent.
    case headWanted
    /// The handler has returned or thrown.
    case handlerFinished
    /// Deadline, oversized message, broken framing.
    case failed
    case closed
  }
  enum Action: Equatable {
    case none, startHandler, wakeReader, sendHead
    /// End the call with the handler's own outcome.
    case finish
    /// End the call with the failure and cancel the handler.
    case fail
    case refuse
    case cancelHandler
    case failProtocol(StatusCode, String)
  }

  private(set) var response = Response.none
  private(set) var isRequestEnded = false
  private(set) var isClosed = false
  private var isRunning = false
  private var waitsForMessage = false
  private var messages = 0

  mutating func handle(_ event: Event) -> Action {
    if isClosed { return .none }
    switch event {
    case .head(let waits):
      waitsForMessage = waits
      if waits { return .none }
      isRunning = true
      return .startHandler
    case .refusedHead: return answered(.refuse)
    case .message: return message()
    case .requestEnded(let midMessage): return requestEnded(midMessage)
    case .headWanted:
      guard response == .none else { return .none }
      response = .headSent
      return .sendHead
    case .handlerFinished: return answered(.finish)
    case .failed: return answered(.fail)
    case .closed:
      isClosed = true
      return isRunning && response != .answered ? .cancelHandler : .none
    }
  }

  private mutating func message() -> Action {
    guard response != .answered else { return .none }
    messages += 1
    guard waitsForMessage, messages > 1 else { return waitsForMessage ? .none : .wakeReader }
    return answered(.failProtocol(.unimplemented, "the method takes one request message; more arrived"))
  }

  private mutating func requestEnded(_ midMessage: Bool) -> Action {
    guard !isRequestEnded else { return .none }
    isRequestEnded = true
    guard response != .answered else { return .none }
    if midMessage {
      return answered(.failProtocol(.internal, "the request ended in the middle of a message"))
    }
    guard waitsForMessage else { return .wakeReader }
    guard messages == 1 else {
      return answered(.failProtocol(.unimplemented, "the method takes one request message; none arrived"))
    }
    isRunning = true
    return .startHandler
  }

  private mutating func answered(_ action: Action) -> Action {
    guard response != .answered else { return .none }
    response = .answered
    return action
  }
}
