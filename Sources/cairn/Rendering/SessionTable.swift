import CairnAPI
import Journal
import Wire

/// What `cairn session list` shows.
enum SessionTable {
  static func lines(_ sessions: [Session], now: WellKnown.Timestamp, _ style: TextStyle) -> [String] {
    var table = TextTable(columns: [
      .init(title: "ID"), .init(title: "STATE"), .init(title: "AGENTS"),
      .init(title: "EVENTS", isRightAligned: true), .init(title: "AGE", isRightAligned: true),
      .init(title: "EXPIRES"), .init(title: "TITLE"),
    ])
    for session in sessions {
      let standing = SessionStanding(session, now: now)
      table.rows.append([
        .init(SafeText.line(session.id)), .init(standing.word, standing.colour),
        .init(SafeText.list(session.agents, columns: 32)), .init(String(session.lastSequence)),
        .init(TimeText.age(of: session.createTime, now: now)), .init(standing.expiry),
        .init(SafeText.line(session.title, columns: 40)),
      ])
    }
    return table.lines(style)
  }
}

/// Where a session stands, in a word.
struct SessionStanding {
  /// `working`, `completed`, `completed: broken`, `expired`, `deleted`
  let word: String
  let colour: TextStyle.Colour
  /// `in 55m`, `never`, and `-` where it does not matter any more.
  let expiry: String

  init(_ session: Session, now: WellKnown.Timestamp) {
    let isOver = session.state == .completed || session.deleteTime != nil
    expiry =
      isOver ? "-" : session.expireTime.map { TimeText.relative($0, now: now) } ?? "never"
    if session.deleteTime != nil {
      (word, colour) = ("deleted", .faint)
    } else if session.state == .completed {
      let isPlain = session.outcome == .completed || session.outcome == .unspecified
      let outcome = isPlain ? session.state.word : "\(session.state.word): \(session.outcome.word)"
      (word, colour) = (session.outcome == .expired ? session.outcome.word : outcome, .faint)
    } else if let expire = session.expireTime, expire.microseconds <= now.microseconds {
      (word, colour) = (SessionOutcome.expired.word, .faint)
    } else {
      word = session.state.word
      colour =
        switch session.state {
        case .broken: .red
        case .coordinating: .yellow
        default: .green
        }
    }
  }
}
