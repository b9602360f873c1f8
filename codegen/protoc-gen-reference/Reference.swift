import DynamicMessage

/// What the reference cannot say, in words for the author of the `.proto` file.
struct ReferenceError: Error {
  let message: String
}

/// The reference of an API: an index, a page for each service, one for the types that services share and one for the
/// errors. What the pages say is what the comments of the `.proto` files say.
struct Reference {
  private let plan: PagePlan
  private let markdown: Markdown

  init(_ request: CodeGeneratorRequest) throws(ReferenceError) {
    plan = try PagePlan(Declarations(request))
    markdown = Markdown(plan)
  }

  func pages() -> [CodeGeneratorResponse.File] {
    var pages = [file("README.md", IndexPage(plan, markdown).text())]
    for page in plan.pages {
      let text =
        page.service == nil
        ? SharedTypesPage(page, plan, markdown).text() : ServicePage(page, plan, markdown).text()
      pages.append(file(page.file, text))
    }
    if let reasons = plan.declarations.reasons {
      pages.append(file(ErrorReasons.file, ErrorsPage(reasons, markdown).text()))
    }
    return pages
  }

  private func file(_ name: String, _ text: String) -> CodeGeneratorResponse.File {
    let head = "<!-- Made by `make reference` from the comments in Protos/cairn/v1: edit those. -->\n\n"
    return .init(name: name, content: head + text)
  }
}
