import DynamicMessage

/// How many messages a method takes and gives, and what it changes.
struct MethodKind {
  private let method: SchemaMethod

  init(_ method: SchemaMethod) { self.method = method }

  /// `unary, reads`
  var short: String { effect.map { "\(streaming), \($0.short)" } ?? streaming }

  /// `unary · reads only`
  var long: String { effect.map { "\(streaming) · \($0.long)" } ?? streaming }

  private var streaming: String {
    switch (method.isClientStreaming, method.isServerStreaming) {
    case (false, false): "unary"
    case (false, true): "server streaming"
    case (true, false): "client streaming"
    case (true, true): "bidirectional streaming"
    }
  }

  private var effect: (short: String, long: String)? {
    switch method.idempotency {
    case .unknown: nil
    case .noSideEffects: ("reads", "reads only, may be repeated")
    case .idempotent: ("idempotent", "may be repeated")
    }
  }
}

extension Markdown {
  /// Methods, each with what it does in one sentence.
  func table(of methods: [SchemaMethod]) -> String {
    var table = MarkdownTable("Method", "Kind", "What it does")
    for method in methods {
      table.row(link(to: method), MethodKind(method).short, summary(method.comments.leading))
    }
    return table.text
  }
}
