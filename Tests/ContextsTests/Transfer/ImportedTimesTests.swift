import CairnAPI
import GRPC
import Requests
import TestSupport
import Testing
import Wire

@testable import Contexts

@Suite struct ImportedTimesTests {
  typealias Case = (create: Int64?, update: Int64?, delete: Int64?, times: [Int64?], wrong: [String])

  static let cases: [Case] = [
    (nil, nil, nil, [nil, nil, nil], []),
    (1, nil, nil, [1_000_000, 1_000_000, nil], []),
    (1, 2, 3, [1_000_000, 2_000_000, 3_000_000], []),
    (2, 2, nil, [2_000_000, 2_000_000, nil], []),
    (2, 1, nil, [2_000_000, 1_000_000, nil], ["c.update_time"]),
    (nil, 1, nil, [nil, 1_000_000, nil], []),
    (253_402_300_800, nil, -62_135_596_801, [nil, nil, nil], ["c.create_time", "c.delete_time"]),
  ]

  @Test("the times of a file are kept, and a change is never before its creation", arguments: cases.indices)
  func times(_ index: Int) throws {
    let (create, update, delete, expected, fields) = Self.cases[index]
    var context = Context()
    context.createTime = create.map { WellKnown.Timestamp(seconds: $0) }
    context.updateTime = update.map { WellKnown.Timestamp(seconds: $0) }
    context.deleteTime = delete.map { WellKnown.Timestamp(seconds: $0) }
    var violations = Violations()
    let times = ImportedTimes(validating: context, at: "c", &violations)
    #expect([times.create, times.update, times.delete] == expected)
    #expect(try wrongFields { () throws(RPCError) in try violations.check() } == fields)
  }
}
