import CairnAPI
import Wire

/// What followed from one event.
struct EventEffect: Equatable, Sendable {
  var severity = Severity.unspecified
  var performanceDelta: Double?
  var toState: SessionState?
  /// The first thing that it was about.
  var entity: String?
}

extension EventEffect {
  init(_ event: SessionEvent) {
    severity = event.impact?.severity ?? .unspecified
    performanceDelta = event.impact?.performanceDelta
    toState = event.transition?.toState
    entity = event.change?.entities.first
  }
}

/// What a checkpoint says of a session's last events. Pure.
struct CheckpointSummary: Equatable {
  /// How many events it is made of.
  static let events = 20

  let outcome: SessionOutcome
  let keyImpacts: [String]
  let performanceDelta: Double

  /// - Parameter effects: The newest first; what is more than ``events`` does not count.
  init(of effects: some Sequence<EventEffect>) {
    let effects = Array(effects.prefix(Self.events))
    outcome = effects.contains { $0.toState == .broken } ? .broken : .working
    var known: Set<TextKey> = []
    keyImpacts = effects.filter { $0.severity == .high || $0.severity == .critical }.compactMap(\.entity)
      .filter { known.insert(TextKey($0)).inserted }
    let sum = effects.reduce(0) { $0 + ($1.performanceDelta ?? 0) }
    // Finite figures may add up to one that is not.
    performanceDelta = sum.isFinite ? sum : 0
  }
}
