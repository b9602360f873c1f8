import DynamicMessage

/// The description of a type: its comment, and a table of its fields or values.
struct TypeSection {
  private let markdown: Markdown

  init(_ markdown: Markdown) { self.markdown = markdown }

  /// - Parameter level: Of the heading, such as `###`.
  func text(_ type: Declarations.TypeDeclaration, level: String) -> String {
    var parts = ["\(level) \(type.name)"]
    switch type.kind {
    case .message(let message):
      parts += described(message.comments, isDeprecated: message.isDeprecated)
      parts.append(fields(of: message))
    case .enumeration(let enumeration):
      parts += described(enumeration.comments, isDeprecated: enumeration.isDeprecated)
      parts.append(values(of: enumeration))
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private func described(_ comments: SchemaComments, isDeprecated: Bool) -> [String] {
    [isDeprecated ? "**Deprecated.**" : "", markdown.block(comments.leading)].filter { !$0.isEmpty }
  }

  private func fields(of message: SchemaMessage) -> String {
    if message.fields.isEmpty { return "It has no fields." }
    var table = MarkdownTable("Field", "Type", "Meaning")
    for field in message.fields {
      var type = markdown.type(of: field, in: message)
      if let index = field.realOneofIndex { type += "<br>one of `\(message.oneofs[index].name)`" }
      table.row(
        "`\(field.name)`", type, markdown.cell(field.comments.leading, isDeprecated: field.isDeprecated))
    }
    return String(table.text.dropLast())
  }

  private func values(of type: SchemaEnum) -> String {
    var table = MarkdownTable("Value", "Number", "Meaning")
    for value in type.values {
      table.row(
        "`\(value.name)`", "\(value.number)",
        markdown.cell(value.comments.leading, isDeprecated: value.isDeprecated))
    }
    return String(table.text.dropLast())
  }
}
