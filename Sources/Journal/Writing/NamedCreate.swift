import Postgres

/// What a create that draws with `{named_draw}` keeps of its request, beside what ``CallScope/parameters`` say.
package struct NamedCreate: Sendable {
  let request: RequestKey
  /// The answer's bytes without position and time.
  let answer: [UInt8]
  /// For how long it is kept.
  let seconds: Int64

  package static let parameters: [Parameter<NamedCreate>] = [
    .init("request_id") { $0.request.id },
    .init("hash") { $0.request.hash },
    .init("answer") { $0.answer },
    .init("seconds") { $0.seconds },
  ]
}

extension Query {
  /// The statement of a create for requests that were named: its text begins with `WITH {draw}`, and keeps the request's
  /// answer as well.
  package convenience init<Plain>(
    named name: String, _ resource: [UInt8], including fragments: SQLFragments, _ plain: [Parameter<Plain>]
  ) where Input == (create: Plain, named: NamedCreate) {
    self.init(
      name, resource, including: fragments.with("named_draw", as: "draw"),
      Postgres.parameters(plain) { $0.create } + Postgres.parameters(NamedCreate.parameters) { $0.named })
  }
}
