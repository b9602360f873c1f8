import CairnAPI
import Requests

/// The fields of a context that a client may change.
enum ContextField: String, UpdatableField {
  case title, type, status, content, data
  case mediaType = "media_type"
  case owner, session, tags, metadata
  case expireTime = "expire_time"
  case memory

  static let resource = "context"
  static let outputOnly: Set<String> = [
    "create_time", "update_time", "delete_time", "purge_time", "version", "etag", "position",
  ]
  static let metadataField: ContextField? = .metadata

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
    case .memory: context.memory != nil
    }
  }
}
