import Wire

/// Names in Swift for names in protobuf.
enum SwiftNames {
  /// `a_bc_d` and `a.bc.d` become `ABcD`; inner capitals stay.
  static func upperCamel(_ name: some StringProtocol) -> String {
    name.split { !($0.isLetter || $0.isNumber) }
      .map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined()
  }

  /// `a_bc_d` becomes `aBcD`.
  static func lowerCamel(_ name: some StringProtocol) -> String {
    let upper = upperCamel(name)
    // `_` and `_1` are names in protobuf.
    guard let first = upper.first, first.isLetter else { return "x" + upper }
    // An acronym in front goes down as a whole: `ID` to `id`, `URLPath` to `urlPath`.
    let capitals = upper.prefix { $0.isUppercase }
    let lowered = capitals.count <= 1 || capitals.count == upper.count ? capitals : capitals.dropLast()
    return lowered.lowercased() + upper.dropFirst(lowered.count)
  }

  /// protoc's JSON name: an underscore goes, and the letter behind it becomes upper case.
  static func jsonName(_ name: String) -> String { FieldSchema.lowerCamelCase(name) }

  /// `ContextType` becomes `CONTEXT_TYPE_`: what the style guide puts in front of the enum's values.
  static func enumPrefix(_ name: String) -> String {
    var result = ""
    var previous: Character?
    for character in name {
      if character.isUppercase, let previous, previous.isLowercase || previous.isNumber { result += "_" }
      result += character.uppercased()
      previous = character
    }
    return result + "_"
  }

  /// `a/b.proto` becomes `a_b.pb.swift`: flat, because a module's files need different names anyway.
  static func outputName(of file: String) -> String { flatName(of: file) + ".pb.swift" }

  /// `a/b.proto` becomes `ABDescriptor`.
  static func descriptorName(of file: String) -> String { upperCamel(flatName(of: file)) + "Descriptor" }

  private static func flatName(of file: String) -> String {
    let path = file.hasSuffix(".proto") ? file.dropLast(6) : file[...]
    return String(path.map { $0 == "/" ? "_" : $0 })
  }

  /// A property or an enum case.
  static func member(_ name: String) -> String {
    if takenMembers.contains(name) { return name + "_" }
    return keywords.contains(name) ? "`\(name)`" : name
  }

  /// A method of a service.
  static func method(_ name: String) -> String {
    ["descriptor", "handlers"].contains(name) ? name + "_" : member(name)
  }

  /// A type. It begins with a capital letter, as no member does.
  static func type(_ name: String) -> String {
    let bare = name.drop { $0 == "_" }
    guard let first = bare.first, first.isLetter else { return "X" + bare }
    let type = first.uppercased() + bare.dropFirst()
    return takenTypes.contains(type) ? type + "_" : type
  }

  /// The constant for a file that stands with another one's.
  static func includedName(of file: String) -> String { lowerCamel(flatName(of: file)) + "File" }

  /// `0` to `9` cannot start a name.
  static func startsWithDigit(_ name: some StringProtocol) -> Bool {
    name.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  /// Members that every message or enum has, or that no backticks can save.
  private static let takenMembers: Set<String> = [
    "init", "self", "Self", "Type", "Protocol", "hash", "hashValue", "rawValue", "unknownFields",
    "merge", "encode", "unrecognized", "schema", "messageName", "none", "some",
  ]

  /// The modules that stand in front of all that generated code uses, and names that would mislead its readers.
  private static let takenTypes: Set<String> = [
    "Any", "BidirectionalCall", "Bool", "Boxed", "CallContext", "CallOptions", "Channel",
    "ClientStreamingCall", "Double", "EnumSchema", "FieldSchema", "Float", "GRPC", "Hashable", "Int32",
    "Int64",
    "Message", "MessageSchema", "MethodDescriptor", "Never", "OpenEnum", "Optional", "ProtoFile",
    "Protocol", "RPCError", "RPCHandler", "RPCService", "RequestStream", "ResponseStream", "ResponseWriter",
    "Self", "Sendable", "ServiceDescriptor", "String", "Swift", "Task", "Type", "UInt32", "UInt64", "UInt8",
    "UnknownFields",
    "WellKnown", "Wire", "WireError", "WireReader", "WireWriter",
  ]

  private static let keywords: Set<String> = [
    "Any", "as", "associatedtype", "async", "await", "break", "case", "catch", "class", "continue",
    "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate",
    "for", "func", "guard", "if", "import", "in", "inout", "internal", "is", "let", "nil", "operator",
    "package", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return", "static",
    "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where",
    "while",
  ]
}
