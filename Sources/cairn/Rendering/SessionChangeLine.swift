import CairnAPI
import Wire

/// One change of a session as a line of `cairn session watch`.
enum SessionChangeLine {
  /// `2026-11-22 06:10:05.120  sess-…  joined  bob  agents: ann, bob`
  static func text(_ change: SessionChange, _ style: TextStyle) -> String {
    let session = change.session ?? Session()
    let agent = change.provenance?.agent ?? ""
    let parts = [
      TimeText.moment(change.provenance?.time), SafeText.line(session.id),
      style.paint(change.kind.word, colour(of: change.kind, session)), SafeText.line(agent, columns: 24),
      detail(change.kind, session),
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "  ")
  }

  private static func colour(of kind: SessionChange.Kind, _ session: Session) -> TextStyle.Colour? {
    switch kind {
    case .created: .bold
    case .joined, .left: .cyan
    case .transitioned: session.state == .broken ? .red : .green
    case .ended, .expired, .deleted, .purged: .faint
    default: nil
    }
  }

  private static func detail(_ kind: SessionChange.Kind, _ session: Session) -> String {
    switch kind {
    case .joined, .left:
      session.agents.isEmpty ? "nobody is left" : "agents: \(SafeText.list(session.agents, columns: 60))"
    case .transitioned: session.state.wordIfSet
    case .ended: session.outcome.wordIfSet
    case .expired, .deleted, .purged: ""
    default: SafeText.line(session.title, columns: 60)
    }
  }
}
