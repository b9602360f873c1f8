import Wire

/// How a call failed: what the client sees as its status, details and trailers.
///
/// One pointer: each frame of an async function that throws it has room for one or more, and an open call
/// holds a stack of frames.
@usableFromInline package struct RPCError: Error, Sendable {
  private var storage: Storage

  package init(
    _ code: StatusCode, _ message: String, details: [WellKnown.`Any`] = [], metadata: Metadata = [:]
  ) {
    storage = Storage(Content(code: code, message: message, details: details, metadata: metadata))
  }

  package var code: StatusCode {
    get { storage.content.code }
    set { change { $0.code = newValue } }
  }
  /// For people: what is wrong and what to do about it.
  package var message: String {
    get { storage.content.message }
    set { change { $0.message = newValue } }
  }
  /// For programs: messages of google.rpc/error_details.proto and the like.
  package var details: [WellKnown.`Any`] {
    get { storage.content.details }
    set { change { $0.details = newValue } }
  }
  /// Sent with the trailers.
  package var metadata: Metadata {
    get { storage.content.metadata }
    set { change { $0.metadata = newValue } }
  }

  private mutating func change(_ body: (inout Content) -> Void) {
    var content = storage.content
    body(&content)
    storage = Storage(content)
  }
}

extension RPCError: Hashable {
  @usableFromInline package static func == (left: RPCError, right: RPCError) -> Bool {
    left.storage.content == right.storage.content
  }

  @usableFromInline package func hash(into hasher: inout Hasher) { hasher.combine(storage.content) }
}

extension RPCError: CustomStringConvertible {
  @usableFromInline package var description: String { "\(code): \(message)" }
}

private struct Content: Hashable, Sendable {
  var code: StatusCode
  var message: String
  var details: [WellKnown.`Any`]
  var metadata: Metadata
}

private final class Storage: Sendable {
  let content: Content

  init(_ content: Content) { self.content = content }
}
