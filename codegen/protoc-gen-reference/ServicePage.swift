import DynamicMessage

/// The page of a service: its methods with what they take and give, and the types that belong to it.
struct ServicePage {
  private let page: Page
  private let plan: PagePlan
  private let markdown: Markdown
  private let errors: MethodErrors

  init(_ page: Page, _ plan: PagePlan, _ markdown: Markdown) {
    (self.page, self.plan, self.markdown) = (page, plan, markdown)
    errors = MethodErrors(plan.declarations)
  }

  func text() -> String {
    guard let service = page.service else { return "" }
    var parts = [
      "# \(page.title)", markdown.block(service.schema.comments.leading),
      "`\(service.schema.fullName)`, declared in "
        + "[`\(service.file.name)`](../../Protos/\(service.file.name)). [All services](README.md).",
      contents(of: service.schema), "## Methods",
    ]
    parts += service.schema.methods.map(section)
    let types = page.types.filter { !plan.methodTypes.contains($0.fullName) }
    if !types.isEmpty {
      parts.append("## Types")
      parts += types.map { TypeSection(markdown).text($0, level: "###") }
    }
    return parts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n\n") + "\n"
  }

  private func contents(of service: SchemaService) -> String {
    let table = markdown.table(of: service.methods)
    let types = page.types.filter { !plan.methodTypes.contains($0.fullName) }
    if types.isEmpty { return table }
    return table + "\nTypes: " + types.map { markdown.type($0.fullName) }.joined(separator: ", ") + "."
  }

  private func section(_ method: SchemaMethod) -> String {
    var parts = ["### \(method.name)", markdown.block(method.comments.leading), signature(method)]
    if method.isDeprecated { parts.insert("**Deprecated.**", at: 1) }
    let reasons = errors.reasons(of: method)
    if !reasons.isEmpty { parts.append(table(of: reasons)) }
    for name in [method.inputType, method.outputType] where plan.methodTypes.contains(name) {
      if let type = page.types.first(where: { $0.fullName == name }) {
        parts.append(TypeSection(markdown).text(type, level: "####"))
      }
    }
    return parts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n\n")
  }

  private func signature(_ method: SchemaMethod) -> String {
    let input = (method.isClientStreaming ? "stream of " : "") + markdown.type(method.inputType)
    let output = (method.isServerStreaming ? "stream of " : "") + markdown.type(method.outputType)
    return "> **Takes** \(input) · **gives** \(output) · \(MethodKind(method).long)"
  }

  private func table(of reasons: [ErrorReasons.Reason]) -> String {
    var table = MarkdownTable("Error", "Status", "When")
    for reason in reasons {
      table.row(Markdown.link(to: reason), reason.status, Markdown.inTable(markdown.linked(reason.meaning)))
    }
    return table.text
  }
}
