import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// Records that follow each other in a file and are stored in one write.
struct ImportBatch {
  /// A record that cannot be stored, by its place in the file.
  typealias Failure = (sequence: Int64, error: RPCError)

  /// Contexts, and former versions of contexts, under the ids that they get, no id twice.
  var contexts: [NamedDraft] = []
  /// The ids of those that are former versions.
  var former: Set<TextKey> = []
  /// Relationships with their places, no key twice; never beside contexts, which they may belong to.
  var relationships: [(sequence: Int64, relationship: Relationship)] = []
  var failures: [Failure] = []
  /// Contexts that need not be looked at: their id came before in this batch.
  var skipped: Int64 = 0
  var ignored: Int64 = 0
  /// The place of the last record.
  var last: Int64 = 0

  /// Takes the records that may go together from the front of `records`: at most a thousand contexts, of
  /// bounded size. The next one with an id that is there already begins another batch, so that each finds
  /// what the one before it left.
  init(
    from records: inout ArraySlice<ImportRecord>, _ plan: ContextImport, after progress: ImportProgress
  ) {
    let began = progress.began
    var ids: Set<TextKey> = []
    var bytes = 0
    while let record = records.first {
      switch record.content {
      case .relationship(let relationship):
        let moved = plan.moved(relationship, began: began)
        let key = moved.key.text
        if !contexts.isEmpty || ids.contains(key) || relationships.count == Limits.batchItems { return }
        _ = ids.add(key)
        relationships.append((record.sequence, moved))
      case .formerVersion where plan.ignoresVersions: ignored += 1
      case .context(let draft, let version), .formerVersion(let draft, let version):
        if !relationships.isEmpty { return }
        let id = plan.id(for: draft, record.sequence, began: began)
        let isFormer = record.content.isFormerVersion
        if ids.contains(id), isFormer || former.contains(id) || plan.mode == .overwrite { return }
        if contexts.count == Limits.batchItems { return }
        if !contexts.isEmpty, bytes + record.size > Limits.importBytes { return }
        bytes += record.size
        if isFormer, former.count + progress.unfinished.count >= Limits.unfinishedImports {
          if failures.count == Limits.batchItems { return }
          failures.append((record.sequence, .tooManyUnfinished))
          if plan.stopsAtErrors { return }
        } else if ids.add(id) {
          contexts.append(NamedDraft(id: id, draft: draft, version: version))
          if isFormer { former.insert(TextKey(id)) }
        } else {
          skipped += 1
        }
      case .ignored(let count): ignored += count
      case .wrong(let error):
        if failures.count == Limits.batchItems { return }
        failures.append((record.sequence, error))
        if plan.stopsAtErrors {
          // The records before the wrong one are stored; the progress stays in front of it.
          return
        }
      }
      last = record.sequence
      records.removeFirst()
    }
  }
}

extension ImportRecord.Content {
  fileprivate var isFormerVersion: Bool { if case .formerVersion = self { true } else { false } }
}

extension ContextImport {
  /// The id under which a context is stored: always the same one for the same record of the same import, so
  /// that one that goes on after a cut, or meets an id again, finds what it has stored.
  func id(for draft: ContextDraft, _ sequence: Int64, began: Int64) -> String {
    if mode != .newIDs, let id = draft.id { return id }
    return newID(of: draft.id.map { "i" + $0 } ?? "s\(sequence)", began: began)
  }

  /// The relationship as it is stored: between the new ids. An import that keeps existing relationships stores it only
  /// if there is none.
  func moved(_ relationship: Relationship, began: Int64) -> Relationship {
    var moved = relationship
    if mode == .newIDs {
      moved.source = newID(of: "i" + relationship.source, began: began)
      moved.target = newID(of: "i" + relationship.target, began: began)
    }
    moved.etag = mode == .overwrite || relationship.validTo != nil ? "" : RelationshipDraft.none
    return moved
  }

  /// A UUID of version 7 whose time is the beginning of the import, and whose other bits are a hash of what
  /// it stands for.
  private func newID(of source: String, began: Int64) -> String {
    let milliseconds = UInt64(clamping: began / 1_000) & 0xffff_ffff_ffff
    let high = Fingerprint(parts: ["high", id, source]).value
    let low = Fingerprint(parts: ["low", source, id]).value
    return UUID128(
      high: milliseconds << 16 | 0x7000 | (high ^ high >> 32) & 0xfff,
      low: (low ^ low >> 29 ^ high << 17) & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
    ).description
  }
}
