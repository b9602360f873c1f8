import CairnAPI
import GRPC
import Requests
import Wire

/// A change of one context that may be tried: validated as far as that is possible without the stored
/// context.
struct ContextUpdate {
  let id: String
  /// The etag that the context must have; empty: any.
  let etag: String
  let fields: Set<ContextField>
  /// The new values of `fields`, defaults filled in.
  let values: Context
  let metadata: MetadataPatch
  /// What is stored when there is no context with the id; nil: nothing, it must be there.
  let creation: Result<ContextDraft, RPCError>?

  init(validating request: UpdateContextRequest, _ violations: inout Violations) {
    var context = request.context ?? Context()
    var mask = UpdateMask<ContextField>()
    if request.context == nil {
      violations.add("context", "must be set")
    } else {
      mask = UpdateMask(validating: request.updateMask, of: context, at: "update_mask", &violations)
      violations.identifier("context.id", context.id)
      Self.check(context, mask.fields, &violations)
      if mask.fields.contains(.expireTime) {
        context.expireTime = violations.storedTime("context.expire_time", context.expireTime)
      }
    }
    context.memory = Self.check(memory: context.memory, mask.fields, &violations)
    context.type = context.type.orDefault
    context.status = context.status.orDefault
    id = context.id
    etag = context.etag
    fields = mask.fields
    metadata = MetadataPatch(context.metadata, mask)
    values = context
    creation = request.allowMissing ? Self.creation(request) : nil
  }

  /// Checked by itself: what a new context lacks is no fault of an update.
  private static func creation(_ request: UpdateContextRequest) -> Result<ContextDraft, RPCError> {
    var violations = Violations()
    let draft = ContextDraft(validating: request.context, at: "context", &violations)
    return violations.error().map { .failure($0) } ?? .success(draft)
  }

  /// Checks the values of the fields that change; the others are ignored.
  private static func check(_ context: Context, _ fields: Set<ContextField>, _ violations: inout Violations) {
    if fields.contains(.title) { violations.title("context.title", context.title) }
    if fields.contains(.type) { violations.type("context.type", context.type) }
    if fields.contains(.status) { violations.status("context.status", context.status) }
    if fields.contains(.content) { violations.noNUL("context.content", context.content) }
    if fields.contains(.mediaType) { violations.mediaType("context.media_type", context.mediaType) }
    if fields.contains(.owner) { violations.optionalIdentifier("context.owner", context.owner) }
    if fields.contains(.session) { violations.optionalIdentifier("context.session", context.session) }
    if fields.contains(.tags) { violations.tags("context.tags", context.tags) }
    if fields.contains(.metadata) { _ = violations.metadata("context.metadata", context.metadata) }
    let payload =
      (fields.contains(.content) ? context.content.utf8.count : 0)
      + (fields.contains(.data) ? context.data.count : 0)
    if payload > Limits.payloadBytes { violations.payloadTooLarge("context", payload) }
  }
}

extension MetadataPatch {
  /// What `mask` says about the metadata, with the values of a request.
  fileprivate init(_ metadata: WellKnown.Struct?, _ mask: UpdateMask<ContextField>) {
    if mask.fields.contains(.metadata) {
      self = .replace(metadata)
    } else if mask.metadataPaths.isEmpty {
      self = .keep
    } else {
      self = .set(
        Dictionary(
          uniqueKeysWithValues: mask.metadataPaths.map { ($0, (metadata ?? WellKnown.Struct())[$0]) }))
    }
  }
}
