/// Every type of a set of `.proto` files, ready to read and write messages of them.
///
/// Descriptors for libprotobuf-c are made once, here, and live as long as the pool; messages keep their
/// pool alive.
package final class DescriptorPool: Sendable {
  /// In the order given, without repeats.
  package let files: [SchemaFile]
  let descriptors: RuntimeDescriptors
  let tables: [MessageTable]
  private let symbols: [String: SchemaSymbol]
  private let fileOfSymbol: [String: Int]
  private let messageIndex: [String: Int]

  /// - Parameter files: in any order, with all they import; a file that comes twice counts once.
  package init(files given: [SchemaFile]) throws(PoolError) {
    var names: Set<String> = []
    files = given.filter { names.insert($0.name).inserted }

    var index = SymbolIndex()
    for (position, file) in files.enumerated() { try index.add(file, at: position) }
    symbols = index.symbols
    fileOfSymbol = index.files
    tables = index.messages.map(MessageTable.init)
    messageIndex = Dictionary(uniqueKeysWithValues: tables.enumerated().map { ($1.schema.fullName, $0) })

    for table in tables where table.byNumber.count != table.schema.fields.count {
      throw .repeatedNumber(message: table.schema.fullName)
    }
    let missing = Self.missingTypes(in: tables, symbols: index.symbols)
    guard missing.isEmpty else { throw .missingTypes(missing) }
    descriptors = RuntimeDescriptors(tables.map { MessageShape($0.schema) })
  }

  /// The type with this full name, e.g. `cairn.v1.Context`.
  package func message(_ name: String) -> MessageType? {
    messageIndex[name].map { MessageType(pool: self, index: $0) }
  }

  package func enumeration(_ name: String) -> SchemaEnum? {
    if case .enumeration(let type) = symbols[name] { type } else { nil }
  }

  package func service(_ name: String) -> SchemaService? {
    if case .service(let service) = symbols[name] { service } else { nil }
  }

  /// - Parameter name: `cairn.v1.ContextService.GetContext`, `cairn.v1.ContextService/GetContext`, or the
  ///   path of a call with its leading slash.
  package func method(_ name: String) -> SchemaMethod? {
    let path = name.hasPrefix("/") ? name.dropFirst() : name[...]
    let dotted = String(path.map { $0 == "/" ? "." : $0 })
    return if case .method(let method) = symbols[dotted] { method } else { nil }
  }

  /// What has this full name, of any kind.
  package func symbol(_ name: String) -> SchemaSymbol? { symbols[name] }

  /// The file that declares the symbol.
  package func file(declaring symbol: String) -> SchemaFile? { fileOfSymbol[symbol].map { files[$0] } }

  /// Full names of everything declared, sorted.
  package var symbolNames: [String] { symbols.keys.sorted() }

  package var services: [SchemaService] { files.flatMap(\.services) }

  private static func missingTypes(in tables: [MessageTable], symbols: [String: SchemaSymbol]) -> [String] {
    let needed = tables.flatMap(\.schema.fields).filter { $0.kind != .group }
    let missing = needed.compactMap { field -> String? in
      switch field.kind {
      case .message:
        if case .message = symbols[field.typeName ?? ""] { return nil }
        return field.typeName ?? field.fullName
      case .enum:
        if case .enumeration = symbols[field.typeName ?? ""] { return nil }
        return field.typeName ?? field.fullName
      default: return nil
      }
    }
    return Set(missing).sorted()
  }
}

/// Anything that a `.proto` file declares.
package enum SchemaSymbol: Sendable, Hashable {
  case message(SchemaMessage)
  case enumeration(SchemaEnum)
  case service(SchemaService)
  case method(SchemaMethod)
  case field(SchemaField, in: SchemaMessage)
  case oneof(SchemaOneof, in: SchemaMessage)
  case enumValue(SchemaEnumValue, in: SchemaEnum)
  case `extension`(SchemaField)
}

/// Why a set of files makes no pool.
package enum PoolError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Fields use types that no file declares: imports were left out.
  case missingTypes([String])
  /// Two files declare the same name.
  case duplicate(symbol: String, files: [String])
  /// Two fields of a message have one number.
  case repeatedNumber(message: String)

  package var description: String {
    switch self {
    case .missingTypes(let names): "no file declares \(names.joined(separator: ", "))"
    case .repeatedNumber(let message): "two fields of \(message) have the same number"
    case .duplicate(let symbol, let files): "\(symbol) is declared in \(files.joined(separator: " and in "))"
    }
  }
}
