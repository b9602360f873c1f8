import CairnAPI
import Wire

/// What can happen to a kind of resource, as its feed says it.
package protocol ChangeKind: OpenEnum, Hashable {
  /// What the journal calls them.
  static var actions: [(Self, String)] { get }
  static var unspecified: Self { get }
}

extension ChangeKind {
  /// Unspecified for a word that is none of the kind's.
  package init(action: String) { self = Self.actions.first { $0.1 == action }?.0 ?? .unspecified }

  /// Nil for kinds that are none.
  package var action: String? { Self.actions.first { $0.0 == self }?.1 }
}

extension Violations {
  /// The journal's words for the kinds of change that a watch wants; nil: all.
  package mutating func actions<Kind: ChangeKind>(_ kinds: [Kind], at field: String) -> Set<String>? {
    anyOf(kinds, at: field, atMost: Limits.watchedKinds) { violations, field, kind in
      if kind.action == nil { violations.unknown(field, number: kind.rawValue) }
    }.map { Set($0.compactMap(\.action)) }
  }
}
