import CairnAPI
import Requests
import Wire

/// What makes a context a memory, as the JSON that PostgreSQL keeps and Recall's query reads.
enum MemoryJSON {
  static func text(of memory: Memory) -> String { JSONPrinter.print(value(of: memory)) }

  static func value(of memory: Memory) -> JSONValue {
    var members = [
      JSONMember("kind", .number("\(memory.kind.rawValue)")),
      JSONMember("importance", .number("\(memory.importance.rawValue)")),
      JSONMember("confidence", .number("\(memory.confidence ?? 1)")),
    ]
    if memory.source != .unspecified {
      members.append(JSONMember("source", .number("\(memory.source.rawValue)")))
    }
    let origin = memory.origin ?? MemoryOrigin()
    let texts = [
      ("session", origin.session), ("event", origin.event), ("task", origin.task), ("agent", origin.agent),
      ("principal", origin.principal),
    ]
    for (name, text) in texts where !text.isEmpty { members.append(JSONMember(name, .string(text))) }
    if let time = memory.validFrom {
      members.append(JSONMember("valid_from", .number("\(time.microseconds)")))
    }
    if let time = memory.validTo { members.append(JSONMember("valid_to", .number("\(time.microseconds)"))) }
    return .object(members)
  }

  /// From what PostgreSQL made of it; nil when that is no JSON object.
  static func memory(from text: String) -> Memory? {
    guard case .object(let members)? = try? JSONParser.parse(text) else { return nil }
    var memory = Memory.standard
    var origin = MemoryOrigin()
    for member in members {
      switch (member.name, member.value) {
      case ("kind", .number(let digits)): memory.kind = MemoryKind(rawValue: Int32(digits) ?? 0)
      case ("importance", .number(let digits)):
        memory.importance = MemoryImportance(rawValue: Int32(digits) ?? 0)
      case ("confidence", .number(let digits)): memory.confidence = Double(digits)
      case ("source", .number(let digits)): memory.source = MemorySource(rawValue: Int32(digits) ?? 0)
      case ("session", .string(let text)): origin.session = text
      case ("event", .string(let text)): origin.event = text
      case ("task", .string(let text)): origin.task = text
      case ("agent", .string(let text)): origin.agent = text
      case ("principal", .string(let text)): origin.principal = text
      case ("valid_from", .number(let digits)):
        memory.validFrom = Int64(digits).map { WellKnown.Timestamp(microseconds: $0) }
      case ("valid_to", .number(let digits)):
        memory.validTo = Int64(digits).map { WellKnown.Timestamp(microseconds: $0) }
      default: break
      }
    }
    if origin != MemoryOrigin() { memory.origin = origin }
    return memory
  }
}
