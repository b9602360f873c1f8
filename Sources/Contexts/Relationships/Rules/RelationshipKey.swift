import CairnAPI
import Requests
import Wire

/// What a relationship is known by: at each moment at most one with the same key holds.
struct RelationshipKey {
  let source: String
  let kind: RelationshipKind
  /// Empty unless the kind is custom.
  let name: String
  let target: String

  init(source: String, kind: RelationshipKind, name: String, target: String) {
    self.source = source
    self.kind = kind
    self.name = name
    self.target = target
  }

  /// Checks the key that a request's item names.
  init(
    validating kind: RelationshipKind, _ name: String, source: String, target: String,
    _ violations: inout Violations
  ) {
    violations.identifier(source, at: "source")
    violations.identifier(target, at: "target")
    violations.relationshipKind(kind, at: "kind")
    if kind == .custom {
      violations.identifier(name, at: "name")
    } else if !name.isEmpty {
      violations.add("must be empty unless the kind is CUSTOM", at: "name")
    }
    if source.hasSameBytes(as: target), !source.isEmpty, kind != .custom {
      violations.add("must be another context than source, unless the kind is CUSTOM", at: "target")
    }
    self.init(source: source, kind: kind, name: name, target: target)
  }

  /// As the journal names the relationship: `from`, kind, name and `to`, with tabs between them, which no id
  /// can have.
  var text: String { "\(source)\t\(kind.text)\t\(name)\t\(target)" }

  /// The key of no relationship.
  static let none = RelationshipKey(source: "", kind: .unspecified, name: "", target: "")

  /// From what the journal names it; nil for anything else.
  init?(text: String) {
    let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
    guard parts.count == 4, let kind = RelationshipKind(text: parts[1]) else { return nil }
    self.init(source: String(parts[0]), kind: kind, name: String(parts[2]), target: String(parts[3]))
  }

  /// For messages: ``from —KIND→ to``.
  var sentence: String {
    let word = kind == .custom ? name.cut(to: 100) : kind.text
    return "\(source.quoted) \(word) \(target.quoted)"
  }

  /// For an error's particulars.
  var particulars: [String: String] { ["source": source, "kind": kind.text, "name": name, "target": target] }
}

/// By the bytes of its texts, as the database has it.
extension RelationshipKey: Hashable {
  static func == (left: RelationshipKey, right: RelationshipKey) -> Bool {
    left.kind == right.kind && left.source.hasSameBytes(as: right.source)
      && left.target.hasSameBytes(as: right.target) && left.name.hasSameBytes(as: right.name)
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    for text in [source, name, target] { hasher.combine(TextKey(text)) }
  }
}

extension RelationshipKind {
  private static let prefix = "RELATIONSHIP_KIND_"

  /// From ``text``, a number for a kind that a newer server knows; nil for what is none.
  init?(text: Substring) {
    let number = Self.schema.number(of: Self.prefix + text) ?? Int32(text) ?? 0
    if number == 0 { return nil }
    self.init(rawValue: number)
  }

  /// The name of the value without the enum's prefix, as `CONTAINS`.
  var text: String {
    let name = Self.schema.name(of: rawValue) ?? "\(rawValue)"
    return name.hasPrefix(Self.prefix) ? String(name.dropFirst(Self.prefix.count)) : name
  }
}

extension Violations {
  /// A kind that is known and said.
  mutating func relationshipKind(_ kind: RelationshipKind, at field: String) {
    switch kind {
    case .unspecified: add("must be specified", at: field)
    case .unrecognized(let number): add("has an unknown value, \(number)", at: field)
    default: break
    }
  }
}
