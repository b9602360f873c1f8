import CairnAPI
import GRPC
import Requests
import Testing
import Wire

@testable import Sessions

/// What a fork is, as a table.
@Suite struct SessionForkTests {
  private static func fork(_ configure: (inout ForkSessionRequest) -> Void = { _ in }) throws -> SessionFork {
    var request = ForkSessionRequest()
    request.session = "s"
    configure(&request)
    var violations = Violations()
    let fork = SessionFork(validating: request, &violations)
    try violations.check()
    return fork
  }

  private static func place(_ configure: (inout ForkPlace) -> Void = { _ in }) -> ForkPlace {
    var place = ForkPlace()
    place.sessions = 1
    configure(&place)
    return place
  }

  /// A session after one of its events.
  private static let former: Session = {
    var session = Session()
    (session.title, session.state, session.agents, session.maxEvents) = ("then", .broken, ["a", "b"], 9)
    return session
  }()

  @Test("without a place it has the values of now, at a place those of then")
  func values() throws {
    let origin = stored(.coordinating, agents: ["a"]) { $0.title = "now" }
    let place = Self.place { $0.values = Self.former }
    let now = try Self.fork().session(of: origin, at: nil, place, id: "f")
    #expect((now.title, now.state, now.agents, now.lastSequence) == ("now", .coordinating, ["a"], 5))
    let then = try Self.fork().session(of: origin, at: 3, place, id: "f")
    #expect((then.title, then.state, then.agents, then.maxEvents) == ("then", .broken, ["a", "b"], 9))
    #expect(then.forkSequence == 3 && then.lastSequence == 3 && then.parent == "s")
  }

  @Test("events of one write lead the state, and what has ended is open again")
  func states() throws {
    let led = Self.place {
      $0.values = Self.former
      $0.ledTo = .working
    }
    #expect(try Self.fork().session(of: stored(), at: 3, led, id: "f").state == .working)
    let over = stored(.completed) {
      $0.outcome = .broken
      $0.endTime = WellKnown.Timestamp(seconds: 1_800_000_000, nanos: 0)
    }
    let known = try Self.fork().session(of: over, at: nil, Self.place { $0.values = Self.former }, id: "f")
    #expect((known.state, known.outcome, known.endTime == nil) == (.broken, .unspecified, true))
    #expect(try Self.fork().session(of: over, at: nil, Self.place(), id: "f").state == .working)
  }

  @Test("who forks it takes part, once")
  func members() throws {
    let origin = stored(agents: ["b"])
    for (agent, agents) in [("a", ["a", "b"]), ("b", ["b"]), ("c", ["b", "c"]), ("", ["b"])] {
      let fork = try Self.fork { $0.agent = agent }
      #expect(try fork.session(of: origin, at: nil, Self.place(), id: "f").agents == agents)
    }
    let full = stored(agents: (0..<1_000).map { "m\($0)" }.sorted())
    let one = try Self.fork { $0.agent = "z" }
    #expect(
      reason { () throws(RPCError) in _ = try one.session(of: full, at: nil, Self.place(), id: "f") }
        == .sessionFull)
  }

  private static let refusals: [(sequence: Int64?, place: ForkPlace, isDeleted: Bool, reason: ErrorReason)] =
    [
      (nil, place(), true, .sessionDeleted),
      (nil, place { $0.isTaken = true }, false, .sessionExists),
      (6, place { $0.values = former }, false, .positionInFuture),
      (2, place { $0.oldest = 3 }, false, .positionPruned),
      (nil, place { $0.sessions = 101 }, false, .forkTooDeep),
      (5, place { ($0.values, $0.sessions) = (former, 101) }, false, .forkTooDeep),
    ]

  @Test("what stands against it", arguments: refusals.indices)
  func refused(_ index: Int) throws {
    let (sequence, place, isDeleted, wanted) = Self.refusals[index]
    let origin = stored { if isDeleted { $0.deleteTime = WellKnown.Timestamp(seconds: 1, nanos: 0) } }
    let fork = try Self.fork()
    let found = reason { () throws(RPCError) in _ = try fork.session(of: origin, at: sequence, place, id: "f")
    }
    #expect(found == wanted)
  }
}
