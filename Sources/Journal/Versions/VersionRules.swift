/// What a `.sql` file says of the columns of a versioned kind that do not simply get their former values.
///
/// Fragments begin with a line `-- name:` and reach to the next one. In them `stored` is the present row, `image` the
/// former one, with a column `is_deleted` of its own, and `drawn` position and time of the write; `{parameter}` is the
/// kind's parameter. Those about the life of a row have `{row}` and `{time}` for the row and the moment:
///
/// - the name of a column: what it becomes
/// - `is_deleted`: whether the row is deleted then; without it, whether a `delete_time` is set, if there is such a column
/// - `is_gone`: whether nobody can see the row any more, nor bring it back; never, without it
/// - `may_return`: whether a row that was removed may be stored again; without it, it may
/// - `deleted`: what else a soft deletion assigns
/// - `comparable_NAME`: what is compared of a column to find out whether a row is as it was; without it, the column
package struct VersionRules: Sendable {
  private let fragments: [String: String]

  package static let none = VersionRules([])

  /// - Parameter file: The text of a `.sql` file; what stands before the first fragment is a comment.
  package init(_ file: [UInt8]) {
    var fragments: [String: String] = [:]
    var name: String?
    for line in String(decoding: file, as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("-- "), line.hasSuffix(":") {
        name = String(line.dropFirst(3).dropLast())
      } else if line.hasPrefix("--") {
        continue
      } else if let name {
        fragments[name, default: ""] += (fragments[name] == nil ? "" : "\n") + line
      }
    }
    self.fragments = fragments
  }

  subscript(name: String) -> String? { fragments[name] }

  var names: Set<String> { Set(fragments.keys) }

  func condition(_ name: String, of row: String, at time: String) -> String? {
    fragments[name].map { $0.replacing("{row}", with: row).replacing("{time}", with: time) }
  }
}
