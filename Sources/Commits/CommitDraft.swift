import CairnAPI
import Contexts
import GRPC
import Requests
import Sessions

/// One write of a commit, validated.
package enum CommitDraft: Sendable {
  case context(ContextWrite)
  case relationship(RelationshipWrite)
  case append(SessionAppend)
  /// It says nothing; only found with a violation.
  case nothing

  init(validating write: CommitWrite, _ violations: inout Violations) {
    switch write.write {
    case .createContext(let request):
      self = violations.below("create_context.") { .context(ContextWrite(validating: request, &$0)) }
    case .updateContext(let request):
      self = violations.below("update_context.") { .context(ContextWrite(validating: request, &$0)) }
    case .deleteContext(let request):
      self = violations.below("delete_context.") { .context(ContextWrite(validating: request, &$0)) }
    case .relateContexts(let relationship):
      self = violations.below("relate_contexts.") {
        .relationship(RelationshipWrite(validating: relationship, &$0))
      }
    case .appendEvents(let request):
      self = violations.below("append_events.") { .append(SessionAppend(validating: request, &$0)) }
    case nil:
      violations.add("must be set", at: "write")
      self = .nothing
    }
  }

  /// What no two writes may share.
  var key: String {
    switch self {
    case .context(let write): "context \(write.id)"
    case .relationship(let write): "relationship \(write.key)"
    case .append(let append): "session \(append.session)"
    case .nothing: ""
    }
  }

  var context: ContextWrite? { if case .context(let write) = self { write } else { nil } }
  var relationship: RelationshipWrite? { if case .relationship(let write) = self { write } else { nil } }
  var append: SessionAppend? { if case .append(let append) = self { append } else { nil } }
}

extension Batch<CommitDraft> {
  /// Each append reads what its session's state follows from.
  static var logs: Int { 16 }

  package init(validating request: CommitRequest) throws(RPCError) {
    try self.init(
      validating: request.writes, at: "writes", of: "write", atomic: true, requestID: request.requestId,
      key: \.key
    ) { CommitDraft(validating: $0, &$1) }
    if valid.count(where: { $0.append != nil }) > Self.logs {
      var violations = Violations()
      violations.add("must append to at most \(Self.logs) logs", at: "writes")
      try violations.check()
    }
  }
}
