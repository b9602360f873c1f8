import DynamicMessage

/// All types of a request, found by their full protobuf names.
struct TypeCatalog {
  private var swiftNames: [String: String] = [:]
  private var messages: [String: SchemaMessage] = [:]

  init(_ files: [SchemaFile]) {
    for file in files where file.syntax == .proto3 {
      let prefix = file.swiftPrefix ?? SwiftNames.upperCamel(file.package)
      for message in file.messages { add(message, as: SwiftNames.type(prefix + message.name)) }
      for type in file.enums { add(type, as: SwiftNames.type(prefix + type.name)) }
    }
  }

  func knows(_ fullName: String) -> Bool { swiftNames[fullName] != nil }

  /// The Swift type, complete with the types around it.
  func swiftName(of fullName: String) -> String { swiftNames[fullName] ?? fullName }

  /// Whether a value of message `start` may hold, inline, a value of message `target`. Repeated fields and
  /// maps do not count: their elements are on the heap.
  func embeds(_ target: String, in start: String) -> Bool {
    var seen: Set<String> = []
    var open = [start]
    while let name = open.popLast() {
      if name == target { return true }
      guard seen.insert(name).inserted, let message = messages[name] else { continue }
      open += message.fields.filter { $0.kind == .message && !$0.isRepeated }.compactMap(\.typeName)
    }
    return false
  }

  /// Whether a field is kept on the heap: the message would hold itself through it, or it is large, and most
  /// messages, which do not have it, would be moved around with room for it.
  func isBoxed(_ field: SchemaField, in message: String) -> Bool {
    guard field.kind == .message, !field.isRepeated, let type = field.typeName else { return false }
    return embeds(message, in: type) || inlineSize(of: type) > 128
  }

  /// About how many bytes a value of a message takes, without what it has on the heap.
  private func inlineSize(of fullName: String) -> Int {
    let unknownFields = 8
    return messages[fullName]?.fields.reduce(unknownFields) { size, field in
      if field.isRepeated || isBoxed(field, in: fullName) { return size + 8 }
      return switch field.kind {
      case .message: size + inlineSize(of: field.typeName ?? "") + 1
      case .string: size + 16
      default: size + 8
      }
    } ?? unknownFields
  }

  private mutating func add(_ message: SchemaMessage, as swiftName: String) {
    swiftNames[message.fullName] = WellKnownTypes.swiftName(of: message.fullName) ?? swiftName
    messages[message.fullName] = message
    for nested in message.messages { add(nested, as: swiftName + "." + SwiftNames.type(nested.name)) }
    for type in message.enums { add(type, as: swiftName + "." + SwiftNames.type(type.name)) }
  }

  private mutating func add(_ type: SchemaEnum, as swiftName: String) {
    swiftNames[type.fullName] = WellKnownTypes.swiftName(of: type.fullName) ?? swiftName
  }
}

/// What Wire has ready-made.
enum WellKnownTypes {
  static func swiftName(of fullName: String) -> String? {
    guard fullName.hasPrefix("google.protobuf.") else { return nil }
    let name = String(fullName.dropFirst(16))
    return types.contains(name) ? "WellKnown." + (name == "Any" ? "`Any`" : name) : nil
  }

  /// The constant with the descriptor of a file that Wire has.
  static func descriptor(of file: String) -> String? {
    guard file.hasPrefix("google/protobuf/"), file.hasSuffix(".proto") else { return nil }
    let name = String(file.dropFirst(16).dropLast(6))
    return files.contains(name)
      ? "WellKnown.Files.\(SwiftNames.member(SwiftNames.lowerCamel(name)))" : nil
  }

  private static let files: Set<String> = [
    "any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers",
  ]

  private static let types: Set<String> = [
    "Any", "BoolValue", "BytesValue", "DoubleValue", "Duration", "Empty", "FieldMask", "FloatValue",
    "Int32Value", "Int64Value", "ListValue", "NullValue", "StringValue", "Struct", "Timestamp",
    "UInt32Value", "UInt64Value", "Value",
  ]
}
