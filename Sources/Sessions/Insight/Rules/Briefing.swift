import CairnAPI
import Wire

/// What is read for a briefing.
struct BriefingFacts: Sendable {
  /// One of the last events.
  struct Recent: Sendable {
    var sequence: Int64
    var severity = Severity.unspecified
    var toState: SessionState?
    /// What it is about.
    var entities: [String] = []
    /// Nil where it does not fit into the answer.
    var event: SessionEvent?
  }

  let session: Session
  /// Who is briefed; empty for nobody in particular.
  let agent: String
  /// The oldest of them first.
  let recent: [Recent]
  /// Those with the most events first.
  let mostActive: [SessionBriefing.ActiveAgent]
  /// The newest checkpoint with something about an entity.
  let anchors: [TextKey: EntityAnchor]
}

extension SessionBriefing {
  /// The briefing that facts make. Pure.
  init(_ facts: BriefingFacts) {
    self.init()
    session = facts.session
    recentEvents = facts.recent.compactMap(\.event)
    entities = BriefedEntity.all(of: facts)
    otherAgents = facts.session.agents.filter { !$0.hasSameBytes(as: facts.agent) }
    mostActive = facts.mostActive
    brokenSequences = facts.recent.filter { $0.toState == .broken }.map(\.sequence)
    highImpactSequences = facts.recent.filter { $0.severity == .high || $0.severity == .critical }
      .map(\.sequence)
    lastSequence = facts.session.lastSequence
    text = BriefingText(self, for: facts.agent).text
  }
}

extension BriefedEntity {
  /// Entities of one event that count.
  static let perEvent = 50
  private static let limit = 50
  private static let related = 5

  fileprivate static func all(of facts: BriefingFacts) -> [BriefedEntity] {
    var places: [TextKey: Int64] = [:]
    var neighbours: [TextKey: Set<TextKey>] = [:]
    for event in facts.recent {
      let keys = event.entities.prefix(perEvent).map { TextKey($0) }
      for key in keys {
        places[key] = max(places[key] ?? 0, event.sequence)
        neighbours[key, default: []].formUnion(keys)
      }
    }
    let newest = places.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit)
    return newest.map { key, sequence in
      var entity = BriefedEntity()
      entity.entity = key.text
      entity.lastSequence = sequence
      let others = neighbours[key, default: []].subtracting([key])
      entity.relatedEntities = others.sorted().prefix(related).map(\.text)
      entity.anchor = facts.anchors[key]
      return entity
    }
  }
}

/// A briefing in sentences. What clients named stands in quotation marks, without any of its own, in one line.
struct BriefingText {
  private(set) var text = ""

  init(_ briefing: SessionBriefing, for agent: String) {
    let session = briefing.session ?? Session()
    let title = session.title.isEmpty ? "" : ", \(Self.quoted(session.title)),"
    let events = session.lastSequence == 1 ? "1 event" : "\(session.lastSequence) events"
    say("Session \(Self.quoted(session.id))\(title) is \(session.state.text) after \(events).")
    let you = agent.isEmpty ? "" : "You are \(Self.quoted(agent)). "
    if briefing.otherAgents.isEmpty {
      say("\(you)Nobody else takes part.")
    } else {
      say("\(you)Stay in touch with those who take part: \(Self.list(briefing.otherAgents)).")
    }
    if !briefing.brokenSequences.isEmpty {
      let now = session.state == .broken ? "It is still BROKEN" : "It is \(session.state.text) now"
      say("Warning: \(Self.events(briefing.brokenSequences)) led to BROKEN. \(now).")
    }
    if !briefing.highImpactSequences.isEmpty {
      say("High impact: look at \(Self.events(briefing.highImpactSequences)) before you go on.")
    }
    if !briefing.mostActive.isEmpty {
      let agents = briefing.mostActive.map { "\(Self.quoted($0.agent)) (\($0.eventCount))" }
      say("Most events are by \(agents.joined(separator: ", ")).")
    }
    if !briefing.entities.isEmpty {
      say("The last events are about \(Self.list(briefing.entities.map(\.entity))).")
    }
    if let anchor = briefing.entities.compactMap(\.anchor).max(by: { $0.sequence < $1.sequence }) {
      say(
        "The newest checkpoint about them is \(Self.quoted(anchor.checkpoint)), at event \(anchor.sequence).")
    }
  }

  private mutating func say(_ sentence: String) { text += text.isEmpty ? sentence : "\n" + sentence }

  private static func events(_ sequences: [Int64]) -> String {
    (sequences.count == 1 ? "event " : "events ") + sequences.map { String($0) }.joined(separator: ", ")
  }

  /// At most ten names.
  private static func list(_ names: [String]) -> String {
    let more = names.count > 10 ? " and \(names.count - 10) more" : ""
    return names.prefix(10).map { quoted($0) }.joined(separator: ", ") + more
  }

  private static func quoted(_ name: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in name.unicodeScalars.prefix(80) {
      switch scalar {
      case "\"": line.append("'")
      case _ where scalar.properties.isWhitespace || scalar.properties.generalCategory == .control:
        line.append(" ")
      default: line.append(scalar)
      }
    }
    let isCut = name.unicodeScalars.count > 80
    return "\"\(String(line))\(isCut ? "…" : "")\""
  }
}
