import DynamicMessage

/// The first page: all services, with their methods.
struct IndexPage {
  private let plan: PagePlan
  private let markdown: Markdown

  init(_ plan: PagePlan, _ markdown: Markdown) { (self.plan, self.markdown) = (plan, markdown) }

  func text() -> String {
    let package = plan.declarations.services.first?.file.package ?? ""
    var parts = [
      "# Reference of `\(package)`",
      """
      Every service with its methods, what they take and give with all limits, and the errors they refuse calls with. \
      In JSON the fields have their names in lowerCamelCase: `page_size` is `pageSize`. What every method may answer, \
      and what the reasons of errors mean, is under [Errors](\(ErrorReasons.file)).
      """,
    ]
    for page in plan.pages {
      parts.append("## [\(page.title)](\(page.file))")
      if let service = page.service?.schema {
        parts.append(markdown.linked(CommentText(service.comments.leading).firstSentence))
        parts.append(String(markdown.table(of: service.methods).dropLast()))
      }
      let types = page.types.filter { !plan.methodTypes.contains($0.fullName) && !$0.name.contains(".") }
      if !types.isEmpty {
        parts.append("Types: " + types.map { markdown.type($0.fullName) }.joined(separator: ", ") + ".")
      }
    }
    return parts.joined(separator: "\n\n") + "\n"
  }
}
