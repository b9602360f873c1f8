import CairnAPI
import Wire

/// The fields of a context that a client may change.
enum ContextField: String, CaseIterable {
  case title, type, status, content, data
  case mediaType = "media_type"
  case owner, session, tags, metadata

  /// Whether `context` has a value in this field: what an absent mask stands for (AIP-134).
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
    }
  }
}

/// Which fields an update changes (AIP-134, AIP-161).
struct UpdateMask: Equatable {
  /// Fields that change as a whole.
  private(set) var fields: Set<ContextField> = []
  /// Places inside the metadata that change.
  private(set) var metadataPaths: [MetadataPath] = []

  private static let outputOnly: Set<String> = [
    "create_time", "update_time", "delete_time", "version", "etag", "position",
  ]

  /// Of nothing.
  init() {}

  /// The mask of a request; an absent one is made of the fields that have a value in `context`.
  init(
    validating mask: WellKnown.FieldMask?, of context: Context, at path: String,
    _ violations: inout Violations
  ) {
    guard let paths = mask?.paths, !paths.isEmpty else {
      fields = Set(ContextField.allCases.filter { $0.isSet(in: context) })
      if fields.isEmpty {
        violations.add(path, "names no field, and the context has none set", .fieldMaskInvalid)
      }
      return
    }
    if paths == ["*"] {
      fields = Set(ContextField.allCases)
      return
    }
    guard paths.count <= Limits.batchItems else {
      violations.add(path, "must have at most \(Limits.batchItems) paths", .fieldMaskInvalid)
      return
    }
    for maskPath in paths {
      if let problem = add(maskPath) {
        violations.add(path, "has the path \(maskPath.quoted), which \(problem)", .fieldMaskInvalid)
      }
    }
  }

  /// Adds one path; returns what is wrong with it, to follow "which …".
  private mutating func add(_ path: String) -> String? {
    if let field = ContextField(rawValue: path) {
      if field == .metadata, !metadataPaths.isEmpty { return "clashes with a path below it" }
      return fields.insert(field).inserted ? nil : "is there twice"
    }
    if path.hasPrefix("metadata.") { return addMetadata(path) }
    if path == "*" { return "clashes with the other paths" }
    if path == "id" { return "cannot be changed" }
    return Self.outputOnly.contains(path) ? "only the server sets" : "is no field of a context"
  }

  private mutating func addMetadata(_ path: String) -> String? {
    guard let place = MetadataPath(path.dropFirst("metadata.".count)) else {
      return "cannot be read: keys are joined by dots, unusual ones stand in backticks"
    }
    if fields.contains(.metadata) { return "clashes with the path metadata" }
    if metadataPaths.contains(place) { return "is there twice" }
    if metadataPaths.contains(where: { $0.contains(place) || place.contains($0) }) {
      return "clashes with another path of the metadata"
    }
    metadataPaths.append(place)
    return nil
  }
}
