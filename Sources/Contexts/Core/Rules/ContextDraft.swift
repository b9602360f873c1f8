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
      violations.add("must be set", at: path)
      self.id = nil
      self.context = Context()
      self.metadata = nil
      return
    }
    violations.optionalIdentifier(context.id, at: "\(path).id")
    violations.title(context.title, at: "\(path).title")
    violations.type(context.type, at: "\(path).type")
    violations.status(context.status, at: "\(path).status")
    violations.payload(context, at: path)
    violations.mediaType(context.mediaType, at: "\(path).media_type")
    violations.optionalIdentifier(context.owner, at: "\(path).owner")
    violations.optionalIdentifier(context.session, at: "\(path).session")
    violations.tags(context.tags, at: "\(path).tags")
    metadata = violations.metadata(context.metadata, at: "\(path).metadata")
    context.expireTime = violations.storedTime(context.expireTime, at: "\(path).expire_time")
    context.type = context.type.orDefault
    context.status = context.status.orDefault
    context.memory = violations.memory(context, at: "\(path).memory")
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
      violations.add("has an unknown value, \(number)", at: "on_deleted")
    } else if id == nil, onDeleted.replacesOrUndeletes {
      violations.add("has no meaning without an id", at: "on_deleted")
    }
  }
}

extension CreateContextRequest.OnDeleted {
  /// Whether it makes something of the deleted context.
  var replacesOrUndeletes: Bool { self == .undelete || self == .replace }
}

extension Violations {
  mutating func type(_ type: ContextType, at field: String) {
    if case .unrecognized(let number) = type { add("has an unknown value, \(number)", at: field) }
  }

  mutating func status(_ status: ContextStatus, at field: String) {
    if case .unrecognized(let number) = status { add("has an unknown value, \(number)", at: field) }
  }

  mutating func view(_ view: ContextView, at field: String) {
    if case .unrecognized(let number) = view { add("has an unknown value, \(number)", at: field) }
  }

  /// `content` and `data`: no NUL in text, together within the limit.
  mutating func payload(_ context: Context, at path: String) {
    let bytes = context.content.utf8.count + context.data.count
    if bytes > Limits.payloadBytes { payloadTooLarge(bytes, at: path) }
    noNUL(context.content, at: "\(path).content")
  }

  mutating func payloadTooLarge(_ bytes: Int, at path: String) {
    add(
      "and data must have at most \(Limits.payloadBytes) bytes together, not \(bytes)",
      at: "\(path).content")
  }
}

extension ContextType {
  /// The type of a context whose request names none.
  var orDefault: ContextType { self == .unspecified ? .note : self }
}

extension ContextStatus {
  /// The status of a context whose request names none.
  var orDefault: ContextStatus { self == .unspecified ? .active : self }
}
