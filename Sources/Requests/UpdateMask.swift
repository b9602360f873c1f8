import Wire

/// The fields of a resource that a client may change, by their names in the proto; a field of a message in the resource
/// is `message.field`.
package protocol UpdatableField: RawRepresentable<String>, CaseIterable, Hashable {
  associatedtype Resource

  /// The name of the resource in error messages, as in "a context".
  static var resource: String { get }
  /// Names of the fields that only the server sets.
  static var outputOnly: Set<String> { get }
  /// The field whose single entries can be named (`metadata.key`), if there is one.
  static var metadataField: Self? { get }

  /// Whether `resource` has a value in this field. An absent mask names every such field (AIP-134).
  func isSet(in resource: Resource) -> Bool
}

/// Which fields an update changes (AIP-134, AIP-161).
package struct UpdateMask<Field: UpdatableField>: Equatable {
  /// Fields that change as a whole.
  package private(set) var fields: Set<Field> = []
  /// Entries of the metadata that change.
  package private(set) var metadataPaths: [MetadataPath] = []
  /// Every object that one of those entries lies in.
  private var metadataParents: Set<MetadataPath> = []
  private var knownPlaces: Set<MetadataPath> = []

  /// A mask without fields.
  package init() {}

  /// Reads the mask of a request; where it has none, the mask names the fields that have a value in `resource`.
  package init(
    validating mask: WellKnown.FieldMask?, of resource: Field.Resource, at path: String,
    _ violations: inout Violations
  ) {
    guard let paths = mask?.paths, !paths.isEmpty else {
      fields = Set(Field.allCases.filter { $0.isSet(in: resource) })
      if fields.isEmpty {
        violations.add(
          "names no field, and the \(Field.resource) has none set", at: path, reason: .fieldMaskInvalid)
      }
      return
    }
    if paths == ["*"] {
      fields = Set(Field.allCases.filter { !$0.rawValue.utf8.contains(UInt8(ascii: ".")) })
      return
    }
    guard paths.count <= Limits.batchItems else {
      violations.add("must have at most \(Limits.batchItems) paths", at: path, reason: .fieldMaskInvalid)
      return
    }
    for maskPath in paths {
      if let problem = add(maskPath) {
        violations.add(
          "has the path \(maskPath.quoted), which \(problem)", at: path, reason: .fieldMaskInvalid)
      }
    }
  }

  /// Adds one path. Returns the problem with it as the end of a sentence "… the path `x`, which"; nil when there is none.
  private mutating func add(_ path: String) -> String? {
    if let field = Field(rawValue: path) {
      if field == Field.metadataField, !metadataPaths.isEmpty { return "clashes with a path below it" }
      for other in fields {
        if other.rawValue.hasPrefix(path + ".") { return "clashes with a path below it" }
        if path.hasPrefix(other.rawValue + ".") { return "clashes with the path \(other.rawValue)" }
      }
      return fields.insert(field).inserted ? nil : "is there twice"
    }
    if Field.metadataField != nil, path.hasPrefix("metadata.") { return addMetadata(path) }
    if path == "*" { return "clashes with the other paths" }
    if path == "id" { return "cannot be changed" }
    return Field.outputOnly.contains(path) ? "only the server sets" : "is no field of a \(Field.resource)"
  }

  private mutating func addMetadata(_ path: String) -> String? {
    guard let place = MetadataPath(path.dropFirst("metadata.".count)) else {
      return "cannot be read: keys are joined by dots, unusual ones stand in backticks"
    }
    if let field = Field.metadataField, fields.contains(field) { return "clashes with the path metadata" }
    if knownPlaces.contains(place) { return "is there twice" }
    let parents = place.parents
    if metadataParents.contains(place) || !knownPlaces.isDisjoint(with: parents) {
      return "clashes with another path of the metadata"
    }
    metadataPaths.append(place)
    knownPlaces.insert(place)
    metadataParents.formUnion(parents)
    return nil
  }
}
