import DynamicMessage

/// The Swift enum for a protobuf enum.
struct EnumEmitter {
  private let type: SchemaEnum
  private let simpleName: String
  private let names: [String]

  init(_ type: SchemaEnum, swiftName: String) {
    self.type = type
    simpleName = String(swiftName.split(separator: ".").last ?? "")
    names = Self.caseNames(of: type)
  }

  func emit(into source: inout SourceText) {
    source.doc(type.comments, isDeprecated: type.isDeprecated)
    source.block("package enum \(simpleName): Wire.OpenEnum") { source in
      for (index, value) in type.values.enumerated() {
        source.doc(value.comments, isDeprecated: value.isDeprecated)
        if let original = original(of: index) {
          source.line("package static let \(names[index]) = \(simpleName).\(names[original])")
        } else {
          source.line("case \(names[index])")
        }
      }
      source.line("/// A number that has no name here.")
      source.line("case unrecognized(Swift.Int32)")
      source.line()
      emitSchema(into: &source)
      source.line()
      emitConversions(into: &source)
    }
  }

  private func emitSchema(into source: inout SourceText) {
    source.line("package static let schema = Wire.EnumSchema(")
    source.indented { source in
      source.line("\(SourceText.literal(type.fullName)),")
      source.line("[")
      source.indented { source in
        for value in type.values { source.line("(\(value.number), \(SourceText.literal(value.name))),") }
      }
      source.line("])")
    }
  }

  private func emitConversions(into source: inout SourceText) {
    let originals = type.values.indices.filter { original(of: $0) == nil }
    source.block("package init(rawValue: Swift.Int32)") { source in
      source.line("switch rawValue {")
      for index in originals { source.line("case \(type.values[index].number): self = .\(names[index])") }
      source.line("default: self = .unrecognized(rawValue)")
      source.line("}")
    }
    source.line()
    source.block("package var rawValue: Swift.Int32") { source in
      source.line("switch self {")
      for index in originals { source.line("case .\(names[index]): \(type.values[index].number)") }
      source.line("case .unrecognized(let number): number")
      source.line("}")
    }
  }

  /// The value that this one is another name of, with `allow_alias`.
  private func original(of index: Int) -> Int? {
    let first = type.values.firstIndex { $0.number == type.values[index].number }
    return first == index ? nil : first
  }

  /// Without the enum's own name in front, unless that leaves no name or the same name twice.
  private static func caseNames(of type: SchemaEnum) -> [String] {
    let prefix = SwiftNames.enumPrefix(type.name)
    let full = type.values.map { SwiftNames.lowerCamel($0.name.lowercased()) }
    let short = type.values.map { value in
      let rest = value.name.hasPrefix(prefix) ? value.name.dropFirst(prefix.count) : value.name[...]
      let usable = !rest.isEmpty && !SwiftNames.startsWithDigit(rest) ? rest : value.name[...]
      return SwiftNames.lowerCamel(usable.lowercased())
    }
    let chosen = Set(short).count == short.count ? short : full
    if Set(chosen).count == chosen.count { return chosen.map(SwiftNames.member) }
    return zip(chosen, type.values.indices).map { "\($0)_\($1)" }
  }
}
