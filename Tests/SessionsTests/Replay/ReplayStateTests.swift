import CairnAPI
import Testing
import Wire

@testable import Sessions

@Suite struct ReplayStateTests {
  private static func event(_ sequence: Int64, _ configure: (inout SessionEvent) -> Void) -> SessionEvent {
    var event = SessionEvent()
    (event.sequence, event.type) = (sequence, .custom)
    configure(&event)
    return event
  }

  private static func leading(from: SessionState, to: SessionState) -> SessionEvent {
    event(1) { event in
      var transition = StateTransition()
      (transition.fromState, transition.toState) = (from, to)
      event.transition = transition
    }
  }

  private static let start = ReplayState(state: .working, agents: ["ann", "bob"])

  @Test(
    "events lead from state to state, and what contradicts them is found",
    arguments: [
      (event(1) { _ in }, .nothing, .working, ["ann", "bob"], nil),
      (leading(from: .working, to: .broken), .changed, .broken, ["ann", "bob"], nil),
      (leading(from: .working, to: .working), .nothing, .working, ["ann", "bob"], nil),
      (leading(from: .broken, to: .coordinating), .changed, .coordinating, ["ann", "bob"], .transition),
      (.handoff(.joined, "cid"), .changed, .working, ["ann", "bob", "cid"], nil),
      (.handoff(.joined, "ann"), .nothing, .working, ["ann", "bob"], .agents),
      (.handoff(.left, "ann"), .changed, .working, ["bob"], nil),
      (.handoff(.left, "cid"), .nothing, .working, ["ann", "bob"], .agents),
      (.handoff(.handedOver, "ann"), .nothing, .working, ["ann", "bob"], nil),
      (event(1) { $0.type = .end }, .changed, .completed, ["ann", "bob"], nil),
      (event(1) { $0.type = .restored }, .restored, .working, ["ann", "bob"], nil),
    ] as [(SessionEvent, ReplayState.Step, SessionState, Set<TextKey>, ReplayFinding.Kind?)])
  func applied(
    event: SessionEvent, step: ReplayState.Step, state: SessionState, agents: Set<TextKey>,
    finding: ReplayFinding.Kind?
  ) {
    var after = Self.start
    let (found, findings) = after.apply(event)
    #expect(found == step)
    #expect(after == ReplayState(state: state, agents: agents))
    #expect(findings.map(\.kind) == (finding.map { [$0] } ?? []))
  }

  @Test("a delta is of sets, also where there are as many agents as before") func deltas() throws {
    let new = ReplayState(state: .broken, agents: ["bob", "cid"])
    let delta = try #require(ReplayDelta(from: Self.start, to: new, comparesMetadata: true))
    #expect((delta.fromState, delta.toState) == (.working, .broken))
    #expect((delta.agentsAdded, delta.agentsRemoved) == (["cid"], ["ann"]))
    #expect(!delta.metadataChanged)
    #expect(ReplayDelta(from: new, to: new, comparesMetadata: true) == nil)
    var other = new
    other.metadata = WellKnown.Struct(fields: ["k": .init(.boolValue(true))])
    #expect(ReplayDelta(from: new, to: other, comparesMetadata: false) == nil)
    #expect(ReplayDelta(from: new, to: other, comparesMetadata: true)?.metadataChanged == true)
  }

  @Test("a checksum is of a set of agents, and of all else that the snapshot says") func checksums() {
    var snapshot = ReplaySnapshot()
    snapshot.state = .working
    snapshot.agents = ["b", "a", "b"]
    snapshot.eventCount = 3
    let checksum = snapshot.trueChecksum
    // printf 'cairn-snapshot-1\nSESSION_STATE_WORKING\n3\n2\na\nb\n{}\n' | sha256sum
    #expect(checksum == "a36eeef3f243bd5efb971a9e99c5373d51c1b323028296865ec3b4c3d42112bf")
    snapshot.agents = ["a", "b"]
    snapshot.session = "s"
    #expect(snapshot.trueChecksum == checksum)
    for change: (inout ReplaySnapshot) -> Void in [
      { $0.state = .broken }, { $0.agents = ["a"] }, { $0.agents = ["a\nb"] }, { $0.eventCount = 4 },
      { $0.metadata = WellKnown.Struct(fields: ["k": .init(.stringValue("v"))]) },
    ] {
      var other = snapshot
      change(&other)
      #expect(other.trueChecksum != checksum)
    }
  }

  @Test("findings are counted, and the first of them listed") func findings() {
    var findings = ReplayFindings()
    findings.follow(2, after: 1)
    #expect(findings.count == 0)
    for sequence: Int64 in [.min, .max, 1, 3] { findings.follow(sequence, after: 1) }
    #expect(findings.listed.map(\.kind) == [.repeated, .gap, .repeated, .gap])
    findings.follow(.min, after: .max)
    #expect(findings.count == 5 && findings.listed.last?.kind == .repeated)
    for _ in 0..<200 { findings.follow(9, after: 9) }
    #expect(findings.listed.count == 100 && findings.count > 200)
  }
}
