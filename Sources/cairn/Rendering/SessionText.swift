import CairnAPI
import Wire

/// What `cairn session show` shows of a session above its newest events.
enum SessionText {
  static func lines(_ session: Session, now: WellKnown.Timestamp, _ style: TextStyle) -> [String] {
    let standing = SessionStanding(session, now: now)
    let head =
      style.paint(SafeText.line(session.id), .bold) + "  " + style.paint(standing.word, standing.colour)
    let rows = rows(session, standing, now).filter { !$0.value.isEmpty }
    let width = rows.map(\.name.count).max() ?? 0
    return [head]
      + rows.map { name, value in
        let room = String(repeating: " ", count: width - name.count)
        return "  \(style.paint(name, .faint))\(room)  \(value)"
      }
  }

  /// Each with a name; those without a value are left out.
  private static func rows(
    _ session: Session, _ standing: SessionStanding, _ now: WellKnown.Timestamp
  ) -> [(name: String, value: String)] {
    [
      ("title", SafeText.line(session.title)),
      ("owner", SafeText.line(session.owner)),
      ("agents", session.agents.isEmpty ? "nobody" : SafeText.list(session.agents, columns: 400)),
      ("entities", SafeText.list(session.entities, columns: 400)),
      ("parent", parent(session)),
      ("created", moment(session.createTime, now)),
      ("lives", session.ttl.map(lifetime) ?? ""),
      ("expires", standing.expiry == "-" ? "" : expiry(session.expireTime, now)),
      ("ended", moment(session.endTime, now)),
      ("deleted", moment(session.deleteTime, now)),
      ("events", events(session, now)),
      ("checkpoint", SafeText.line(session.checkpoint)),
      ("version", "\(session.version), at position \(session.position)"),
      ("metadata", session.metadata.map { json($0, columns: 2000) } ?? ""),
    ]
  }

  private static func parent(_ session: Session) -> String {
    let parent = SafeText.line(session.parent)
    return session.forkSequence.map { "\(parent), forked at \($0)" } ?? parent
  }

  private static func moment(_ time: WellKnown.Timestamp?, _ now: WellKnown.Timestamp) -> String {
    time.map { "\(TimeText.moment($0)), \(TimeText.relative($0, now: now))" } ?? ""
  }

  private static func expiry(_ time: WellKnown.Timestamp?, _ now: WellKnown.Timestamp) -> String {
    time == nil ? "never" : moment(time, now)
  }

  private static func lifetime(_ ttl: WellKnown.Duration) -> String {
    if ttl.seconds == 0, ttl.nanos == 0 { return "for ever" }
    let span = Duration.seconds(ttl.seconds) + .nanoseconds(Int64(ttl.nanos))
    return "\(Quantity.text(span)) after its last event"
  }

  private static func events(_ session: Session, _ now: WellKnown.Timestamp) -> String {
    let count = "\(session.lastSequence) of at most \(session.maxEvents)"
    return session.lastEventTime.map { "\(count), the last one \(TimeText.relative($0, now: now))" } ?? count
  }

  /// An object as JSON on one line; `?` where it has no such form.
  static func json(_ object: WellKnown.Struct, columns: Int) -> String {
    guard let text = try? object.json() else { return "?" }
    return SafeText.line(text, columns: columns)
  }
}
