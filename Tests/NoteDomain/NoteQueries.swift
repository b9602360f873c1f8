import GRPC
import Journal
import Postgres
import Requests

package enum NoteMigrations {
  package static let all = [Migration(module: "note", file: "m0001_notes", PackageResources.m0001_notes_sql)]
}

enum NoteQueries {
  private static let fragments = SQLFragments(PackageResources.read_notes_sql, including: .journal)
  private static let parts = [Parameter<Note>("id") { $0.id }, Parameter<Note>("body") { $0.text }]
  static let read = ComposedQuery<Note.Columns>("read_notes", fragments)
  static let create = Query<(scope: CallScope, note: Note), Note.Columns>(
    "create_note", PackageResources.create_note_sql, including: fragments,
    parameters(CallScope.parameters) { $0.scope } + parameters(parts) { $0.note })
  static let update = Query<(project: ProjectID, note: Note), Note.Columns>(
    "update_note", PackageResources.update_note_sql, including: fragments,
    [.init("project") { $0.project.text }] + parameters(parts) { $0.note })

  /// As it is, or as of a position.
  static func one(
    _ id: String, at position: Int64? = nil, in project: ProjectID, isLocked: Bool = false
  ) -> Composition {
    var query = notes(in: project, at: position)
    query.add("one", ["id": id])
    if isLocked { query.add("locked") }
    return query
  }

  static func page(_ page: ListPage) -> Composition {
    var query = notes(in: page.project, at: page.moment?.position)
    query.add("page", ["after": page.after, "limit": page.limit])
    return query
  }

  /// As these changes left them, in any order.
  static func changed(_ changes: [Change], in project: ProjectID) -> Composition {
    var query = read.begin()
    query.add(
      "changed", ["project": project.text, "ids": changes.map(\.id), "positions": changes.map(\.position)])
    return query
  }

  private static func notes(in project: ProjectID, at position: Int64?) -> Composition {
    var query = read.begin()
    if let position {
      query.add("past", ["project": project.text, "position": position])
    } else {
      query.add("present", ["project": project.text])
    }
    return query
  }

  static func notes(_ rows: Rows) throws(RPCError) -> [Note] {
    try database { () throws(PostgresError) in try read.results(rows).decoded() }
  }
}

extension Note: VersionedResource {}

extension Note: DecodableRow {
  package struct Columns: ColumnLayout {
    let id, text: Column<String>
    let change: VersionColumns

    package init(_ find: inout ColumnFinder) {
      (id, text) = (find("note_id"), find("body"))
      change = VersionColumns(&find)
    }
  }

  package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    (id, text) = (try row.decode(columns.id), try row.decode(columns.text))
    try take(columns.change, of: row)
  }
}
