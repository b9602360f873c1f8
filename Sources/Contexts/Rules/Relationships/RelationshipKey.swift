import CairnAPI
import Requests

/// What a relationship is known by: at each moment at most one with the same key holds.
struct RelationshipKey: Hashable {
  let from: String
  let kind: RelationshipKind
  /// Empty unless the kind is custom.
  let name: String
  let to: String

  init(from: String, kind: RelationshipKind, name: String, to: String) {
    self.from = from
    self.kind = kind
    self.name = name
    self.to = to
  }

  /// Checks the key that a request's item names.
  init(
    validating kind: RelationshipKind, _ name: String, from: String, to: String,
    _ violations: inout Violations
  ) {
    violations.identifier("from", from)
    violations.identifier("to", to)
    violations.relationshipKind("kind", kind)
    if kind == .custom {
      violations.identifier("name", name)
    } else if !name.isEmpty {
      violations.add("name", "must be empty unless the kind is CUSTOM")
    }
    if from == to, !from.isEmpty, kind != .custom {
      violations.add("to", "must be another context than from, unless the kind is CUSTOM")
    }
    self.init(from: from, kind: kind, name: name, to: to)
  }

  /// As the journal names the relationship: `from`, kind, name and `to`, with tabs between them, which no id
  /// can have.
  var text: String { "\(from)\t\(kind.text)\t\(name)\t\(to)" }

  /// For messages: ``from —KIND→ to``.
  var sentence: String {
    let word = kind == .custom ? name.cut(to: 100) : kind.text
    return "\(from.quoted) \(word) \(to.quoted)"
  }

  /// For an error's particulars.
  var particulars: [String: String] { ["from": from, "kind": kind.text, "name": name, "to": to] }
}

extension RelationshipKind {
  private static let prefix = "RELATIONSHIP_KIND_"

  /// The name of the value without the enum's prefix, as `CONTAINS`.
  var text: String {
    let name = Self.schema.name(of: rawValue) ?? "\(rawValue)"
    return name.hasPrefix(Self.prefix) ? String(name.dropFirst(Self.prefix.count)) : name
  }
}

extension Violations {
  /// A kind that is known and said.
  mutating func relationshipKind(_ field: String, _ kind: RelationshipKind) {
    switch kind {
    case .unspecified: add(field, "must be specified")
    case .unrecognized(let number): add(field, "has an unknown value, \(number)")
    default: break
    }
  }
}
