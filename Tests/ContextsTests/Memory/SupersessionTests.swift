import CairnAPI
import GRPC
import Journal
import Requests
import TestSupport
import Testing
import Wire

@testable import Contexts

@Suite struct SupersessionTests {
  private static let scope = CallScope(operation: "test.Memory/Supersede")

  private static func request(_ ids: [String], new: String = "", until: Int64? = nil) -> SupersedeRequest {
    var request = SupersedeRequest()
    request.superseded = ids.map { id in
      var memory = SupersededMemory()
      memory.id = id
      return memory
    }
    request.context = Context()
    request.context?.id = new
    request.context?.content = "what holds now"
    if let until {
      request.context?.memory = Memory.standard
      request.context?.memory?.validTo = WellKnown.Timestamp(microseconds: until)
    }
    return request
  }

  typealias Case = (ids: [String], new: String, wrong: [String])

  static let cases: [Case] = [
    (["a", "b"], "c", []), ((0..<100).map(String.init), "", []), ([], "", ["superseded"]),
    ((0..<101).map(String.init), "", ["superseded"]), (["a", "a"], "", ["superseded[1].id"]),
    (["a", "", "b\n"], "", ["superseded[1].id", "superseded[2].id"]),
    (["a", "b"], "b", ["superseded[1].id"]),
  ]

  @Test("each memory is superseded once, and by another one", arguments: cases.indices)
  func validation(_ index: Int) throws {
    let (ids, new, expected) = Self.cases[index]
    let request = Self.request(ids, new: new)
    let wrong = try wrongFields { () throws(RPCError) in
      _ = try Supersession(validating: request, by: Self.scope)
    }
    #expect(wrong == expected)
  }

  private static func head(isDeleted: Bool = false, until: Int64? = nil, isMemory: Bool = true) -> StoredHead
  {
    var memory = Memory.standard
    memory.validTo = until.map { WellKnown.Timestamp(microseconds: $0) }
    return StoredHead(
      id: "a", version: 3, position: 30, isDeleted: isDeleted, contentBytes: 0, dataBytes: 0, metadata: nil,
      type: isMemory ? .memory : .note, memory: isMemory ? memory : nil)
  }

  typealias Decision = (head: StoredHead?, taken: Bool?, until: Int64?, reason: ErrorReason?)

  /// At the time 100.
  static let decisions: [Decision] = [
    (head(), nil, nil, nil), (head(until: 101), nil, nil, nil), (head(until: 100), nil, nil, .memoryEnded),
    (nil, nil, nil, .contextNotFound), (head(isDeleted: true), nil, nil, .contextDeleted),
    (head(isMemory: false), nil, nil, .notAMemory), (head(), false, nil, .contextExists),
    (head(), true, nil, .contextExists), (head(), nil, 100, .fieldInvalid), (head(), nil, 101, nil),
  ]

  @Test("what is there, is a memory and still holds can be superseded", arguments: decisions.indices)
  func decides(_ index: Int) throws {
    let (head, taken, until, expected) = Self.decisions[index]
    let supersession = try Supersession(validating: Self.request(["a"], until: until), by: Self.scope)
    var reason: ErrorReason?
    do throws(RPCError) {
      _ = try supersession.resolved(
        { $0 == "a" ? head : nil }, takenByDeleted: taken, at: 100)
    } catch { reason = error.reason }
    #expect(reason == expected)
  }
}
