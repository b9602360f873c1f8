import CairnAPI
import Requests
import Wire

/// A copy of some frames of a replay, as a client keeps them. Pure.
struct ReplayCopy: Sendable {
  let frames: [ReplayFrame]

  /// By their places.
  var events: [Int64: SessionEvent] {
    var events: [Int64: SessionEvent] = [:]
    for frame in frames { if case .event(let event) = frame.content { events[event.sequence] = event } }
    return events
  }

  var snapshots: [ReplaySnapshot] {
    frames.compactMap { if case .snapshot(let snapshot) = $0.content { snapshot } else { nil } }
  }

  /// What is wrong with it by itself.
  func findings() -> ReplayFindings {
    var findings = ReplayFindings()
    var last: Int64?
    // What its events lead to, where that is known.
    var state: ReplayState?
    for frame in frames {
      switch frame.content {
      case .event(let event):
        if let last { findings.follow(event.sequence, after: last) }
        last = event.sequence
        guard let (step, contradictions) = state?.apply(event) else { continue }
        findings.add(contradictions)
        if step == .restored { state = nil }
      case .snapshot(let snapshot):
        if snapshot.trueChecksum != snapshot.checksum {
          findings.add(
            ReplayFinding(
              .checksum, snapshot.eventCount,
              "the snapshot behind event \(snapshot.eventCount) is not what its checksum says"))
        }
        if let last, last != snapshot.eventCount {
          findings.add(
            ReplayFinding(
              .gap, snapshot.eventCount,
              "the snapshot behind event \(snapshot.eventCount) stands behind event \(last)"))
        }
        let stored = ReplayState(snapshot)
        if let contradiction = state?.contradiction(of: stored, after: snapshot.eventCount) {
          findings.add(contradiction)
        }
        (state, last) = (stored, last ?? snapshot.eventCount)
      case nil:
        findings.add(ReplayFinding(.unknown, frame.sequence, "a frame has neither an event nor a snapshot"))
      }
    }
    return findings
  }
}
