import CairnAPI
import Requests
import GRPC
import Wire

/// What one record of a file comes to.
struct ImportRecord {
  enum Content {
    /// With the number of its version; 0 where the file says none.
    case context(ContextDraft, version: Int64)
    /// What a context was before.
    case formerVersion(ContextDraft, version: Int64)
    case relationship(Relationship)
    /// Nothing to store: a header, an end, a line without text.
    case ignored
    case wrong(RPCError)
  }

  /// Its place in the file, from 1.
  let sequence: Int64
  let content: Content
  /// Bytes that it is about as long as.
  let size: Int

  private init(_ content: Content, sequence: Int64) {
    (self.sequence, self.content, size) = (sequence, content, 0)
  }

  init(_ record: TransferRecord, sequence: Int64) {
    self.sequence = sequence
    switch record.record {
    case .context(let context):
      (content, size) = Self.context(context, at: "context") { .context($0, version: $1) }
    case .contextVersion(let context):
      (content, size) = Self.context(context, at: "context_version") { .formerVersion($0, version: $1) }
    case .relationship(let relationship):
      var violations = Violations(listing: Limits.listedItemViolationBytes)
      _ = RelationshipDraft(validating: relationship, &violations)
      content = violations.error().map { .wrong($0) } ?? .relationship(relationship)
      size = 1_000
    case .header, .end:
      (content, size) = (.ignored, 0)
    case nil:
      (content, size) = (.wrong(.recordMalformed("the record is empty, or of a kind unknown here")), 0)
    }
  }

  /// A line of JSON, without its line feed.
  init(line: ArraySlice<UInt8>, sequence: Int64) {
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
      self.init(.ignored, sequence: sequence)
      return
    }
    guard let text = String(validating: line, as: UTF8.self) else {
      self.init(.wrong(.recordMalformed("the line is not UTF-8")), sequence: sequence)
      return
    }
    do throws(JSONError) {
      self.init(try TransferRecord(json: text), sequence: sequence)
    } catch {
      let why = "the line is no TransferRecord in JSON: \(error)"
      self.init(.wrong(.recordMalformed(why)), sequence: sequence)
    }
  }

  private static func context(
    _ context: Context, at path: String, _ content: (ContextDraft, Int64) -> Content
  ) -> (Content, Int) {
    var violations = Violations(listing: Limits.listedItemViolationBytes)
    var draft = ContextDraft(validating: context, at: path, &violations)
    draft.times = ImportedTimes(validating: context, at: path, &violations)
    if context.version < 0 || context.version > Limits.importedVersion {
      violations.add("\(path).version", "must be from 1 to \(Limits.importedVersion)")
    }
    let result = content(draft, context.version)
    if case .formerVersion = result {
      if draft.id == nil {
        violations.add("\(path).id", "must be set: it says of which context this is a version")
      }
      if context.version == 0 { violations.add("\(path).version", "must be set") }
    }
    if let error = violations.error() { return (.wrong(error), 0) }
    return (result, context.sizeBound(metadataBytes: draft.metadata?.utf8.count ?? 0))
  }

  /// The records of one message of a stream, numbered; those at or below `acknowledged` are left out.
  static func records(
    of request: ImportContextsRequest, from first: Int64, after acknowledged: Int64
  ) -> [ImportRecord] {
    var records: [ImportRecord] = []
    var sequence = first
    for record in request.records {
      if sequence > acknowledged { records.append(ImportRecord(record, sequence: sequence)) }
      sequence += 1
    }
    for line in JSONLines(request.jsonLines) {
      if sequence > acknowledged { records.append(ImportRecord(line: line, sequence: sequence)) }
      sequence += 1
    }
    return records
  }

  /// How many records a message holds.
  static func count(in request: ImportContextsRequest) -> Int64 {
    Int64(request.records.count + JSONLines(request.jsonLines).count { _ in true })
  }
}
