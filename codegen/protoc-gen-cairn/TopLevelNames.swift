import DynamicMessage

/// What stands at the top of one file's Swift code, each under another name than all that it imports has.
struct TopLevelNames {
  /// Swift names by full protobuf names.
  private(set) var types: [String: String] = [:]
  private(set) var services: [String: String] = [:]
  private(set) var descriptor = ""

  /// - Parameter taken: The names of what the file imports; those of the file are added.
  init(_ file: SchemaFile, _ taken: inout Set<String>) {
    let prefix = file.swiftPrefix ?? SwiftNames.upperCamel(file.package)
    for (name, fullName) in file.messages.map({ ($0.name, $0.fullName) })
      + file.enums.map({ ($0.name, $0.fullName) })
    {
      types[fullName] =
        WellKnownTypes.swiftName(of: fullName) ?? Self.free(SwiftNames.type(prefix + name), [""], &taken)
    }
    for service in file.services {
      services[service.fullName] = Self.free(
        SwiftNames.type(prefix + service.name), ["Provider", "Methods", "Client"], &taken)
    }
    descriptor = Self.free(SwiftNames.descriptorName(of: file.name), [""], &taken)
  }

  /// The name with as many underscores behind it as make it free with each of the endings.
  private static func free(_ name: String, _ endings: [String], _ taken: inout Set<String>) -> String {
    var name = name
    while endings.contains(where: { taken.contains(name + $0) }) { name += "_" }
    taken.formUnion(endings.map { name + $0 })
    return name
  }
}
