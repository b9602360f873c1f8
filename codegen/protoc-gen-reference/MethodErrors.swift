import DynamicMessage

/// The reasons for which a method refuses calls, as far as its comment and those of its request name them.
struct MethodErrors {
  private let declarations: Declarations
  private let reasons: ErrorReasons?

  init(_ declarations: Declarations) {
    self.declarations = declarations
    reasons = declarations.reasons
  }

  /// In the order of the enum.
  func reasons(of method: SchemaMethod) -> [ErrorReasons.Reason] {
    let names = named(by: method)
    return (reasons?.all ?? []).filter { names.contains($0.name) }
  }

  private func named(by method: SchemaMethod) -> Set<String> {
    let comment = CommentText(method.comments.leading).oneLine
    var names = named(in: comment)
    // `Errors as of RenderTemplate and CreateContext.`
    if let range = comment.firstRange(of: "Errors as of ") {
      let others = Set(Self.words(comment[range.upperBound...].prefix { $0 != "." }))
      for service in declarations.services {
        for other in service.schema.methods where others.contains(other.name) && other.name != method.name {
          names.formUnion(named(by: other))
        }
      }
    }
    guard let request = declarations.message(method.inputType) else { return names }
    for field in request.fields { names.formUnion(named(by: field)) }
    return names
  }

  private func named(by field: SchemaField) -> Set<String> {
    let comment = CommentText(field.comments.leading).oneLine
    var names = named(in: comment)
    // `As in CreateContextRequest.`
    if comment.hasPrefix("As in "), let other = Self.words(comment.dropFirst(6)[...]).first {
      let package = field.fullName.split(separator: ".").dropLast(2).joined(separator: ".")
      let twin = declarations.message("\(package).\(other)")?.fields.first { $0.name == field.name }
      if let twin, twin.fullName != field.fullName { names.formUnion(named(by: twin)) }
    }
    return names
  }

  private func named(in text: String) -> Set<String> {
    Set(Self.words(text[...]).filter { $0.contains("_") && reasons?[$0] != nil })
  }

  private static func words(_ text: Substring) -> [String] {
    text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
  }
}
