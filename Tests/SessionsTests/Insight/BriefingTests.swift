import CairnAPI
import Testing
import Wire

@testable import Sessions

/// What a briefing says of what was read.
@Suite struct BriefingTests {
  private func briefing(
    _ recent: [BriefingFacts.Recent] = [], state: SessionState = .working, agents: [String] = ["a"],
    agent: String = "", anchors: [TextKey: EntityAnchor] = [:], title: String = ""
  ) -> SessionBriefing {
    var session = Session()
    (session.id, session.state, session.agents, session.title) = ("s", state, agents, title)
    session.lastSequence = recent.last?.sequence ?? 0
    return SessionBriefing(
      BriefingFacts(session: session, agent: agent, recent: recent, mostActive: [], anchors: anchors))
  }

  private func recent(
    _ sequence: Int64, _ entities: [String] = [], _ severity: Severity = .unspecified,
    to state: SessionState? = nil
  ) -> BriefingFacts.Recent {
    BriefingFacts.Recent(sequence: sequence, severity: severity, toState: state, entities: entities)
  }

  @Test("of a session without events there is little to say")
  func empty() {
    let told = briefing()
    #expect(
      told.text == "Session \"s\" is WORKING after 0 events.\nStay in touch with those who take part: \"a\".")
    #expect(told.entities.isEmpty && told.brokenSequences.isEmpty && told.highImpactSequences.isEmpty)
  }

  @Test(
    "the agent that is briefed is not among the others, by its bytes",
    arguments: [
      ("a", ["b"]), ("", ["a", "b"]), ("c", ["a", "b"]),
    ] as [(String, [String])])
  func others(agent: String, expected: [String]) {
    #expect(briefing(agents: ["a", "b"], agent: agent).otherAgents == expected)
    #expect(briefing(agents: ["e\u{301}"], agent: "\u{e9}").otherAgents == ["e\u{301}"])
  }

  @Test("warnings name events of the kind and no others")
  func warnings() {
    let told = briefing(
      [
        recent(1, to: .broken), recent(2, [], .medium, to: .working), recent(3, [], .high),
        recent(4, [], .critical), recent(5, [], .low, to: .coordinating),
      ], state: .coordinating)
    #expect(told.brokenSequences == [1] && told.highImpactSequences == [3, 4])
    #expect(told.text.contains("Warning: event 1 led to BROKEN. It is COORDINATING now."))
    #expect(told.text.contains("High impact: look at events 3, 4 before you go on."))
  }

  @Test("entities come by the newest event about them, then by their bytes, with those that shared an event")
  func entities() {
    let told = briefing([
      recent(1, ["a", "b"]), recent(2, ["c"]), recent(3, ["d", "a", "z", "y", "x", "w"]),
    ])
    #expect(told.entities.map(\.entity) == ["a", "d", "w", "x", "y", "z", "c", "b"])
    #expect(told.entities.map(\.lastSequence) == [3, 3, 3, 3, 3, 3, 2, 1])
    #expect(told.entities[0].relatedEntities == ["b", "d", "w", "x", "y"])
    #expect(told.entities[6].relatedEntities.isEmpty)
    #expect(told.entities[7].relatedEntities == ["a"])
  }

  @Test("fifty entities are told of, and ten of them in words")
  func many() {
    let names = (0..<60).map { "e\($0)" }
    let told = briefing([recent(1, Array(names.prefix(50))), recent(2, Array(names.suffix(10)))])
    #expect(told.entities.count == 50)
    #expect(told.entities.prefix(10).allSatisfy { $0.lastSequence == 2 })
    #expect(told.text.hasSuffix("\"e59\" and 40 more."))
  }

  @Test("names stay inside of their quotation marks, in one line, and are cut")
  func names() {
    let told = briefing(agents: ["x\" y"], title: "a\u{0}\n\u{2028}b\(String(repeating: "c", count: 100))")
    #expect(told.text.split(separator: "\n").count == 2)
    #expect(told.text.contains("\"x' y\""))
    #expect(told.text.contains("\"a   b\(String(repeating: "c", count: 75))…\""))
  }

  @Test("the text has a bound, whatever is in it")
  func bound() {
    let name = String(repeating: "\u{1F600}", count: 512)
    let events = (1...10).map { recent(Int64.max - 10 + $0, [name + "\($0)"], .critical, to: .broken) }
    let told = briefing(events, agents: (0..<1_000).map { "\($0)" + name }, agent: name, title: name)
    #expect(told.text.unicodeScalars.count <= 4_096)
  }
}
