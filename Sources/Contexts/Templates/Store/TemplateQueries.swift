import CairnAPI
import Postgres
import Requests
import Wire

/// The statements about templates, under the names of their files.
enum TemplateQueries {
  static let get = Statement("get_templates", PackageResources.get_templates_sql)
  static let images = Statement("template_images", PackageResources.template_images_sql)
  static let list = Statement("list_templates", PackageResources.list_templates_sql)
  static let lock = Statement("lock_template", PackageResources.lock_template_sql)
  static let insert = Statement("insert_template", PackageResources.insert_template_sql)
  static let update = Statement("update_template", PackageResources.update_template_sql)
}

extension Template {
  /// From the seven columns that every query of templates begins with.
  init(decoding row: Row) throws(PostgresError) {
    let bytes: [UInt8] = try row.decode(6)
    do throws(WireError) {
      try self.init(decoding: bytes)
    } catch {
      throw PostgresError(.invalidResult, "a template's definition cannot be read: \(error)")
    }
    id = try row.decode(0)
    version = try row.decode(1)
    position = try row.decode(2)
    etag = Etag.text(position)
    createTime = WellKnown.Timestamp(try row.decode(3, as: PostgresTimestamp.self))
    updateTime = WellKnown.Timestamp(try row.decode(4, as: PostgresTimestamp.self))
    if !row.isNull(5) { deleteTime = WellKnown.Timestamp(try row.decode(5, as: PostgresTimestamp.self)) }
  }
}
