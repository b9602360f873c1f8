import CairnAPI
import Requests
import Wire

/// An event that may be appended, as far as that can be told without its session.
struct EventDraft: Sendable, Equatable {
  /// What a client decides of it. Without an agent: that of the call.
  let event: SessionEvent

  /// - Parameter path: Where it stands in the request, such as `event`.
  init(validating given: SessionEvent?, at path: String, _ violations: inout Violations) {
    guard let given else {
      violations.add("must be set", at: path)
      self.init(SessionEvent(), at: path, &violations)
      return
    }
    // What has no field here, or is the server's alone, is not stored.
    var event = SessionEvent()
    event.type = violations.clientType(given.type, at: "\(path).type")
    event.agent = given.agent
    violations.optionalIdentifier(given.agent, at: "\(path).agent")
    event.change = given.change.map { violations.change($0, at: "\(path).change") }
    event.transition = given.transition.map { violations.transition($0, at: "\(path).transition") }
    event.impact = given.impact.map { violations.impact($0, at: "\(path).impact") }
    event.handoff = given.handoff.map { violations.handoff($0, at: "\(path).handoff") }
    event.message = given.message.map { violations.message($0, at: "\(path).message") }
    event.name = given.name
    event.data = given.data
    _ = violations.metadata(given.data, at: "\(path).data")
    event.payload = given.payload
    if given.payload.count > Limits.eventPayloadBytes {
      violations.add(
        "must have at most \(Limits.eventPayloadBytes) bytes, not \(given.payload.count)",
        at: "\(path).payload")
    }
    event.mediaType = given.mediaType
    violations.mediaType(given.mediaType, at: "\(path).media_type")
    event.processingTime = given.processingTime.map {
      violations.processingTime($0, at: "\(path).processing_time")
    }
    violations.parts(of: given, at: path)
    self.init(event, at: path, &violations)
  }

  /// - Parameters:
  ///   - event: Whose fields have been checked.
  ///   - path: Where that stands which may make it too large.
  init(_ event: SessionEvent, at path: String, _ violations: inout Violations) {
    self.event = event
    guard violations.isEmpty else { return }
    let bytes = event.serializedBytes().count
    if bytes > Limits.eventBytes {
      violations.add(
        "makes an event of \(bytes) bytes, which may have at most \(Limits.eventBytes)", at: path)
    }
  }
}

extension Violations {
  /// What clients may append.
  fileprivate mutating func clientType(_ type: SessionEvent.Type_, at field: String) -> SessionEvent.Type_ {
    switch type {
    case .modified, .broke, .testPass, .checkpoint, .handoff, .message, .custom: break
    case .start, .end, .restored:
      add("must not be START, END or RESTORED, which the server alone appends", at: field)
    case .unspecified, .unrecognized: unknown(field, number: type.rawValue)
    }
    return type
  }

  /// What an event of its type must have, and must not have.
  fileprivate mutating func parts(of event: SessionEvent, at path: String) {
    switch event.type {
    case .modified, .broke, .testPass:
      if event.change == nil { add("must be set for this type", at: "\(path).change") }
    case .handoff where event.handoff == nil:
      add("must be set for this type", at: "\(path).handoff")
    case .message where event.message == nil:
      add("must be set for this type", at: "\(path).message")
    default: break
    }
    if event.type == .custom {
      identifier(event.name, at: "\(path).name")
    } else if !event.name.isEmpty {
      add("must be empty where the type is not CUSTOM", at: "\(path).name")
    }
    if event.type != .message, event.message != nil {
      add("must be absent where the type is not MESSAGE", at: "\(path).message")
    }
    if event.type != .handoff, event.handoff != nil {
      add("must be absent where the type is not HANDOFF", at: "\(path).handoff")
    }
  }
}

extension SessionEvent {
  /// Bytes that checking it takes time for, about; above the limit it stops counting.
  func readBytes(upTo limit: Int) -> Int {
    // A payload is copied and not read.
    var bytes = 64 + payload.count / 16 + (message?.content.utf8.count ?? 0)
    if let data { bytes += data.readBytes(upTo: limit) }
    for text in (change?.entities ?? []) + (impact?.failedTests ?? []) where bytes <= limit {
      bytes += 16 + text.utf8.count
    }
    return bytes
  }
}

extension [SessionEvent] {
  /// Bytes that checking or writing them down takes time for, about.
  var readBytes: Int {
    var bytes = 0
    for event in self where bytes <= Limits.quickBytes { bytes += event.readBytes(upTo: Limits.quickBytes) }
    return bytes
  }
}

extension WellKnown.Struct {
  /// Bytes of the texts and values in it, about; above the limit it stops counting.
  func readBytes(upTo limit: Int) -> Int {
    var bytes = 0
    for (key, value) in fields {
      bytes += 16 + key.text.utf8.count + value.readBytes(upTo: limit - bytes)
      if bytes > limit { break }
    }
    return bytes
  }
}

extension WellKnown.Value {
  fileprivate func readBytes(upTo limit: Int) -> Int {
    switch kind {
    case .stringValue(let text): return 16 + text.utf8.count
    case .structValue(let object): return 16 + object.readBytes(upTo: limit)
    case .listValue(let list):
      var bytes = 16
      for value in list.values where bytes <= limit { bytes += value.readBytes(upTo: limit - bytes) }
      return bytes
    default: return 16
    }
  }
}
