import CairnAPI
import GRPC
import Requests
import Wire

/// What one record of a file comes to.
struct ImportRecord {
  enum Content {
    /// With the number of its version; 0 where the file says none.
    case context(ContextDraft, version: Int64)
    /// What a context was before.
    case formerVersion(ContextDraft, version: Int64)
    case relationship(Relationship)
    /// Nothing to store: headers, ends, lines without text. So many of them, which follow each other.
    case ignored(Int64)
    case wrong(RPCError)
  }

  /// Its place in the file, from 1; of several the last one's.
  let sequence: Int64
  let content: Content
  /// Bytes that it is about as long as.
  let size: Int

  private init(_ content: Content, sequence: Int64) {
    (self.sequence, self.content, size) = (sequence, content, Self.size(of: content))
  }

  /// Of records that are ignored, the last of which has this place.
  init(ignored count: Int64, until sequence: Int64) { self.init(.ignored(count), sequence: sequence) }

  /// An error takes about as much as it lists.
  private static func size(of content: Content) -> Int {
    if case .wrong = content { Limits.listedItemViolationBytes } else { 0 }
  }

  /// Whether a line has nothing but white space.
  static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
    line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
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
      (content, size) = (.ignored(1), 0)
    case nil:
      content = .wrong(.recordMalformed("the record is empty, or of a kind unknown here"))
      size = Self.size(of: content)
    }
  }

  /// A line of JSON, without its line feed.
  init(line: ArraySlice<UInt8>, sequence: Int64) {
    if Self.isBlank(line) {
      self.init(.ignored(1), sequence: sequence)
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
    _ context: Context, at path: String, content: (ContextDraft, Int64) -> Content
  ) -> (Content, Int) {
    var violations = Violations(listing: Limits.listedItemViolationBytes)
    var draft = ContextDraft(validating: context, at: path, &violations)
    draft.times = ImportedTimes(validating: context, at: path, &violations)
    if context.version < 0 || context.version > Limits.importedVersion {
      violations.add("must be from 1 to \(Limits.importedVersion)", at: "\(path).version")
    }
    let result = content(draft, context.version)
    if case .formerVersion = result {
      if draft.id == nil {
        violations.add("must be set: it says of which context this is a version", at: "\(path).id")
      }
      if context.version == 0 { violations.add("must be set", at: "\(path).version") }
    }
    if let error = violations.error() { return (.wrong(error), size(of: .wrong(error))) }
    return (result, context.sizeBound(metadataBytes: draft.metadata?.utf8.count ?? 0))
  }
}
