import CairnAPI

/// One step of a replay as a line.
enum FrameText {
  /// An event as in its log; of a snapshot `    12  2026-11-22 06:10:05.120  ── broken, agents: ann, bob`. Nil for what has neither.
  static func line(_ frame: ReplayFrame, _ style: TextStyle) -> String? {
    switch frame.content {
    case .event(let event): EventLine.text(event, style)
    case .snapshot(let snapshot): text(snapshot, frame, style)
    case nil: nil
    }
  }

  private static func text(_ snapshot: ReplaySnapshot, _ frame: ReplayFrame, _ style: TextStyle) -> String {
    let number = String(frame.sequence)
    let room = String(repeating: " ", count: max(0, 6 - number.count))
    let agents =
      snapshot.agents.isEmpty ? "nobody takes part" : "agents: \(SafeText.list(snapshot.agents, columns: 60))"
    let standing = "── \(snapshot.kind.word): \(snapshot.state.word), \(agents)"
    return style.paint("\(room)\(number)  \(TimeText.moment(frame.time))  \(standing)", .faint)
  }
}
