/// The types that several services use and none declares.
struct SharedTypesPage {
  private let page: Page
  private let markdown: Markdown

  init(_ page: Page, _ plan: PagePlan, _ markdown: Markdown) { (self.page, self.markdown) = (page, markdown) }

  func text() -> String {
    var parts = [
      "# \(page.title)", "What several services have in their messages. [All services](README.md).",
      page.types.map { "- \(markdown.type($0.fullName))" }.joined(separator: "\n"),
    ]
    parts += page.types.map { String(TypeSection(markdown).text($0, level: "##").dropLast()) }
    return parts.joined(separator: "\n\n") + "\n"
  }
}
