/// Comments of a file by the path of what they stand at, as `SourceCodeInfo.Location.path` has it.
struct CommentTable {
  private var comments: [[Int32]: SchemaComments] = [:]

  init(_ info: UnpackedMessage?) {
    for location in info?.messages(1) ?? [] {
      var found = SchemaComments()
      found.leading = location.string(3)
      found.trailing = location.string(4)
      found.leadingDetached = location.strings(6)
      if found != SchemaComments() { comments[location.int32s(1)] = found }
    }
  }

  subscript(path: [Int32]) -> SchemaComments { comments[path] ?? SchemaComments() }
}
