import CairnAPI
import Requests
import Wire

extension FieldDiff {
  /// Where metadata differ, entry by entry, keys in the order of their bytes. Objects that are on both sides
  /// are compared inside.
  static func metadata(from old: WellKnown.Struct?, to new: WellKnown.Struct?) -> [FieldDiff] {
    var differences: [FieldDiff] = []
    let hasEntries = !(old?.fields.isEmpty ?? true) || !(new?.fields.isEmpty ?? true)
    if hasEntries {
      compare("metadata", old: old ?? WellKnown.Struct(), new: new ?? WellKnown.Struct(), to: &differences)
    } else {
      let (old, new) = (
        old.map { WellKnown.Value(.structValue($0)) }, new.map { WellKnown.Value(.structValue($0)) }
      )
      add("metadata", old: old, new: new, to: &differences)
    }
    return differences
  }

  private static func compare(
    _ path: String, old: WellKnown.Struct, new: WellKnown.Struct, to differences: inout [FieldDiff]
  ) {
    var inside: [FieldDiff] = []
    let keys = Set(old.fields.keys).union(new.fields.keys)
    for key in keys.sorted() {
      let (before, after) = (old.fields[key], new.fields[key])
      guard before?.serializedBytes() != after?.serializedBytes() else { continue }
      guard let step = MetadataStep.text(of: key.text) else {
        // No path leads there: the object as a whole.
        return add(path, old: .init(.structValue(old)), new: .init(.structValue(new)), to: &differences)
      }
      if let before = before?.structValue, let after = after?.structValue {
        compare("\(path).\(step)", old: before, new: after, to: &inside)
      } else {
        add("\(path).\(step)", old: before, new: after, to: &inside)
      }
    }
    differences += inside
  }
}

/// A key as it stands in a path (AIP-161).
private enum MetadataStep {
  /// In backticks where it has other characters than letters, digits, `_` and `-`; nil when it has a
  /// backtick.
  static func text(of key: String) -> String? {
    if key.utf8.contains(UInt8(ascii: "`")) { return nil }
    return MetadataPath.isPlain(key) ? key : "`\(key)`"
  }
}
