import CairnAPI
import Wire

/// One entry of a session's log as a line of its timeline.
enum EventLine {
  /// `   12  2026-11-22 06:10:05.120  ann           broke       parser.swift  working → broken (test)  high`
  static func text(_ event: SessionEvent, _ style: TextStyle) -> String {
    let agent = event.agent.isEmpty ? "-" : SafeText.line(event.agent, columns: 24)
    let start = [
      room(for: String(event.sequence), in: 6) + style.paint(String(event.sequence), .faint),
      TimeText.moment(event.provenance?.time), agent + room(for: agent, in: 12),
      style.paint(event.type.word, colour(of: event.type)) + room(for: event.type.word, in: 10),
    ]
    var line = (start + what(event, style)).joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
  }

  static func colour(of type: SessionEvent.Type_) -> TextStyle.Colour? {
    switch type {
    case .broke: .red
    case .testPass: .green
    case .handoff: .cyan
    case .checkpoint, .restored: .yellow
    case .start, .end: .bold
    default: nil
    }
  }

  /// What happened, part by part.
  private static func what(_ event: SessionEvent, _ style: TextStyle) -> [String] {
    var parts = [SafeText.line(event.name, columns: 60)]
    parts += event.change.map(change) ?? []
    parts.append(event.transition.map { transition($0, style) } ?? "")
    parts += event.impact.map { impact($0, style) } ?? []
    parts.append(event.handoff.map(handoff) ?? "")
    parts.append(event.message.map(message) ?? "")
    parts += [SafeText.line(event.checkpoint), event.outcome.wordIfSet]
    if let time = event.processingTime,
      let text = DurationText.format(seconds: time.seconds, nanos: time.nanos)
    {
      parts.append("took \(text)")
    }
    parts.append(event.data.map { SessionText.json($0, columns: 100) } ?? "")
    if !event.payload.isEmpty {
      let type = event.mediaType.isEmpty ? "" : " of \(SafeText.line(event.mediaType, columns: 60))"
      parts.append("\(Quantity.text(bytes: event.payload.count))\(type)")
    }
    return parts.filter { !$0.isEmpty }
  }

  private static func change(_ change: EventChange) -> [String] {
    let kind = [change.operation.wordIfSet, change.elementType.wordIfSet].filter { !$0.isEmpty }
    let lines = change.affectedLines
    return [
      kind.joined(separator: " "), SafeText.list(change.entities, columns: 60),
      lines == 0 ? "" : lines == 1 ? "1 line" : "\(lines) lines",
    ]
  }

  private static func transition(_ transition: StateTransition, _ style: TextStyle) -> String {
    let from = transition.fromState.wordIfSet
    let change = (from.isEmpty ? "" : "\(from) ") + "→ \(transition.toState.word)"
    let colour: TextStyle.Colour = transition.toState == .broken ? .red : .green
    let sure = [transition.verifiedBy.wordIfSet, transition.confidence.map { "\($0)" } ?? ""]
      .filter { !$0.isEmpty }
    return style.paint(change, colour) + (sure.isEmpty ? "" : " (\(sure.joined(separator: " ")))")
  }

  private static func impact(_ impact: EventImpact, _ style: TextStyle) -> [String] {
    let isBad = impact.severity == .high || impact.severity == .critical
    let tests = impact.failedTests
    let failed = tests.isEmpty ? "" : "\(tests.count) failed: \(SafeText.list(tests, columns: 60))"
    let delta = impact.performanceDelta.map { "performance \($0 > 0 ? "+" : "")\($0)" } ?? ""
    return [
      style.paint(impact.severity.wordIfSet, isBad ? .red : nil), failed, delta,
      SafeText.line(impact.externalReference, columns: 60),
    ]
  }

  private static func handoff(_ handoff: EventHandoff) -> String {
    let agent = SafeText.line(handoff.agent, columns: 24)
    let to = handoff.toAgent.isEmpty ? "" : " to \(SafeText.line(handoff.toAgent, columns: 24))"
    let reason = handoff.reason.isEmpty ? "" : ": \(SafeText.line(handoff.reason, columns: 80))"
    return "\(agent) \(handoff.kind.word)\(to)\(reason)"
  }

  private static func message(_ message: SessionMessage) -> String {
    let name = message.name.isEmpty ? "" : " \(SafeText.line(message.name, columns: 24))"
    return "\(message.role.word)\(name): \(SafeText.line(message.content, columns: 100))"
  }

  /// The spaces that make a text as wide as its column.
  private static func room(for text: String, in width: Int) -> String {
    String(repeating: " ", count: max(0, width - SafeText.columns(of: text)))
  }
}
