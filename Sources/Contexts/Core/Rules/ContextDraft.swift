import CairnAPI
import Requests
import Wire

/// A context that may be stored: validated, with the defaults of its type and status filled in.
struct ContextDraft {
  /// The client's own id; nil when the server is to make one.
  let id: String?
  /// The fields that a client decides; `id` and output-only fields are to be ignored.
  let context: Context
  /// The metadata as JSON text; nil when there is none.
  let metadata: String?
  /// Of a record that is imported.
  var times = ImportedTimes()
  /// What happens when a deleted context has its id.
  var onDeleted = CreateContextRequest.OnDeleted.unspecified

  /// Checks `context`, naming fields below `path`.
  init(validating context: Context?, at path: String, _ violations: inout Violations) {
    guard var context else {
      violations.add(path, "must be set")
      self.id = nil
      self.context = Context()
      self.metadata = nil
      return
    }
    violations.optionalIdentifier("\(path).id", context.id)
    violations.title("\(path).title", context.title)
    violations.type("\(path).type", context.type)
    violations.status("\(path).status", context.status)
    violations.payload(path, context)
    violations.mediaType("\(path).media_type", context.mediaType)
    violations.optionalIdentifier("\(path).owner", context.owner)
    violations.optionalIdentifier("\(path).session", context.session)
    violations.tags("\(path).tags", context.tags)
    metadata = violations.metadata("\(path).metadata", context.metadata)
    context.expireTime = violations.storedTime("\(path).expire_time", context.expireTime)
    context.type = context.type.orDefault
    context.status = context.status.orDefault
    context.memory = violations.memory("\(path).memory", context)
    id = context.id.isEmpty ? nil : context.id
    self.context = context
  }

  /// The context without what only a write gives: what the client decided.
  var unstored: Context {
    var unstored = Context()
    unstored.id = context.id
    unstored.title = context.title
    unstored.type = context.type
    unstored.status = context.status
    unstored.content = context.content
    unstored.data = context.data
    unstored.mediaType = context.mediaType
    unstored.owner = context.owner
    unstored.session = context.session
    unstored.tags = context.tags
    unstored.metadata = context.metadata
    unstored.expireTime = context.expireTime
    unstored.memory = context.memory
    return unstored
  }
}

extension ContextDraft {
  init(validating request: CreateContextRequest, _ violations: inout Violations) {
    self.init(validating: request.context, at: "context", &violations)
    onDeleted = request.onDeleted
    if case .unrecognized(let number) = onDeleted {
      violations.add("on_deleted", "has an unknown value, \(number)")
    } else if id == nil, onDeleted.replacesOrUndeletes {
      violations.add("on_deleted", "has no meaning without an id")
    }
  }
}

extension CreateContextRequest.OnDeleted {
  /// Whether it makes something of the deleted context.
  var replacesOrUndeletes: Bool { self == .undelete || self == .replace }
}

extension Violations {
  mutating func type(_ field: String, _ type: ContextType) {
    if case .unrecognized(let number) = type { add(field, "has an unknown value, \(number)") }
  }

  mutating func status(_ field: String, _ status: ContextStatus) {
    if case .unrecognized(let number) = status { add(field, "has an unknown value, \(number)") }
  }

  mutating func view(_ field: String, _ view: ContextView) {
    if case .unrecognized(let number) = view { add(field, "has an unknown value, \(number)") }
  }

  /// `content` and `data`: no NUL in text, together within the limit.
  mutating func payload(_ path: String, _ context: Context) {
    let bytes = context.content.utf8.count + context.data.count
    if bytes > Limits.payloadBytes { payloadTooLarge(path, bytes) }
    noNUL("\(path).content", context.content)
  }

  mutating func payloadTooLarge(_ path: String, _ bytes: Int) {
    add(
      "\(path).content",
      "and data must have at most \(Limits.payloadBytes) bytes together, not \(bytes)")
  }
}

extension ContextType {
  /// What a context is when nobody said.
  var orDefault: ContextType { self == .unspecified ? .note : self }
}

extension ContextStatus {
  /// Where a context stands when nobody said.
  var orDefault: ContextStatus { self == .unspecified ? .active : self }
}
