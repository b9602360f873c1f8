import CairnAPI
import Wire

/// What `cairn session timeline` shows above its events.
///
/// ```
/// review  4 events
///   from        2026-11-22 06:10:05.120
///   to          2026-11-22 06:12:44.003
///   types       modified 2, broke 1, handoff 1
///   severities  high 1
///   agents      ann 3, bob 1
/// ```
enum TimelineText {
  static func lines(_ summary: TimelineSummary, of session: String, _ style: TextStyle) -> [String] {
    let rows = [
      ("from", moment(summary.firstEventTime)), ("to", moment(summary.lastEventTime)),
      ("types", counts(summary.types.map { ($0.type.word, EventLine.colour(of: $0.type), $0.count) }, style)),
      (
        "severities",
        counts(
          summary.severities.filter { $0.severity != .unspecified }.map {
            ($0.severity.word, $0.severity == .high || $0.severity == .critical ? .red : nil, $0.count)
          }, style)
      ),
      ("agents", agents(summary.agents)),
    ].filter { !$0.1.isEmpty }
    let width = rows.map(\.0.count).max() ?? 0
    return [style.paint(SafeText.line(session), .bold) + "  " + events(summary)]
      + rows.map { name, value in
        let room = String(repeating: " ", count: width - name.count)
        return "  \(style.paint(name, .faint))\(room)  \(value)"
      }
  }

  private static func events(_ summary: TimelineSummary) -> String {
    let count = summary.eventCount == 1 ? "1 event" : "\(summary.eventCount) events"
    return summary.truncated ? "\(count) of the newest, and older ones" : count
  }

  private static func moment(_ time: WellKnown.Timestamp?) -> String {
    time.map { TimeText.moment($0) } ?? ""
  }

  /// Those with the most first.
  private static func counts(
    _ counts: [(word: String, colour: TextStyle.Colour?, count: Int64)], _ style: TextStyle
  ) -> String {
    counts.sorted { $0.count > $1.count }
      .map { "\(style.paint($0.word, $0.colour)) \($0.count)" }.joined(separator: ", ")
  }

  private static func agents(_ counts: [TimelineSummary.AgentCount]) -> String {
    SafeText.list(
      counts.map { "\($0.agent.isEmpty ? "-" : SafeText.line($0.agent, columns: 24)) \($0.count)" },
      columns: 200)
  }
}
