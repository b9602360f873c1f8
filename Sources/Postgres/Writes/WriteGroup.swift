/// What the writes of one batch have in common: their project.
package struct WriteGroup: Hashable, Sendable {
  private enum Key: Hashable {
    case uuid(UUID128)
    case number(Int64)
    case text(String)
  }
  private let key: Key

  package init(_ id: UUID128) { key = .uuid(id) }
  package init(_ id: Int64) { key = .number(id) }
  package init(_ id: String) { key = .text(id) }
}
