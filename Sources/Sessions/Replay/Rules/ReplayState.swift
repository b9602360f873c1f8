import CairnAPI
import Requests
import Wire

/// What the events of a session lead to: the part of it that its log tells. Pure.
struct ReplayState: Sendable, Equatable {
  var state: SessionState
  var agents: Set<TextKey>
  var metadata: WellKnown.Struct?

  init(state: SessionState, agents: Set<TextKey>, metadata: WellKnown.Struct? = nil) {
    (self.state, self.agents, self.metadata) = (state, agents, metadata)
  }

  init(_ snapshot: ReplaySnapshot) {
    self.init(state: snapshot.state, agents: Set(of: snapshot.agents), metadata: snapshot.metadata)
  }

  /// What an event did to it.
  enum Step: Equatable {
    case nothing
    case changed
    /// It has the values of a checkpoint, which the log does not tell.
    case restored
  }

  /// Goes on with an event; also says what contradicts it.
  mutating func apply(_ event: SessionEvent) -> (step: Step, findings: [ReplayFinding]) {
    let before = state
    var (findings, hasOtherAgents): ([ReplayFinding], Bool) = ([], false)
    if let transition = event.transition {
      if transition.fromState != state {
        findings.append(
          ReplayFinding(
            .transition, event.sequence,
            "event \(event.sequence) leads from \(transition.fromState.text), the session was \(state.text)"))
      }
      state = transition.toState
    }
    switch event.type {
    case .end: state = .completed
    case .handoff:
      guard let handoff = event.handoff, handoff.kind != .handedOver else { break }
      hasOtherAgents = take(handoff)
      if !hasOtherAgents {
        findings.append(
          ReplayFinding(
            .agents, event.sequence,
            "event \(event.sequence): agent \(handoff.agent.quoted) "
              + (handoff.kind == .joined ? "took part already" : "took no part")))
      }
    case .restored: return (.restored, findings)
    default: break
    }
    return (state != before || hasOtherAgents ? .changed : .nothing, findings)
  }

  /// Whether it had an effect.
  private mutating func take(_ handoff: EventHandoff) -> Bool {
    if handoff.kind == .joined { return agents.add(handoff.agent) }
    return agents.remove(TextKey(handoff.agent)) != nil
  }

  /// What the stored state contradicts; nil when it is the same.
  func contradiction(of stored: ReplayState, after sequence: Int64) -> ReplayFinding? {
    if state == stored.state, agents == stored.agents { return nil }
    let what =
      state == stored.state
      ? "to \(agents.count) agents, stored are \(stored.agents.count) or others"
      : "to \(state.text), stored is \(stored.state.text)"
    return ReplayFinding(.state, sequence, "the events up to \(sequence) lead \(what)")
  }
}

extension ReplayDelta {
  /// What is different; nil when nothing is.
  ///
  /// - Parameter comparesMetadata: Of snapshots: events do not tell of metadata.
  init?(from old: ReplayState, to new: ReplayState, comparesMetadata: Bool) {
    self.init()
    if old.state != new.state { (fromState, toState) = (old.state, new.state) }
    agentsAdded = new.agents.subtracting(old.agents).sortedTexts
    agentsRemoved = old.agents.subtracting(new.agents).sortedTexts
    metadataChanged = comparesMetadata && old.metadata != new.metadata
    if self == ReplayDelta() { return nil }
  }
}

extension ReplayFinding {
  init(_ kind: Kind, _ sequence: Int64, _ message: String) {
    self.init()
    self.kind = kind
    self.sequence = sequence
    self.message = message
  }
}
