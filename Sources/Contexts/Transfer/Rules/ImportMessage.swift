import CairnAPI
import Requests

/// The records of one message of an import, read a part at a time: what a message holds can take seconds to
/// read, and many times its size in memory.
struct ImportMessage: Sendable {
  private var records: ArraySlice<TransferRecord>
  private var lines: JSONLines
  /// The place of the next record.
  private(set) var sequence: Int64
  /// Records up to this place are left out.
  private let acknowledged: Int64

  /// How much is read at once: some milliseconds.
  private static let partBytes = 256 << 10
  private static let partRecords = 1_000

  init(_ request: ImportContextsRequest, from first: Int64, after acknowledged: Int64) {
    records = request.records[...]
    lines = JSONLines(request.jsonLines)
    sequence = first
    self.acknowledged = acknowledged
  }

  var isAtEnd: Bool { records.isEmpty && lines.isAtEnd }

  /// The next records, in their order; none only when all that was read is left out.
  mutating func next() -> [ImportRecord] {
    var part: [ImportRecord] = []
    var bytes = 0
    while bytes < Self.partBytes, part.count < Self.partRecords, let record = records.popFirst() {
      bytes += record.readBytes
      if sequence > acknowledged { part.append(ImportRecord(record, sequence: sequence)) }
      sequence += 1
    }
    guard records.isEmpty else { return part }
    var ignored: Int64 = 0
    while bytes < Self.partBytes, part.count < Self.partRecords, let line = lines.next() {
      bytes += line.count + 1
      defer { sequence += 1 }
      guard sequence > acknowledged else { continue }
      if ImportRecord.isBlank(line) {
        ignored += 1
        continue
      }
      if ignored > 0 { part.append(ImportRecord(ignored: ignored, until: sequence - 1)) }
      ignored = 0
      part.append(ImportRecord(line: line, sequence: sequence))
    }
    if ignored > 0 { part.append(ImportRecord(ignored: ignored, until: sequence - 1)) }
    return part
  }
}

extension TransferRecord {
  /// About how many bytes there are to read.
  fileprivate var readBytes: Int {
    switch record {
    case .context(let context), .contextVersion(let context):
      256 + context.content.utf8.count + context.data.count
    default: 64
    }
  }
}
