import CairnAPI
import GRPC
import Journal
import TestSupport
import Testing
import Wire

@testable import Contexts

@Suite struct ContextImportTests {
  typealias Case = (change: @Sendable (inout ImportOptions) -> Void, wrong: [String])

  static let cases: [Case] = [
    ({ _ in }, []),
    ({ $0.importId = String(repeating: "🪨", count: 128) }, []),
    ({ $0.importId = String(repeating: "x", count: 129) }, ["options.import_id"]),
    ({ $0.importId = "a\n" }, ["options.import_id"]),
    ({ $0.mode = .newIds }, []),
    ({ $0.mode = .unrecognized(4) }, ["options.mode"]),
    ({ $0.mode = .unrecognized(-1) }, ["options.mode"]),
    // Beyond the 16 bits in which the mode is stored.
    ({ $0.mode = .unrecognized(.max) }, ["options.mode"]),
    ({ $0.mode = .unrecognized(.min) }, ["options.mode"]),
    ({ $0.mode = .unrecognized(65_537) }, ["options.mode"]),
    ({ $0.onError = .unrecognized(3) }, ["options.on_error"]),
    ({ $0.onError = .unrecognized(.min) }, ["options.on_error"]),
    (
      {
        $0.importId = "\0"
        $0.mode = .unrecognized(9)
        $0.onError = .unrecognized(9)
      }, ["options.import_id", "options.mode", "options.on_error"]
    ),
  ]

  @Test("everything wrong with the options is named", arguments: cases.indices)
  func validation(_ index: Int) throws {
    var options = ImportOptions()
    Self.cases[index].change(&options)
    let wrong = try wrongFields { () throws(RPCError) in _ = try ContextImport(validating: options) }
    #expect(wrong == Self.cases[index].wrong)
  }

  @Test("nothing said means: what is there stays, wrong records are passed over, and everything is stored")
  func defaults() throws {
    for options in [nil, ImportOptions()] {
      let plan = try ContextImport(validating: options)
      #expect(plan.mode == .skip && !plan.stopsAtErrors && !plan.isOnlyAsked && !plan.ignoresVersions)
    }
  }

  @Test("an import without a name gets one of its own, and a name stays as it is written")
  func names() throws {
    var options = ImportOptions()
    let made = try (0..<3).map { _ in try ContextImport(validating: options).id }
    #expect(Set(made).count == 3 && made.allSatisfy { $0.utf8.count == 36 })
    options.importId = "e\u{301}"
    #expect(Array(try ContextImport(validating: options).id.utf8) == [0x65, 0xcc, 0x81])
  }

  @Test(
    "options become what they say",
    arguments: [
      (.unspecified, .unspecified, .skip, false), (.skip, .skip, .skip, false),
      (.overwrite, .stop, .overwrite, true),
      (.newIds, .stop, .newIDs, true),
    ] as [(ImportMode, ImportErrorPolicy, ContextImport.Mode, Bool)])
  func options(_ mode: ImportMode, _ policy: ImportErrorPolicy, _ stored: ContextImport.Mode, _ stops: Bool)
    throws
  {
    for flag in [false, true] {
      var options = ImportOptions()
      (options.mode, options.onError, options.validateOnly, options.ignoreVersions) = (
        mode, policy, flag, !flag
      )
      let plan = try ContextImport(validating: options)
      #expect(plan.mode == stored && plan.stopsAtErrors == stops)
      #expect(plan.isOnlyAsked == flag && plan.ignoresVersions == !flag)
    }
  }

  @Test("what the database has for a mode never changes")
  func stored() {
    #expect([ContextImport.Mode.skip, .overwrite, .newIDs].map(\.rawValue) == [1, 2, 3])
  }

  @Test("the progress of a batch counts what is known before anybody looks at what is stored")
  func known() throws {
    var records = ImportBatchTests.records("a?-aA")
    let batch = ImportBatch(from: &records, try ImportBatchTests.plan(.skip), after: ImportProgress())
    let progress = ImportProgress(of: batch, unfinished: ["u"])
    var expected = ImportProgress()
    (expected.acknowledged, expected.failed, expected.ignored, expected.skipped) = (4, 1, 1, 1)
    expected.unfinished = ["u"]
    #expect(progress == expected)
  }

  @Test("counts add up; place, position and what is unfinished go on; beginning and epoch stay")
  func sums() {
    func progress(_ number: Int64, position: Int64, unfinished: Set<TextKey>) -> ImportProgress {
      var progress = ImportProgress()
      (progress.began, progress.epoch, progress.acknowledged) = (number, number + 1, number + 2)
      (progress.stored, progress.overwritten, progress.skipped) = (number + 3, number + 4, number + 5)
      (progress.failed, progress.ignored, progress.versions) = (number + 6, number + 7, number + 8)
      (progress.position, progress.unfinished) = (position, unfinished)
      return progress
    }
    let sum = progress(10, position: 900, unfinished: ["a"])
      .adding(progress(100, position: 0, unfinished: ["e\u{301}", "\u{e9}"]))
    #expect(sum.began == 10 && sum.epoch == 11 && sum.acknowledged == 102)
    #expect(sum.stored == 116 && sum.overwritten == 118 && sum.skipped == 120)
    #expect(sum.failed == 122 && sum.ignored == 124 && sum.versions == 126)
    // A batch that wrote nothing has no position.
    #expect(sum.position == 900 && sum.unfinished.count == 2 && !sum.unfinished.contains("a"))
    #expect(sum.adding(progress(0, position: .max, unfinished: [])).position == .max)
  }

  @Test("refusals name the import, or the place in its file")
  func refusals() {
    let gap = RPCError.importGap(expected: 7, sequence: .max)
    #expect(gap.code == .invalidArgument && gap.reason == .importGap)
    #expect(gap.particular("expected") == "7" && gap.particular("sequence") == "9223372036854775807")
    let taken = RPCError.importTakenOver("e\u{301}")
    #expect(taken.code == .aborted && taken.reason == .importTakenOver)
    #expect(taken.particular("import_id").map { Array($0.utf8) } == [0x65, 0xcc, 0x81])
    let reused = RPCError.importIDReused(String(repeating: "x", count: 10_000))
    #expect(
      reused.code == .invalidArgument && reused.reason == .importIdReused && reused.message.utf8.count < 300)
    #expect(RPCError.tooManyUnfinished.reason == .recordMalformed)
  }
}
