import DynamicMessage

/// A page: a service with its types, or the types that services share.
struct Page {
  /// Its name in the folder of the reference.
  let file: String
  let title: String
  let service: Declarations.Service?
  var types: [Declarations.TypeDeclaration] = []
}

/// What stands on which page, and where every name links to.
struct PagePlan {
  static let sharedFile = "types.md"

  let declarations: Declarations
  /// One for each service, and at the end that of the shared types where there are any.
  private(set) var pages: [Page] = []
  /// Where a declaration is described, by its full name.
  private(set) var links: [String: String] = [:]
  /// Requests and responses of a single method, which stand under it.
  private(set) var methodTypes: Set<String> = []

  init(_ declarations: Declarations) throws(ReferenceError) {
    self.declarations = declarations
    let reached = declarations.services.map { declarations.reached(from: $0.schema) }
    pages = declarations.services.map { service in
      Page(file: Self.fileName(service.schema.name), title: service.schema.name, service: service)
    }
    var shared = Page(file: Self.sharedFile, title: "Shared types", service: nil)
    for type in declarations.types {
      if let home = Self.home(of: type, among: declarations.services, reached) {
        pages[home].types.append(type)
      } else {
        shared.types.append(type)
      }
    }
    if !shared.types.isEmpty { pages.append(shared) }
    methodTypes = usedByOneMethod()
    for page in pages { try addLinks(of: page) }
  }

  /// The service beside which a type is declared, else the only one that uses it; nil when several do.
  private static func home(
    of type: Declarations.TypeDeclaration, among services: [Declarations.Service], _ reached: [Set<String>]
  ) -> Int? {
    if let own = services.firstIndex(where: { subject(of: $0.file) == subject(of: type.file) }) { return own }
    let users = reached.indices.filter { reached[$0].contains(type.fullName) }
    return users.count == 1 ? users[0] : nil
  }

  /// What a file is about: `cairn/v1/context` of `context.proto` as of `context_resource.proto`.
  private static func subject(of file: SchemaFile) -> String {
    var name = file.name.replacing(".proto", with: "")
    for suffix in ["_resource", "_service"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
    return name
  }

  /// `context-service.md` of `ContextService`.
  private static func fileName(_ service: String) -> String {
    var name = ""
    for letter in service {
      if letter.isUppercase && !name.isEmpty { name += "-" }
      name += letter.lowercased()
    }
    return name + ".md"
  }

  private func usedByOneMethod() -> Set<String> {
    let methods = declarations.services.flatMap(\.schema.methods)
    let named = methods.flatMap { Set([$0.inputType, $0.outputType]) }
    let uses = Dictionary(named.map { ($0, 1) }, uniquingKeysWith: +)
    return Set(
      uses.filter { name, count in
        count == 1 && (name.hasSuffix("Request") || name.hasSuffix("Response"))
      }.keys)
  }

  private mutating func addLinks(of page: Page) throws(ReferenceError) {
    var anchors: Set<String> = ["types", "methods"]
    func anchor(_ heading: String) throws(ReferenceError) -> String {
      // As GitHub makes them: small letters, without dots.
      let anchor = heading.lowercased().replacing(".", with: "")
      guard anchors.insert(anchor).inserted else {
        throw ReferenceError(message: "\(page.title): two headings would be \"\(heading)\"")
      }
      return "\(page.file)#\(anchor)"
    }
    if let service = page.service?.schema {
      links[service.fullName] = page.file
      for method in service.methods { links[method.fullName] = try anchor(method.name) }
    }
    for type in page.types { links[type.fullName] = try anchor(type.name) }
  }
}
