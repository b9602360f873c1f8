import CairnAPI
import GRPC
import Requests

/// How the server counts the tokens of messages whose clients have not: an estimate, and the same everywhere. Pure.
enum TokenEstimate {
  static let name = "bytes/4"

  static func tokens(of content: String) -> Int32 { Int32(clamping: (content.utf8.count + 3) / 4) }
}

extension Limits {
  /// Bytes of the text of a message.
  static let messageBytes = 1_048_576
  static let largestTokenCount: Int32 = 100_000_000
}

extension Violations {
  /// A message as it is stored: with the tokens that it has.
  mutating func message(_ given: SessionMessage, at path: String) -> SessionMessage {
    var message = SessionMessage()
    message.role = given.role
    switch given.role {
    case .system, .user, .assistant, .tool: break
    case .unspecified, .unrecognized: unknown("\(path).role", number: given.role.rawValue)
    }
    message.content = given.content
    if given.content.utf8.count > Limits.messageBytes {
      add(
        "must have at most \(Limits.messageBytes) bytes, not \(given.content.utf8.count)",
        at: "\(path).content")
    } else {
      noNUL(given.content, at: "\(path).content")
    }
    message.name = given.name
    optionalIdentifier(given.name, at: "\(path).name")
    optionalIdentifier(given.tokenizer, at: "\(path).tokenizer")
    if !(0...Limits.largestTokenCount).contains(given.tokenCount) {
      add("must be between 0 and \(Limits.largestTokenCount)", at: "\(path).token_count")
    }
    message.tokenCount =
      given.tokenCount == 0 ? TokenEstimate.tokens(of: given.content) : given.tokenCount
    message.tokenizer = given.tokenCount == 0 ? TokenEstimate.name : given.tokenizer
    return message
  }
}

/// A window of messages that may be read.
struct MessageWindow {
  let session: String
  let budget: Int64
  let count: Int

  init(validating request: GetMessageWindowRequest) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.session, at: "session")
    if request.tokenBudget < 1 { violations.add("must be 1 or more", at: "token_budget") }
    count = violations.limit(
      request.maxMessages, at: "max_messages", orElse: Limits.largestPageSize,
      atMost: Limits.largestPageSize)
    try violations.check()
    (session, budget) = (request.session, request.tokenBudget)
  }
}

extension AppendMessageRequest: WriteRequest {}

extension LogAppend {
  init(validating request: AppendMessageRequest, _ violations: inout Violations) {
    violations.identifier(request.session, at: "session")
    var event = SessionEvent()
    event.type = .message
    event.agent = request.agent
    violations.optionalIdentifier(request.agent, at: "agent")
    if let message = request.message {
      event.message = violations.message(message, at: "message")
    } else {
      violations.add("must be set", at: "message")
    }
    self.init(to: request.session, [EventDraft(event, at: "message", &violations)])
  }
}

extension ListEventsRequest {
  /// The events of a list of messages.
  init(_ request: ListMessagesRequest) {
    self.init()
    session = request.session
    pageSize = request.pageSize
    pageToken = request.pageToken
    orderBy = request.orderBy
    types = [.message]
  }
}
