/// The comments of a `.proto` file: what stands directly above each declaration.
///
/// Reads files as this repository writes them: a declaration begins a line, and comments are lines of their own that
/// begin with `//`.
struct ProtoComments {
  /// A comment and the path of its declaration, as SourceCodeInfo has both.
  struct Entry: Equatable {
    let path: [Int32]
    let text: String
  }

  private(set) var entries: [Entry] = []

  private enum Kind { case file, message, enumeration, service, oneof, other }

  /// A block that is open: what is in it is counted by the numbers of the descriptor's fields.
  private struct Scope {
    let kind: Kind
    let path: [Int32]
    var counts: [Int32: Int32] = [:]
  }

  private var scopes = [Scope(kind: .file, path: [])]
  private var comment = ""
  /// Whether a statement goes on from the line before.
  private var isInside = false

  init(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      read(line.drop { $0 == " " || $0 == "\t" })
    }
  }

  private mutating func read(_ line: Substring) {
    if line.hasPrefix("//") {
      comment += line.dropFirst(2) + "\n"
      return
    }
    defer { comment = "" }
    if line.isEmpty { return }
    if line.hasPrefix("}") {
      scopes.removeLast()
      return
    }
    let isFirst = !isInside
    isInside = !(line.hasSuffix(";") || line.hasSuffix("{") || line.hasSuffix("}"))
    let path = isFirst ? declared(line) : nil
    if let path, !comment.isEmpty { entries.append(Entry(path: path, text: comment)) }
    if line.hasSuffix("{") { scopes.append(Scope(kind: kind(line), path: path ?? [])) }
  }

  private func kind(_ line: Substring) -> Kind {
    switch line.prefix(while: { $0 != " " }) {
    case "message": .message
    case "enum": .enumeration
    case "service": .service
    case "oneof": .oneof
    default: .other
    }
  }

  /// The path of what a line declares; nil for options and the like.
  private mutating func declared(_ line: Substring) -> [Int32]? {
    switch (scopes[scopes.count - 1].kind, line.prefix { $0 != " " }) {
    case (_, "option"), (_, "reserved"), (_, "import"), (_, "package"), (_, "syntax"), (.other, _): nil
    case (.file, "message"): next(4)
    case (.file, "enum"): next(5)
    case (.file, "service"): next(6)
    case (.message, "message"): next(3)
    case (.message, "enum"): next(4)
    case (.message, "oneof"): next(8)
    case (.oneof, _): next(2, in: scopes.count - 2)
    // A field, a value of an enum, a method.
    case (.message, _), (.enumeration, _), (.service, _): next(2)
    case (.file, _): nil
    }
  }

  /// The path of the next declaration in a block, the innermost if none is named; members of a oneof are fields of the
  /// message around it.
  private mutating func next(_ field: Int32, in scope: Int? = nil) -> [Int32] {
    let place = scope ?? scopes.count - 1
    let index = scopes[place].counts[field, default: 0]
    scopes[place].counts[field] = index + 1
    return scopes[place].path + [field, index]
  }

  /// A `FileDescriptorProto` with nothing but these comments: behind that of the file it completes it.
  var serialized: [UInt8] {
    var locations: [UInt8] = []
    for entry in entries {
      var path: [UInt8] = []
      for number in entry.path { path.append(varint: Int(number)) }
      var location: [UInt8] = []
      location.append(field: 1, path)
      location.append(field: 3, Array(entry.text.utf8))
      locations.append(field: 1, location)
    }
    var file: [UInt8] = []
    file.append(field: 9, locations)
    return file
  }
}

extension [UInt8] {
  fileprivate mutating func append(varint number: Int) {
    var rest = number
    while rest >= 0x80 {
      append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// A field with a length.
  fileprivate mutating func append(field: Int, _ bytes: [UInt8]) {
    append(varint: field << 3 | 2)
    append(varint: bytes.count)
    append(contentsOf: bytes)
  }
}
