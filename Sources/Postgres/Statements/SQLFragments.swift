/// Named pieces of SQL from `.sql` files: column lists, conditions, steps. Statements include them as `{name}`, and
/// those that are put together for a request (``ComposedQuery``) are made of them.
///
/// In a file a line `-- name:` begins a fragment, which reaches to the next such line. What stands before the first
/// one is a comment.
package struct SQLFragments: Sendable {
  /// Without includes: each fragment is text and parameters.
  private var fragments: [String: [SQLPiece]] = [:]
  /// The fragments of the files themselves, in their order.
  private(set) package var names: [String] = []
  /// Those that others include.
  private(set) package var included: Set<String> = []
  /// What is wrong with the files, for the test that goes over all statements.
  private(set) package var problems: [String] = []

  /// - Parameters:
  ///   - files: Texts of `.sql` files. They share their names.
  ///   - others: What the files may include besides their own fragments.
  package init(_ files: [UInt8]..., including others: SQLFragments...) {
    self.init(texts: files.map { String(decoding: $0, as: UTF8.self) }, including: others)
  }

  init(texts: [String], including others: [SQLFragments] = []) {
    for other in others { fragments.merge(other.fragments) { first, _ in first } }
    var open: [String: [SQLPiece]] = [:]
    for text in texts {
      for (name, body) in Self.sections(of: text) {
        if open.updateValue(SQLScanner.pieces(of: body), forKey: name) != nil {
          problems.append("there are two fragments {\(name)}")
        }
        names.append(name)
      }
    }
    for name in names { fragments[name] = close(open[name] ?? [], open) }
  }

  private static func sections(of text: String) -> [(name: String, body: String)] {
    var sections: [(name: String, body: String)] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("-- "), line.hasSuffix(":"), !line.dropFirst(3).contains(" ") {
        sections.append((String(line.dropFirst(3).dropLast()), ""))
      } else if !sections.isEmpty {
        sections[sections.count - 1].body += line + "\n"
      }
    }
    return sections.map { ($0.name, trimmed($0.body)) }
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.last?.isNewline ?? false { text.removeLast() }
    return String(text)
  }

  /// The text and the parameters of a fragment; nil when there is none of that name.
  func pieces(of name: String) -> [SQLPiece]? { fragments[name] }

  /// The same with one fragment in the place of another: for texts that are used in two ways.
  package func with(_ other: String, as name: String) -> SQLFragments {
    var copy = self
    copy.fragments[name] = fragments[other]
    copy.included.insert(other)
    return copy
  }

  // MARK: Includes

  /// A text with its includes in their places. What cannot be included stays as it is written, which no server
  /// accepts, and is noted in `problems`.
  func closed(_ text: String, _ problems: inout [String]) -> [SQLPiece] {
    var copy = self
    copy.problems = []
    let pieces = copy.close(SQLScanner.pieces(of: text), [:])
    problems += copy.problems
    return pieces
  }

  /// - Parameter open: Fragments whose own includes are still to be put in.
  private mutating func close(
    _ pieces: [SQLPiece], _ open: [String: [SQLPiece]], depth: Int = 0
  ) -> [SQLPiece] {
    pieces.flatMap { piece in
      guard case .include(let name, let alias) = piece else { return [piece] }
      guard depth < 8, let found = open[name] ?? fragments[name] else {
        problems.append(depth < 8 ? "there is no fragment {\(name)}" : "{\(name)} includes itself")
        return [.sql("{\(name)}")]
      }
      included.insert(name)
      let closed = close(found, open, depth: depth + 1)
      guard let alias else { return closed }
      guard let columns = Self.qualified(closed, by: alias) else {
        problems.append("{\(alias).\(name)}: {\(name)} is no list of columns")
        return [.sql("{\(alias).\(name)}")]
      }
      return [.sql(columns)]
    }
  }

  /// A list of columns with an alias before each; nil when it is none.
  private static func qualified(_ pieces: [SQLPiece], by alias: String) -> String? {
    var text = ""
    for piece in pieces {
      guard case .sql(let sql) = piece else { return nil }
      text += sql
    }
    let columns = text.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.filter { !$0.isWhitespace }
    }
    let isList = columns.allSatisfy { column in
      !column.isEmpty && column.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
    return isList ? columns.map { "\(alias).\($0)" }.joined(separator: ", ") : nil
  }
}
