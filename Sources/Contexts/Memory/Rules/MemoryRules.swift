import CairnAPI
import Requests
import Wire

extension Violations {
  /// What a new context is as a memory, with the standard values filled in; nil when it is none.
  mutating func memory(_ field: String, _ context: Context) -> Memory? {
    guard context.type == .memory else {
      if context.memory != nil { add(field, "must be absent unless the type is MEMORY") }
      return nil
    }
    return memory(field, context.memory ?? Memory())
  }

  /// The same of a context whose type is known to be right.
  mutating func memory(_ field: String, _ memory: Memory?) -> Memory? {
    guard var memory else { return nil }
    memoryKind("\(field).kind", memory.kind)
    memoryImportance("\(field).importance", memory.importance)
    memorySource("\(field).source", memory.source)
    let confidence = memory.confidence ?? 1
    if !(0...1).contains(confidence) { add("\(field).confidence", "must be from 0 to 1, not \(confidence)") }
    let origin = memory.origin ?? MemoryOrigin()
    optionalIdentifier("\(field).origin.session", origin.session)
    optionalIdentifier("\(field).origin.event", origin.event)
    optionalIdentifier("\(field).origin.task", origin.task)
    optionalIdentifier("\(field).origin.agent", origin.agent)
    optionalIdentifier("\(field).origin.principal", origin.principal)
    memory.validFrom = storedTime("\(field).valid_from", memory.validFrom)
    memory.validTo = storedTime("\(field).valid_to", memory.validTo)
    if let from = memory.validFrom, let to = memory.validTo, to.microseconds <= from.microseconds {
      add("\(field).valid_to", "must be after valid_from")
    }
    if memory.kind == .unspecified { memory.kind = .fact }
    if memory.importance == .unspecified { memory.importance = .medium }
    memory.confidence = confidence
    if origin == MemoryOrigin() { memory.origin = nil }
    return memory
  }

  mutating func memoryKind(_ field: String, _ kind: MemoryKind) {
    if case .unrecognized(let number) = kind { add(field, "has an unknown value, \(number)") }
  }

  mutating func memoryImportance(_ field: String, _ importance: MemoryImportance) {
    if case .unrecognized(let number) = importance { add(field, "has an unknown value, \(number)") }
  }

  mutating func memorySource(_ field: String, _ source: MemorySource) {
    if case .unrecognized(let number) = source { add(field, "has an unknown value, \(number)") }
  }
}
