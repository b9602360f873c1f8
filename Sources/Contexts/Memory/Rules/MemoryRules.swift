import CairnAPI
import Requests
import Wire

extension Violations {
  /// What a new context is as a memory, with the standard values filled in; nil when it is none.
  mutating func memory(_ context: Context, at field: String) -> Memory? {
    guard context.type == .memory else {
      if context.memory != nil { add("must be absent unless the type is MEMORY", at: field) }
      return nil
    }
    return memory(context.memory ?? Memory(), at: field)
  }

  /// The same of a context whose type is known to be right.
  mutating func memory(_ memory: Memory?, at field: String) -> Memory? {
    guard var memory else { return nil }
    memoryKind(memory.kind, at: "\(field).kind")
    memoryImportance(memory.importance, at: "\(field).importance")
    memorySource(memory.source, at: "\(field).source")
    let confidence = memory.confidence ?? 1
    if !(0...1).contains(confidence) {
      add("must be from 0 to 1, not \(confidence)", at: "\(field).confidence")
    }
    let origin = memory.origin ?? MemoryOrigin()
    optionalIdentifier(origin.session, at: "\(field).origin.session")
    optionalIdentifier(origin.event, at: "\(field).origin.event")
    optionalIdentifier(origin.task, at: "\(field).origin.task")
    optionalIdentifier(origin.agent, at: "\(field).origin.agent")
    optionalIdentifier(origin.principal, at: "\(field).origin.principal")
    memory.validFrom = storedTime(memory.validFrom, at: "\(field).valid_from")
    memory.validTo = storedTime(memory.validTo, at: "\(field).valid_to")
    if let from = memory.validFrom, let to = memory.validTo, to.microseconds <= from.microseconds {
      add("must be after valid_from", at: "\(field).valid_to")
    }
    if memory.kind == .unspecified { memory.kind = .fact }
    if memory.importance == .unspecified { memory.importance = .medium }
    memory.confidence = confidence
    if origin == MemoryOrigin() { memory.origin = nil }
    return memory
  }

  mutating func memoryKind(_ kind: MemoryKind, at field: String) {
    if case .unrecognized(let number) = kind { add("has an unknown value, \(number)", at: field) }
  }

  mutating func memoryImportance(_ importance: MemoryImportance, at field: String) {
    if case .unrecognized(let number) = importance { add("has an unknown value, \(number)", at: field) }
  }

  mutating func memorySource(_ source: MemorySource, at field: String) {
    if case .unrecognized(let number) = source { add("has an unknown value, \(number)", at: field) }
  }
}
