/// Collects what files declare, by full name.
struct SymbolIndex {
  private(set) var symbols: [String: SchemaSymbol] = [:]
  /// Index of the declaring file.
  private(set) var files: [String: Int] = [:]
  private(set) var messages: [SchemaMessage] = []
  private var fileNames: [String] = []

  mutating func add(_ file: SchemaFile, at position: Int) throws(PoolError) {
    fileNames.append(file.name)
    for message in file.messages { try add(message, position: position) }
    for type in file.enums { try add(type, scope: file.package, position: position) }
    for field in file.extensions { try add(field.fullName, as: .extension(field), position: position) }
    for service in file.services {
      try add(service.fullName, as: .service(service), position: position)
      for method in service.methods { try add(method.fullName, as: .method(method), position: position) }
    }
  }

  private mutating func add(_ message: SchemaMessage, position: Int) throws(PoolError) {
    try add(message.fullName, as: .message(message), position: position)
    messages.append(message)
    for field in message.fields {
      try add(field.fullName, as: .field(field, in: message), position: position)
    }
    for oneof in message.oneofs where !oneof.isSynthetic {
      try add("\(message.fullName).\(oneof.name)", as: .oneof(oneof, in: message), position: position)
    }
    for nested in message.messages { try add(nested, position: position) }
    for type in message.enums { try add(type, scope: message.fullName, position: position) }
    for field in message.extensions { try add(field.fullName, as: .extension(field), position: position) }
  }

  /// Values of an enum are siblings of their type, as in C++.
  private mutating func add(_ type: SchemaEnum, scope: String, position: Int) throws(PoolError) {
    try add(type.fullName, as: .enumeration(type), position: position)
    for value in type.values {
      let name = scope.isEmpty ? value.name : "\(scope).\(value.name)"
      try add(name, as: .enumValue(value, in: type), position: position)
    }
  }

  private mutating func add(_ name: String, as symbol: SchemaSymbol, position: Int) throws(PoolError) {
    if let other = files[name] {
      throw .duplicate(symbol: name, files: [fileNames[other], fileNames[position]])
    }
    symbols[name] = symbol
    files[name] = position
  }
}
