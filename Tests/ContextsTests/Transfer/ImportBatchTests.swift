import CairnAPI
import Requests
import Testing
import Wire

@testable import Contexts

@Suite("Batches of an import")
struct ImportBatchTests {
  static func plan(
    _ mode: ImportMode, ignoringVersions: Bool = false, stopping: Bool = false
  ) throws -> ContextImport {
    var options = ImportOptions()
    options.importId = "i"
    options.mode = mode
    options.ignoreVersions = ignoringVersions
    options.onError = stopping ? .stop : .skip
    return try ContextImport(validating: options)
  }

  /// `a` a context, `A` a former version of it, `?` a wrong record, `-` a line without text, `ab>` a relationship.
  static func records(_ text: String) -> ArraySlice<ImportRecord> {
    var records: [ImportRecord] = []
    for (index, character) in text.enumerated() {
      var record = TransferRecord()
      var context = Context()
      context.id = character.lowercased()
      context.title = "t"
      context.version = Int64(index + 1)
      let sequence = Int64(index + 1)
      switch character {
      case "?": records.append(ImportRecord(TransferRecord(), sequence: sequence))
      case "-": records.append(ImportRecord(line: [], sequence: sequence))
      case ">":
        var relationship = Relationship()
        (relationship.source, relationship.target, relationship.kind) = ("a", "b\(index)", .relatesTo)
        record.record = .relationship(relationship)
        records.append(ImportRecord(record, sequence: sequence))
      default:
        record.record = character.isUppercase ? .contextVersion(context) : .context(context)
        records.append(ImportRecord(record, sequence: sequence))
      }
    }
    return records[...]
  }

  @Test(
    "records go together as long as none is in the way of another",
    arguments: [
      ("abc", ImportMode.skip, [3]), ("aba", .skip, [3]), ("aba", .overwrite, [2, 3]), ("Aa", .skip, [1, 2]),
      ("ABab", .skip, [2, 4]), ("ABAab", .newIds, [2, 3, 5]), ("aA", .skip, [1, 2]),
      ("ab>>c", .skip, [2, 4, 5]),
      ("a?b-c", .skip, [5]), ("A>a", .skip, [1, 2, 3]),
    ])
  func grouping(text: String, mode: ImportMode, ends: [Int64]) throws {
    var records = Self.records(text)
    var found: [Int64] = []
    while !records.isEmpty {
      found.append(ImportBatch(from: &records, try Self.plan(mode), after: ImportProgress()).last)
    }
    #expect(found == ends)
  }

  @Test("former versions are left out when they are not wanted")
  func ignoring() throws {
    var records = Self.records("ABAab")
    let batch = ImportBatch(
      from: &records, try Self.plan(.skip, ignoringVersions: true), after: ImportProgress())
    #expect(records.isEmpty && batch.ignored == 3 && batch.former.isEmpty)
    #expect(batch.contexts.map(\.id) == ["a", "b"])
  }

  /// What is there, what is unfinished, and what becomes of a batch: new, overwritten, skipped, unfinished.
  @Test(
    "a context is new, goes on with its history, is overwritten or stays",
    arguments: [
      ("a", "", "", ImportMode.skip, "a", "", 0, ""), ("a", "a", "", .skip, "", "", 1, ""),
      ("a", "a", "", .overwrite, "", "a", 0, ""), ("A", "", "", .skip, "a", "", 0, "a"),
      ("A", "a", "", .skip, "", "", 1, ""), ("A", "a", "", .overwrite, "", "", 1, ""),
      ("A", "a", "a", .skip, "", "a", 0, "a"), ("a", "a", "a", .skip, "", "a", 0, ""),
      ("a", "", "a", .skip, "a", "", 0, ""), ("Ab", "b", "c", .overwrite, "a", "b", 0, "ac"),
    ])
  func decisions(
    text: String, taken: String, unfinished: String, mode: ImportMode, new: String, overwritten: String,
    skipped: Int64, left: String
  ) throws {
    var records = Self.records(text)
    let plan = try Self.plan(mode)
    let batch = ImportBatch(from: &records, plan, after: ImportProgress())
    func ids(_ text: String) -> [String] { text.map(String.init) }
    let decided = DecidedBatch(
      batch, taken: Dictionary(uniqueKeysWithValues: ids(taken).map { (TextKey($0), 4) }), plan.mode,
      unfinished: Set(of: ids(unfinished)))
    #expect(decided.new.map(\.id) == ids(new))
    #expect(decided.overwritten.map(\.id) == ids(overwritten))
    #expect(decided.counts.skipped == skipped)
    #expect(decided.counts.unfinished == Set(of: ids(left)))
  }

  @Test("only a context with a history keeps its number")
  func numbers() throws {
    func versions(_ text: String, unfinished: Set<TextKey> = []) throws -> [Int64] {
      var records = Self.records(text)
      let batch = ImportBatch(from: &records, try Self.plan(.overwrite), after: ImportProgress())
      let taken = Dictionary(uniqueKeysWithValues: unfinished.map { ($0, Int64(2)) })
      let decided = DecidedBatch(batch, taken: taken, .overwrite, unfinished: unfinished)
      return (decided.new + decided.overwritten).map(\.version)
    }
    #expect(try versions("--a") == [0])
    #expect(try versions("--A") == [3])
    #expect(try versions("--a", unfinished: ["a"]) == [3])
  }

  @Test("contexts that wait for their own record are bounded")
  func bound() throws {
    var progress = ImportProgress()
    progress.unfinished = Set(of: (0..<Limits.unfinishedImports).map { "u\($0)" })
    var records = Self.records("Ab")
    let batch = ImportBatch(from: &records, try Self.plan(.skip), after: progress)
    #expect(batch.failures.map(\.sequence) == [1] && batch.contexts.map(\.id) == ["b"])
  }
}
