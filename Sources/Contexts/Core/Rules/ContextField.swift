import CairnAPI
import Requests

/// The fields of a context that a client may change.
enum ContextField: String, UpdatableField {
  case title, type, status, content, data
  case mediaType = "media_type"
  case owner, session, tags, metadata
  case expireTime = "expire_time"
  case memory
  case memoryKind = "memory.kind"
  case memoryImportance = "memory.importance"
  case memoryConfidence = "memory.confidence"
  case memorySource = "memory.source"
  case memoryValidFrom = "memory.valid_from"
  case memoryValidTo = "memory.valid_to"
  case memoryOrigin = "memory.origin"
  case memoryOriginSession = "memory.origin.session"
  case memoryOriginEvent = "memory.origin.event"
  case memoryOriginTask = "memory.origin.task"
  case memoryOriginAgent = "memory.origin.agent"
  case memoryOriginPrincipal = "memory.origin.principal"

  static let resource = "context"
  static let outputOnly: Set<String> = [
    "create_time", "update_time", "delete_time", "purge_time", "version", "etag", "position",
  ]
  static let metadataField: ContextField? = .metadata
  /// Those that a search finds a context by.
  static let ofText: Set<ContextField> = [.title, .type, .content, .owner, .session, .tags]

  func isSet(in context: Context) -> Bool {
    switch self {
    case .title: !context.title.isEmpty
    case .type: context.type != .unspecified
    case .status: context.status != .unspecified
    case .content: !context.content.isEmpty
    case .data: !context.data.isEmpty
    case .mediaType: !context.mediaType.isEmpty
    case .owner: !context.owner.isEmpty
    case .session: !context.session.isEmpty
    case .tags: !context.tags.isEmpty
    case .metadata: context.metadata != nil
    case .expireTime: context.expireTime != nil
    // Without a mask an update concerns the parts that have a value: a part without one is not reset.
    case .memory, .memoryOrigin: false
    case .memoryKind: context.memory.map { $0.kind != .unspecified } ?? false
    case .memoryImportance: context.memory.map { $0.importance != .unspecified } ?? false
    case .memoryConfidence: context.memory?.confidence != nil
    case .memorySource: context.memory.map { $0.source != .unspecified } ?? false
    case .memoryValidFrom: context.memory?.validFrom != nil
    case .memoryValidTo: context.memory?.validTo != nil
    case .memoryOriginSession: !(context.memory?.origin?.session ?? "").isEmpty
    case .memoryOriginEvent: !(context.memory?.origin?.event ?? "").isEmpty
    case .memoryOriginTask: !(context.memory?.origin?.task ?? "").isEmpty
    case .memoryOriginAgent: !(context.memory?.origin?.agent ?? "").isEmpty
    case .memoryOriginPrincipal: !(context.memory?.origin?.principal ?? "").isEmpty
    }
  }
}
