import DynamicMessage

/// What the files of an API declare.
struct Declarations {
  /// A service or a type, and the file that declares it.
  struct Service {
    let schema: SchemaService
    let file: SchemaFile
  }

  /// A message or an enum.
  enum Kind {
    case message(SchemaMessage)
    case enumeration(SchemaEnum)
  }

  /// A type that stands at the top of a file, or in a message.
  struct TypeDeclaration {
    let kind: Kind
    let file: SchemaFile

    var fullName: String {
      switch kind {
      case .message(let message): message.fullName
      case .enumeration(let type): type.fullName
      }
    }

    /// Without the package: `Operation.State`.
    var name: String { file.package.isEmpty ? fullName : String(fullName.dropFirst(file.package.count + 1)) }

    var message: SchemaMessage? { if case .message(let message) = kind { message } else { nil } }
  }

  private(set) var services: [Service] = []
  /// Each behind the type that it is nested in, in the order of the files.
  private(set) var types: [TypeDeclaration] = []
  /// The enum of all reasons for which a call is refused, which has a page of its own.
  private(set) var reasons: ErrorReasons?
  private var messages: [String: SchemaMessage] = [:]

  init(_ request: CodeGeneratorRequest) {
    for file in request.files where request.filesToGenerate.contains(file.name) {
      services += file.services.map { Service(schema: $0, file: file) }
      for message in file.messages { add(message, in: file) }
      for type in file.enums {
        if type.name == ErrorReasons.type {
          reasons = ErrorReasons(type)
        } else {
          types.append(TypeDeclaration(kind: .enumeration(type), file: file))
        }
      }
    }
  }

  /// A message by its full name; nil for those of other APIs.
  func message(_ fullName: String) -> SchemaMessage? { messages[fullName] }

  /// The full names of all types that a call of the service has to do with.
  func reached(from service: SchemaService) -> Set<String> {
    var seen: Set<String> = []
    var open = service.methods.flatMap { [$0.inputType, $0.outputType] }
    while let next = open.popLast() {
      guard seen.insert(next).inserted, let message = messages[next] else { continue }
      for field in message.fields {
        let value = message.mapEntry(of: field)?.fields.first { $0.number == 2 } ?? field
        if let type = value.typeName { open.append(type) }
      }
    }
    return seen
  }

  private mutating func add(_ message: SchemaMessage, in file: SchemaFile) {
    if message.isMapEntry { return }
    messages[message.fullName] = message
    types.append(TypeDeclaration(kind: .message(message), file: file))
    for type in message.enums { types.append(TypeDeclaration(kind: .enumeration(type), file: file)) }
    for nested in message.messages { add(nested, in: file) }
  }
}
