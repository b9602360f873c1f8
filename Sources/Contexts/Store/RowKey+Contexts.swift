import Journal

/// What writers of contexts and of what belongs to them queue for.
extension RowKey {
  static func context(_ id: String) -> RowKey { RowKey("context", id) }

  static func template(_ id: String) -> RowKey { RowKey("template", id) }

  static func transfer(_ id: String, _ scope: CallScope) -> RowKey {
    RowKey("import", "\(scope.operation)\u{0}\(id)")
  }
}
