import CairnAPI
import Journal
import Requests
import Wire

extension ContextDraft {
  /// A memory that may be stored: what a request of Remember or Supersede leaves out is taken from the call.
  init(
    remembering context: Context?, by scope: CallScope, at path: String, _ violations: inout Violations
  ) {
    guard var context else {
      self.init(validating: nil, at: path, &violations)
      return
    }
    switch context.type {
    case .unspecified, .memory: context.type = .memory
    case .unrecognized: break
    default: violations.add("must be MEMORY or unspecified", at: "\(path).type")
    }
    if context.title.isEmpty { context.title = MemoryTitle.made(of: context.content) }
    if context.type == .memory {
      var memory = context.memory ?? Memory()
      memory.origin = (memory.origin ?? MemoryOrigin()).completed(by: scope)
      if context.session.isEmpty { context.session = memory.origin?.session ?? "" }
      context.memory = memory
    }
    self.init(validating: context, at: path, &violations)
  }
}

extension MemoryOrigin {
  /// With what the call says where the request says nothing.
  fileprivate func completed(by scope: CallScope) -> MemoryOrigin {
    var origin = self
    if origin.session.isEmpty { origin.session = scope.session ?? "" }
    if origin.task.isEmpty { origin.task = scope.task ?? "" }
    if origin.agent.isEmpty { origin.agent = scope.agent ?? "" }
    if origin.principal.isEmpty { origin.principal = scope.principal }
    return origin
  }
}

/// Titles for memories that have none.
enum MemoryTitle {
  static let length = 120

  /// The first line that is not empty, cut; empty when there is none.
  static func made(of content: String) -> String {
    // White space that is ASCII is passed over as bytes: a content may consist of a million.
    let start = content.utf8.firstIndex { $0 > 0x20 || !isSpace($0) } ?? content.endIndex
    let text = content[start...].unicodeScalars.drop { $0.properties.isWhitespace }
    let line = text.prefix(length + 1).prefix { $0.value != 0x0a && $0.value != 0x0d }
    return line.count <= length ? String(line) : String(line.prefix(length - 1)) + "…"
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }
}
