import CairnAPI
import Requests

/// What is wrong with a replay: all of it counted, the first of it listed.
struct ReplayFindings: Sendable, Equatable {
  private(set) var listed: [ReplayFinding] = []
  private(set) var count: Int64 = 0

  mutating func add(_ finding: ReplayFinding) {
    count += 1
    if listed.count < Limits.listedFindings { listed.append(finding) }
  }

  mutating func add(_ findings: [ReplayFinding]) {
    for finding in findings { add(finding) }
  }

  /// Notes an event whose place is not the next one.
  mutating func follow(_ sequence: Int64, after last: Int64) {
    // Numbers of a copy may be any.
    if sequence > .min, sequence - 1 == last { return }
    if sequence <= last {
      add(ReplayFinding(.repeated, sequence, "event \(sequence) stands behind event \(last)"))
    } else {
      add(ReplayFinding(.gap, sequence, "event \(sequence) stands right behind event \(last)"))
    }
  }

  /// Notes that events are not there at the end.
  mutating func missing(upTo end: Int64, after last: Int64) {
    if last < end { add(ReplayFinding(.gap, end, "nothing is there behind event \(last)")) }
  }
}
