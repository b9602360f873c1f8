/// Every reason for which a call is refused.
struct ErrorsPage {
  private let reasons: ErrorReasons
  private let markdown: Markdown

  init(_ reasons: ErrorReasons, _ markdown: Markdown) { (self.reasons, self.markdown) = (reasons, markdown) }

  func text() -> String {
    var table = MarkdownTable("Reason", "Status", "Meaning", "Metadata")
    for reason in reasons.all {
      table.row(
        "<a id=\"\(reason.anchor)\"></a>`\(reason.name)`", Markdown.inTable(markdown.linked(reason.status)),
        Markdown.inTable(markdown.linked(reason.meaning)),
        Markdown.inTable(markdown.linked(reason.metadata)))
    }
    return ["# Errors", markdown.block(reasons.comment), table.text].joined(separator: "\n\n")
  }
}
