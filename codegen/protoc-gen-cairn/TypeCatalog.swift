import DynamicMessage

/// All types of a request, found by their full protobuf names.
///
/// Names are chosen so that they cannot clash in what is generated: types begin with a capital letter and members
/// with a small one, only the generator's own locals begin with an underscore, what Swift and our modules declare is
/// written with its module, and no nested type has the name of one at the top. What a file's types are called
/// depends on that file and those it imports, so it is the same in every run.
struct TypeCatalog {
  /// By name.
  private(set) var files: [String: SchemaFile] = [:]
  private var swiftNames: [String: String] = [:]
  private var messages: [String: SchemaMessage] = [:]
  private var oneofTypes: [String: [Int: String]] = [:]
  private var serviceNames: [String: String] = [:]
  private var descriptorNames: [String: String] = [:]
  private var sizes = InlineSizes([:])

  /// - Parameter files: Each behind those that it imports.
  init(_ files: [SchemaFile]) {
    // Names at the top of each file and of all that it imports.
    var names: [String: Set<String>] = [:]
    var all: [SchemaMessage] = []
    for file in files {
      self.files[file.name] = file
      var taken = file.dependencies.reduce(into: Set<String>()) { $0.formUnion(names[$1] ?? []) }
      if file.syntax == .proto3 {
        let types = TopLevelNames(file, &taken)
        swiftNames.merge(types.types) { $1 }
        serviceNames.merge(types.services) { $1 }
        descriptorNames[file.name] = types.descriptor
        for message in file.messages { addNested(of: message, apartFrom: taken, to: &all) }
      }
      names[file.name] = taken
    }
    messages = Dictionary(all.map { ($0.fullName, $0) }) { $1 }
    sizes = InlineSizes(messages)
  }

  func knows(_ fullName: String) -> Bool { swiftNames[fullName] != nil }

  /// The Swift type, complete with the types around it.
  func swiftName(of fullName: String) -> String { swiftNames[fullName] ?? fullName }

  /// The enum for a oneof, without the message around it.
  func oneofType(_ index: Int, of message: String) -> String { oneofTypes[message]?[index] ?? "" }

  /// What the protocol, the methods and the client of a service are named after.
  func serviceName(_ fullName: String) -> String { serviceNames[fullName] ?? fullName }

  /// The enum with the descriptor of a file.
  func descriptorName(of file: String) -> String {
    descriptorNames[file] ?? SwiftNames.descriptorName(of: file)
  }

  /// Whether a message would hold itself through a field of this type.
  func isRecursive(_ message: String, _ type: String) -> Bool { sizes.isRecursive(message, type) }

  /// Whether a field is kept on the heap: the message would hold itself through it, or it is large, and most
  /// messages, which do not have it, would be moved around with room for it.
  func isBoxed(_ field: SchemaField, in message: String) -> Bool { sizes.isBoxed(field, in: message) }

  private mutating func addNested(
    of message: SchemaMessage, apartFrom topLevel: Set<String>, to all: inout [SchemaMessage]
  ) {
    all.append(message)
    let outer = swiftName(of: message.fullName)
    var taken: Set<String> = []
    func unique(_ name: String, _ suffix: String) -> String {
      var name = SwiftNames.type(name)
      while topLevel.contains(name) || !taken.insert(name).inserted { name += suffix }
      return name
    }
    for nested in message.messages {
      swiftNames[nested.fullName] =
        WellKnownTypes.swiftName(of: nested.fullName) ?? outer + "." + unique(nested.name, "_")
    }
    for type in message.enums { swiftNames[type.fullName] = outer + "." + unique(type.name, "_") }
    for (index, oneof) in message.oneofs.enumerated() where !oneof.isSynthetic {
      oneofTypes[message.fullName, default: [:]][index] = unique(SwiftNames.upperCamel(oneof.name), "Oneof")
    }
    for nested in message.messages { addNested(of: nested, apartFrom: topLevel, to: &all) }
  }
}

/// What Wire has ready-made.
enum WellKnownTypes {
  static func swiftName(of fullName: String) -> String? {
    guard fullName.hasPrefix("google.protobuf.") else { return nil }
    let name = String(fullName.dropFirst(16))
    return types.contains(name) ? "Wire.WellKnown." + (name == "Any" ? "`Any`" : name) : nil
  }

  /// The constant with the descriptor of a file that Wire has.
  static func descriptor(of file: String) -> String? {
    guard file.hasPrefix("google/protobuf/"), file.hasSuffix(".proto") else { return nil }
    let name = String(file.dropFirst(16).dropLast(6))
    return files.contains(name)
      ? "Wire.WellKnown.Files.\(SwiftNames.member(SwiftNames.lowerCamel(name)))" : nil
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
