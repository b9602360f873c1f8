import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A memory that is to take the place of others.
struct Supersession {
  let draft: ContextDraft
  let targets: [ContextTarget]
  /// Whether it holds from the moment on in which the others end: the request does not say otherwise.
  var beginsWithWrite: Bool { draft.context.memory?.validFrom == nil }

  init(validating request: SupersedeRequest, by scope: CallScope) throws(RPCError) {
    var violations = Violations()
    draft = ContextDraft(remembering: request.context, by: scope, at: "context", &violations)
    if request.superseded.isEmpty { violations.add("must not be empty", at: "superseded") }
    var targets: [ContextTarget] = []
    if request.superseded.count > Limits.supersededMemories {
      violations.add(
        "must have at most \(Limits.supersededMemories) entries, not \(request.superseded.count)",
        at: "superseded")
    } else {
      var ids: Set<TextKey> = []
      for (index, item) in request.superseded.enumerated() {
        let field = "superseded[\(index)].id"
        violations.identifier(item.id, at: field)
        if !ids.add(item.id) { violations.add("is there twice", at: field) }
        if !item.id.isEmpty, draft.id?.hasSameBytes(as: item.id) == true {
          violations.add("is the id of the new memory", at: field)
        }
        targets.append(ContextTarget(id: item.id, etag: item.etag, isMemory: true))
      }
    }
    violations.requestID(request.requestId)
    try violations.check()
    self.targets = targets
  }

  /// Decides with the heads of the memories that are to end. Throws the refusal of the first one that cannot end.
  ///
  /// - Parameters:
  ///   - takenByDeleted: Whether the context that has the new id is deleted; nil when the id is free.
  ///   - time: Of the write, in microseconds since 1970.
  func resolved(
    _ head: (String) -> StoredHead?, takenByDeleted: Bool?, at time: Int64
  ) throws(RPCError) -> [ResolvedTarget] {
    if let takenByDeleted { throw .contextExists(draft.id ?? "", isDeleted: takenByDeleted) }
    if beginsWithWrite, let end = draft.context.memory?.validTo, end.microseconds <= time {
      var violations = Violations()
      violations.add(
        "must be in the future: without valid_from it begins to hold now", at: "context.memory.valid_to")
      try violations.check()
    }
    var resolved: [ResolvedTarget] = []
    for target in targets {
      let head = head(target.id)
      resolved.append(try target.deletion(of: head).get())
      if let end = head?.memory?.validTo, end.microseconds <= time { throw .memoryEnded(target.id) }
    }
    return resolved
  }
}
