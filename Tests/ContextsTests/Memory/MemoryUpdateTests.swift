import CairnAPI
import Requests
import Testing
import Wire

@testable import Contexts

@Suite struct MemoryUpdateTests {
  private func update(_ paths: [String], type: ContextType, memory: Memory?) -> ContextUpdate {
    var request = UpdateContextRequest()
    var context = Context()
    (context.id, context.type, context.memory) = ("x", type, memory)
    request.context = context
    request.updateMask = WellKnown.FieldMask()
    request.updateMask?.paths = paths
    var violations = Violations()
    let update = ContextUpdate(validating: request, &violations)
    #expect(violations.isEmpty)
    return update
  }

  private static let stored = {
    var memory = Memory.standard
    memory.confidence = 0.5
    memory.origin = MemoryOrigin()
    memory.origin?.session = "s"
    memory.origin?.task = "t"
    return memory
  }()
  private static let new = {
    var memory = Memory.standard
    memory.importance = .critical
    return memory
  }()

  typealias Case = (
    paths: [String], from: ContextType, to: ContextType, memory: Memory?, remains: Bool, wrong: Int
  )

  static let cases: [Case] = [
    // A context becomes a memory with its type, and ceases to be one where the memory is cleared with it.
    (["type"], .note, .memory, nil, true, 0),
    (["type", "memory"], .note, .memory, new, true, 0),
    (["type", "memory"], .memory, .note, nil, false, 0),
    (["type"], .memory, .note, nil, false, 1),
    (["memory"], .note, .unspecified, new, false, 1),
    (["memory.confidence"], .note, .unspecified, new, false, 1),
    (["memory"], .memory, .unspecified, nil, true, 0),
    (["title"], .memory, .unspecified, nil, true, 0),
    (["title"], .note, .unspecified, nil, false, 0),
  ]

  @Test("exactly what has the type MEMORY is a memory", arguments: cases.indices)
  func types(_ index: Int) {
    let (paths, from, to, memory, remains, wrong) = Self.cases[index]
    let update = paths == ["title"] ? titled() : update(paths, type: to, memory: memory)
    var violations = Violations()
    let result = update.memory(after: from == .memory ? Self.stored : nil, of: from, &violations)
    #expect(violations.count == wrong)
    if wrong == 0 { #expect((result != nil) == remains) }
  }

  private func titled() -> ContextUpdate {
    var request = UpdateContextRequest()
    request.context = Context()
    request.context?.id = "x"
    request.context?.title = "t"
    var violations = Violations()
    return ContextUpdate(validating: request, &violations)
  }

  @Test("a part that is named changes alone, also one of the origin")
  func parts() throws {
    var origin = Self.new
    origin.origin = MemoryOrigin()
    origin.origin?.session = "other"
    var violations = Violations()
    let changed = try #require(
      update(["memory.importance", "memory.origin.session"], type: .unspecified, memory: origin)
        .memory(after: Self.stored, of: .memory, &violations))
    #expect(violations.isEmpty)
    #expect(changed.importance == .critical && changed.confidence == 0.5)
    #expect(changed.origin?.session == "other" && changed.origin?.task == "t")
  }

  @Test("a whole memory that is named takes the place of the stored one")
  func whole() throws {
    var violations = Violations()
    let changed = update(["memory"], type: .unspecified, memory: Self.new)
      .memory(after: Self.stored, of: .memory, &violations)
    #expect(changed == Self.new)
  }
}
