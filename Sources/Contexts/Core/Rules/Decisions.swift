import CairnAPI
import GRPC
import Requests
import Wire

/// An update decided with the stored context before it.
struct ResolvedUpdate {
  let update: ContextUpdate
  let oldVersion: Int64
  /// The metadata afterwards as JSON text, where they change.
  let metadata: String?
  /// What the context is as a memory afterwards, where that may change.
  let memory: Memory?
  /// Bytes of the texts of which words are made, before the change or after it; 0 where they stay.
  var textBytes = 0

  var id: String { update.id }
}

/// A deletion or its undoing, decided with the stored context before it.
struct ResolvedTarget {
  let id: String
  let oldVersion: Int64
}

extension ContextUpdate {
  /// Decides the update of the context with this head; nil when there is none.
  func resolved(against head: StoredHead?) -> Result<ResolvedUpdate, RPCError> {
    if let refusal = StoredHead.refusal(toChange: head, id: id, etag: etag) { return .failure(refusal) }
    guard let head else { return .failure(.contextNotFound(id)) }
    var violations = Violations()
    let bytes =
      (fields.contains(.content) ? values.content.utf8.count : head.contentBytes)
      + (fields.contains(.data) ? values.data.count : head.dataBytes)
    if bytes > Limits.payloadBytes { violations.payloadTooLarge(bytes, at: "context") }
    let stored = metadata.needsStored ? head.metadata.flatMap { MetadataJSON.metadata(from: $0) } : nil
    let json = violations.metadata(metadata.applied(to: stored), at: "context.metadata")
    let memory = concernsMemory ? memory(after: head.memory, of: head.type, &violations) : nil
    if let error = violations.error() { return .failure(error) }
    return .success(
      ResolvedUpdate(
        update: self, oldVersion: head.version, metadata: json, memory: memory,
        textBytes: fields.isDisjoint(with: ContextField.ofText) ? 0 : textBytes(replacing: head)))
  }

  /// Of the new texts, or of the content before them if that is more: its words are entered into the index of the past.
  private func textBytes(replacing head: StoredHead) -> Int {
    var written = Context()
    if fields.contains(.title) { written.title = values.title }
    if fields.contains(.tags) { written.tags = values.tags }
    if fields.contains(.content) { written.content = values.content }
    return max(written.textBytes, head.contentBytes)
  }
}

extension Context {
  /// Bytes of which words are made. At least 1: every context has marks.
  var textBytes: Int { max(1, title.utf8.count + content.utf8.count + tags.reduce(0) { $0 + $1.utf8.count }) }
}

extension ContextTarget {
  func deletion(of head: StoredHead?) -> Result<ResolvedTarget, RPCError> {
    resolved(head, unless: StoredHead.refusal(toChange: head, id: id, etag: etag))
  }

  func undeletion(of head: StoredHead?) -> Result<ResolvedTarget, RPCError> {
    resolved(head, unless: StoredHead.refusal(toUndelete: head, id: id, etag: etag))
  }

  private func resolved(_ head: StoredHead?, unless refusal: RPCError?) -> Result<ResolvedTarget, RPCError> {
    if let refusal { return .failure(refusal) }
    guard let head else { return .failure(.contextNotFound(id)) }
    if isMemory, head.type != .memory { return .failure(.notAMemory(id)) }
    return .success(ResolvedTarget(id: id, oldVersion: head.version))
  }
}
