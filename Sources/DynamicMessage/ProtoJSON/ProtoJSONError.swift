import Wire

/// Why a JSON text is not a message of its type, or a message has no JSON form.
package struct ProtoJSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where: `contexts[3].title`, `labels["a b"]`; empty for the message itself.
  package private(set) var path: String
  package let reason: String

  init(_ reason: String) {
    path = ""
    self.reason = reason
  }

  /// An error about the text as a whole.
  init(_ error: JSONSyntaxError) { self.init("not valid JSON: \(error)") }

  static func expected(_ what: String, found: JSONValue) -> ProtoJSONError {
    let shown: String =
      switch found {
      case .number(let digits): digits.utf8.count <= 40 ? digits : found.kindName
      case .string(let text): text.utf8.count <= 40 ? JSONPrinter.print(found) : found.kindName
      case .bool(let value): "\(value)"
      default: found.kindName
      }
    return ProtoJSONError("expected \(what), found \(shown)")
  }

  /// The same error, seen from the message that holds the place.
  func inside(_ component: PathComponent) -> ProtoJSONError {
    var error = self
    let separator = path.isEmpty || path.hasPrefix("[") ? "" : "."
    error.path = component.text + separator + path
    return error
  }

  package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

/// One step of the way to a value.
enum PathComponent {
  case field(String)
  case index(Int)
  case key(String)

  var text: String {
    switch self {
    case .field(let name): name
    case .index(let index): "[\(index)]"
    case .key(let key): "[\(JSONPrinter.print(.string(key)))]"
    }
  }

  /// Adds this step to whatever `body` throws. The path costs nothing as long as nothing is wrong.
  func around<T>(_ body: () throws(ProtoJSONError) -> T) throws(ProtoJSONError) -> T {
    do throws(ProtoJSONError) {
      return try body()
    } catch {
      throw error.inside(self)
    }
  }
}
