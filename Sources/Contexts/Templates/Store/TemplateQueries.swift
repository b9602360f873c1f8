import CairnAPI
import Journal
import Postgres
import Requests
import Wire

/// The statements about templates, under the names of their files.
enum TemplateQueries {
  static let all: [any CheckedStatement] = [get, images, list, lock, insert, update]

  static let get = Query<IDsInProject, Template.Columns>(
    "get_templates", PackageResources.get_templates_sql, including: fragments, CommonParameters.ids)
  static let images = Query<ChangedTemplates, ImageColumns<Template.Columns>>(
    "template_images", PackageResources.template_images_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("ids") { $0.ids },
      .init("positions") { $0.positions },
      .init("bytes") { $0.bytes },
    ])
  static let list = Query<TemplatePage, ListedColumns<Template.Columns>>(
    "list_templates", PackageResources.list_templates_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("after") { $0.after },
      .init("show_deleted") { $0.showDeleted },
      .init("limit") { $0.limit },
      .init("bytes") { $0.bytes },
    ])
  static let lock = Query<IDInProject, Template.Columns>(
    "lock_template", PackageResources.lock_template_sql, including: fragments, CommonParameters.id)
  static let insert = Query<NewTemplate, Template.Columns>(
    "insert_template", PackageResources.insert_template_sql, including: fragments,
    parameters(CommonParameters.id) { ($0.project, $0.id) } + [.init("definition") { $0.definition }])
  static let update = Query<ChangedTemplate, Template.Columns>(
    "update_template", PackageResources.update_template_sql, including: fragments,
    parameters(CommonParameters.id) { ($0.project, $0.id) } + [
      .init("definition") { $0.definition },
      .init("is_deletion") { $0.isDeletion },
      .init("is_anew") { $0.isAnew },
    ])

  private static let fragments = SQLFragments(PackageResources.template_fragments_sql)

  typealias ChangedTemplates = (project: ProjectID, ids: [String], positions: [Int64], bytes: Int)
  typealias TemplatePage = (
    project: ProjectID, after: String, showDeleted: Bool, limit: Int, bytes: Int
  )
  typealias NewTemplate = (project: ProjectID, id: String, definition: [UInt8])
  typealias ChangedTemplate = (
    project: ProjectID, id: String, definition: [UInt8], isDeletion: Bool, isAnew: Bool
  )
}

extension Template: DecodableRow {
  /// `{template_columns}`.
  package struct Columns: ColumnLayout {
    let id: Column<String>
    let version, position: Column<Int64>
    let createTime, updateTime: Column<PostgresTimestamp>
    let deleteTime: Column<PostgresTimestamp?>
    let definition: Column<[UInt8]>

    package init(_ find: inout ColumnFinder) {
      id = find("template_id")
      version = find("version")
      position = find("position")
      createTime = find("create_time")
      updateTime = find("update_time")
      deleteTime = find("delete_time")
      definition = find("definition")
    }
  }

  package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    let bytes = try row.decode(columns.definition)
    do throws(WireError) {
      try self.init(decoding: bytes)
    } catch {
      throw PostgresError(.invalidResult, "a template's definition cannot be read: \(error)")
    }
    id = try row.decode(columns.id)
    version = try row.decode(columns.version)
    position = try row.decode(columns.position)
    etag = Etag.text(position)
    createTime = WellKnown.Timestamp(try row.decode(columns.createTime))
    updateTime = WellKnown.Timestamp(try row.decode(columns.updateTime))
    if let time = try row.decode(columns.deleteTime) { deleteTime = WellKnown.Timestamp(time) }
  }
}
