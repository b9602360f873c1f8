import CairnAPI
import Requests

extension ContextField {
  /// The fields below `memory`, which change one by one.
  var isPartOfMemory: Bool { rawValue.hasPrefix("memory.") }

  fileprivate var concernsMemory: Bool { self == .type || self == .memory || isPartOfMemory }
}

extension ContextUpdate {
  /// Whether the update may change what makes the context a memory.
  var concernsMemory: Bool { fields.contains(where: \.concernsMemory) }

  /// What the context is as a memory after the update: something exactly where its type is MEMORY then.
  ///
  /// A context becomes a memory with its type; it ceases to be one where `memory` is taken away together with the
  /// type, so that an update that only changes the type cannot lose the memory.
  func memory(
    after stored: Memory?, of type: ContextType, _ violations: inout Violations
  ) -> Memory? {
    let newType = fields.contains(.type) ? values.type : type
    guard newType == .memory else {
      let given = fields.contains(.memory) ? values.memory != nil : fields.contains(where: \.isPartOfMemory)
      if given {
        violations.add("must be absent unless the type is MEMORY", at: "context.memory")
      } else if type == .memory, !fields.contains(.memory) {
        violations.add("must stay MEMORY unless `memory` is cleared in the same update", at: "context.type")
      }
      return nil
    }
    var memory = (fields.contains(.memory) ? values.memory : stored) ?? Memory()
    memory.take(fields, from: values.memory ?? Memory())
    return violations.memory(memory, at: "context.memory")
  }

  /// The parts of `memory` that change, checked for themselves.
  static func check(memory: Memory?, fields: Set<ContextField>, into violations: inout Violations) -> Memory?
  {
    guard fields.contains(where: \.isPartOfMemory) else {
      return fields.contains(.memory) ? violations.memory(memory, at: "context.memory") : nil
    }
    var parts = Memory()
    parts.take(fields, from: memory ?? Memory())
    return violations.memory(parts, at: "context.memory")
  }
}

extension Memory {
  /// Takes over the parts that `fields` name.
  fileprivate mutating func take(_ fields: Set<ContextField>, from new: Memory) {
    var origin = self.origin ?? MemoryOrigin()
    let newOrigin = new.origin ?? MemoryOrigin()
    for field in fields {
      switch field {
      case .memoryKind: kind = new.kind
      case .memoryImportance: importance = new.importance
      case .memoryConfidence: confidence = new.confidence
      case .memorySource: source = new.source
      case .memoryValidFrom: validFrom = new.validFrom
      case .memoryValidTo: validTo = new.validTo
      case .memoryOrigin: origin = newOrigin
      case .memoryOriginSession: origin.session = newOrigin.session
      case .memoryOriginEvent: origin.event = newOrigin.event
      case .memoryOriginTask: origin.task = newOrigin.task
      case .memoryOriginAgent: origin.agent = newOrigin.agent
      case .memoryOriginPrincipal: origin.principal = newOrigin.principal
      default: break
      }
    }
    self.origin = origin == MemoryOrigin() ? nil : origin
  }

  /// What a memory is of which nothing was said.
  static var standard: Memory {
    var memory = Memory()
    memory.kind = .fact
    memory.importance = .medium
    memory.confidence = 1
    return memory
  }
}
