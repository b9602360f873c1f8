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
      violations.add("must be set", at: "context")
    } else {
      mask = UpdateMask(validating: request.updateMask, of: context, at: "update_mask", &violations)
      violations.identifier(context.id, at: "context.id")
      Self.check(context, fields: mask.fields, into: &violations)
      if mask.fields.contains(.expireTime) {
        context.expireTime = violations.storedTime(context.expireTime, at: "context.expire_time")
      }
    }
    context.memory = Self.check(memory: context.memory, fields: mask.fields, into: &violations)
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
  private static func check(_ context: Context, fields: Set<ContextField>, into violations: inout Violations)
  {
    if fields.contains(.title) { violations.title(context.title, at: "context.title") }
    if fields.contains(.type) { violations.type(context.type, at: "context.type") }
    if fields.contains(.status) { violations.status(context.status, at: "context.status") }
    if fields.contains(.content) { violations.noNUL(context.content, at: "context.content") }
    if fields.contains(.mediaType) { violations.mediaType(context.mediaType, at: "context.media_type") }
    if fields.contains(.owner) { violations.optionalIdentifier(context.owner, at: "context.owner") }
    if fields.contains(.session) { violations.optionalIdentifier(context.session, at: "context.session") }
    if fields.contains(.tags) { violations.tags(context.tags, at: "context.tags") }
    if fields.contains(.metadata) { _ = violations.metadata(context.metadata, at: "context.metadata") }
    let payload =
      (fields.contains(.content) ? context.content.utf8.count : 0)
      + (fields.contains(.data) ? context.data.count : 0)
    if payload > Limits.payloadBytes { violations.payloadTooLarge(payload, at: "context") }
  }
}
