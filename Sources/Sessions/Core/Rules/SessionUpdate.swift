import CairnAPI
import GRPC
import Requests
import Wire

/// The fields of a session that a client may change.
enum SessionField: String, UpdatableField {
  case title, owner, metadata
  case maxEvents = "max_events"
  case checkpointInterval = "checkpoint_interval"

  static let resource = "session"
  static let outputOnly: Set<String> = [
    "state", "agents", "expire_time", "last_sequence", "last_event_time", "outcome", "end_time",
    "create_time",
    "update_time", "delete_time", "version", "etag", "position", "recent_events", "checkpoint",
    "fork_sequence",
  ]
  static let metadataField: SessionField? = .metadata

  func isSet(in session: Session) -> Bool {
    switch self {
    case .title: !session.title.isEmpty
    case .owner: !session.owner.isEmpty
    case .metadata: session.metadata != nil
    case .maxEvents: session.maxEvents != 0
    case .checkpointInterval: session.checkpointInterval != 0
    }
  }
}

/// A change of a session that may be tried.
struct SessionUpdate {
  let id: String
  private let etag: String
  private let fields: Set<SessionField>
  private let values: Session
  private let metadata: MetadataPatch
  private let standardMaxEvents: Int64

  init(
    validating request: UpdateSessionRequest, _ configuration: SessionConfiguration,
    _ violations: inout Violations
  ) {
    let session = request.session ?? Session()
    var mask = UpdateMask<SessionField>()
    if request.session == nil {
      violations.add("must be set", at: "session")
    } else {
      mask = UpdateMask(validating: request.updateMask, of: session, at: "update_mask", &violations)
      violations.sessionID(session.id, at: "session.id")
      if mask.fields.contains(.title) {
        violations.text(session.title, at: "session.title", atMost: Limits.titleLength)
      }
      if mask.fields.contains(.owner) { violations.optionalIdentifier(session.owner, at: "session.owner") }
      if mask.fields.contains(.maxEvents) {
        violations.maxEvents(session.maxEvents, at: "session.max_events")
      }
      if mask.fields.contains(.checkpointInterval) {
        violations.checkpointInterval(session.checkpointInterval, at: "session.checkpoint_interval")
      }
      if mask.fields.contains(.metadata) || !mask.metadataPaths.isEmpty {
        _ = violations.metadata(session.metadata, at: "session.metadata")
      }
    }
    (id, etag, fields, values) = (session.id, session.etag, mask.fields, session)
    metadata = MetadataPatch(session.metadata, mask)
    standardMaxEvents = configuration.maxEvents
  }

  /// Throws what stands against it, FIELD_INVALID for metadata that are too large together with those that are there.
  func decide(_ stored: StoredSession) throws(RPCError) -> SessionStep {
    try stored.checkOpen()
    try stored.check(etag: etag)
    var session = stored.session
    if fields.contains(.title) { session.title = values.title }
    if fields.contains(.owner) { session.owner = values.owner }
    if fields.contains(.maxEvents) {
      session.maxEvents = values.maxEvents == 0 ? standardMaxEvents : values.maxEvents
    }
    if fields.contains(.checkpointInterval) { session.checkpointInterval = values.checkpointInterval }
    session.metadata = metadata.applied(to: session.metadata)
    if metadata.needsStored {
      var violations = Violations()
      _ = violations.metadata(session.metadata, at: "session.metadata")
      try violations.check()
    }
    return SessionStep(session: session, action: "updated", expiry: .kept)
  }
}
