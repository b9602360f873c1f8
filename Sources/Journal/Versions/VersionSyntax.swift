/// Fills the templates of `Queries/Fragments/Versions` for one kind.
///
/// Their placeholders are `{name}`, `{alias.name}` for columns of a row, and `{name ARGUMENT}`. A placeholder that is
/// not known ends the program when the kind is described, which is at its start. Pure.
struct VersionSyntax {
  let name: String
  let tables: VersionedKind.Tables
  let key: [KeyColumn]
  let part: [KeyColumn]
  let columns: [VersionedColumn]
  let planned: [String]
  let deletion: VersionedKind.Deletion
  let rules: VersionRules

  /// The text of a statement.
  ///
  /// - Parameters:
  ///   - parameter: What `{parameter}` stands for in rules.
  ///   - position: What `{position}` stands for.
  func filled(_ template: [UInt8], parameter: String = "", position: String = "") -> String {
    let text = String(decoding: template, as: UTF8.self)
      .split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("--") }.joined(separator: "\n")
    var filled = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
      filled += rest[..<start]
      filled += value(of: rest[rest.index(after: start)..<end], parameter: parameter, position: position)
      rest = rest[rest.index(after: end)...]
    }
    return filled + rest
  }

  private func value(of placeholder: Substring, parameter: String, position: String) -> String {
    let words = placeholder.split(separator: " ").map(String.init)
    let (head, arguments) = (words[0], words.dropFirst())
    if let dot = head.firstIndex(of: ".") {
      let list = String(head[head.index(after: dot)...])
      return value(list, of: String(head[..<dot]), at: arguments.first ?? "")
    }
    switch head {
    case "current": return tables.current
    case "history": return tables.history
    case "past": return tables.past
    case "position": return position
    case "row": return row.map(\.name).joined(separator: ", ")
    case "identity": return identity.joined(separator: ", ")
    case "kept": return former.map(\.name).joined(separator: ", ")
    case "wanted": return wanted(key, Array(arguments))
    case "wanted_rows": return wanted(row, Array(arguments))
    case "row_at": return filled(PackageResources.row_at_sql, position: arguments.first!)
    // One row of a resource that has one at a time is the first that ended after the position, if it had begun.
    case "first_or_covering":
      return part.isEmpty ? "ORDER BY old.position LIMIT 1" : "AND old.from_position <= \(position)"
    // Of one row at a time, none that was there before a change outlasts it.
    case "ended_by": return part.isEmpty ? "AND old.position <= \(arguments.first!)" : ""
    case "is_same_part":
      return part.map { "AND last.\($0.name) = coalesce(present.\($0.name), image.\($0.name))" }
        .joined(separator: " ")
    case "part_of_both":
      return part.map { ", coalesce(present.\($0.name), image.\($0.name))" }.joined()
    case "planned": return planned.map { ", image.\($0)" }.joined()
    case "restored": return restored(parameter).joined(separator: ", ")
    case "written_back": return (restored(parameter) + lives(parameter)).joined(separator: ", ")
    case "deleted": return deleted(parameter).joined(separator: ", ")
    case "returned":
      return former.map { $0.rule == .updateTime ? "drawn.at" : "image.\($0.name)" }.joined(separator: ", ")
    case "differences":
      return compared.map {
        "CASE WHEN earlier.\($0.name) IS DISTINCT FROM later.\($0.name) THEN '\($0.name)' END"
      }.joined(separator: ", ")
    default: preconditionFailure("the statements of \(name) have no {\(placeholder)}")
    }
  }

  /// Lists and conditions of one row.
  private func value(_ list: String, of alias: String, at time: String) -> String {
    func names(_ names: [String]) -> String { names.map { "\(alias).\($0)" }.joined(separator: ", ") }
    func equal(_ columns: [KeyColumn]) -> String {
      columns.map { "\(alias).\($0.name) = wanted.\($0.name)" }.joined(separator: " AND ")
    }
    switch list {
    case "row": return names(row.map(\.name))
    case "identity": return names(identity)
    case "kept": return names(former.map(\.name))
    case "compared":
      return compared.map {
        rules.condition("comparable_\($0.name)", of: alias, at: "clock_timestamp()") ?? "\(alias).\($0.name)"
      }.joined(separator: ", ")
    case "is_wanted": return equal(key)
    case "is_wanted_row": return equal(row)
    case "is_deleted_at":
      let isDeleted = deletion == .soft ? "\(alias).delete_time IS NOT NULL" : "false"
      return "(\(rules.condition("is_deleted", of: alias, at: time) ?? isDeleted))"
    case "is_gone_at": return "(\(rules.condition("is_gone", of: alias, at: time) ?? "false"))"
    case "may_return": return "(\(rules.condition("may_return", of: alias, at: time) ?? "true"))"
    default: preconditionFailure("the statements of \(name) have no {\(alias).\(list)}")
    }
  }

  /// `unnest($2::text[], …) WITH ORDINALITY AS wanted (…)`, the first parameter of which is the first argument; the
  /// second one names a number that each has beside its key.
  private func wanted(_ columns: [KeyColumn], _ arguments: [String]) -> String {
    let first = Int(arguments[0].dropFirst())!
    var types = columns.map(\.format.rawValue)
    var names = columns.map(\.name)
    if arguments.count > 1 {
      types.append("bigint")
      names.append(arguments[1])
    }
    let arrays = types.enumerated().map { "$\(first + $0.offset)::\($0.element)[]" }.joined(separator: ", ")
    return "unnest(\(arrays)) WITH ORDINALITY AS wanted (\((names + ["place"]).joined(separator: ", ")))"
  }

  // MARK: Columns

  private var row: [KeyColumn] { key + part }
  /// The whole primary key. A project's own key is the project.
  private var identity: [String] { ["project_id"] + row.map(\.name).filter { $0 != "project_id" } }
  private var former: [VersionedColumn] { columns.filter(\.isInHistory) }
  private var compared: [VersionedColumn] { columns.filter(\.isCompared) }

  // MARK: Assignments

  /// What a restoration assigns.
  private func restored(_ parameter: String) -> [String] {
    columns.compactMap { column in
      switch column.rule {
      case .value: "\(column.name) = image.\(column.name)"
      case .computed, .apart: "\(column.name) = \(rule(of: column, parameter))"
      case .updateTime: "\(column.name) = drawn.at"
      case .deletion, .kept, .excluded: nil
      }
    }
  }

  /// What a write-back assigns, too.
  private func lives(_ parameter: String) -> [String] {
    columns.filter { $0.rule == .deletion }.map { "\($0.name) = \(rule(of: $0, parameter))" }
  }

  /// What a soft deletion assigns.
  private func deleted(_ parameter: String) -> [String] {
    columns.filter { $0.rule == .updateTime }.map { "\($0.name) = drawn.at" } + ["delete_time = drawn.at"]
      + (rules["deleted"].map { [$0.replacing("{parameter}", with: parameter)] } ?? [])
  }

  private func rule(of column: VersionedColumn, _ parameter: String) -> String {
    if let rule = rules[column.name] { return rule.replacing("{parameter}", with: parameter) }
    precondition(
      column.name == "delete_time",
      "no rule says what becomes of \(column.name) when a \(name) is written back")
    return "CASE WHEN image.is_deleted THEN coalesce(stored.delete_time, drawn.at) END"
  }
}
