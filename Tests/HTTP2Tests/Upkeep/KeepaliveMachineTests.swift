import EventLoop
import Testing

@testable import HTTP2

@Suite struct KeepaliveMachineTests {
  typealias Machine = KeepaliveMachine
  /// Seconds since the connection began.
  struct Step {
    let at: Int64
    let event: Machine.Event
    let action: Machine.Action
    let due: Int64?
  }

  static func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  @Test("a timeout longer than the silence does not make the questions fewer")
  func longTimeout() {
    var machine = Machine(
      time: .seconds(10), timeout: .seconds(25), asksWithoutStreams: true, now: Self.at(0))
    func look(_ at: Int64, _ lastRead: Int64) -> Machine.Action {
      machine.handle(.due(lastRead: Self.at(lastRead), openStreams: 0), at: Self.at(at))
    }
    #expect(look(10, 0) == .ping && machine.due == Self.at(20))
    #expect(look(20, 10) == .ping && machine.due == Self.at(30))
    #expect(look(30, 10) == .none && machine.due == Self.at(40))
    #expect(look(40, 10) == .none && machine.due == Self.at(45))
    #expect(look(45, 10) == .close)
  }

  private static func due(
    _ at: Int64, lastRead: Int64, streams: Int = 1, _ action: Machine.Action, next: Int64?
  )
    -> Step
  {
    Step(
      at: at, event: .due(lastRead: Self.at(lastRead), openStreams: streams), action: action, due: next)
  }

  /// Asked after 100 s of silence, given up 20 s later.
  static let cases: [(name: String, withoutStreams: Bool, steps: [Step])] = [
    (
      "a silent peer is asked, and given up",
      true, [due(100, lastRead: 0, .ping, next: 120), due(120, lastRead: 0, .close, next: nil)]
    ),
    (
      "one that answers is left alone until it is silent again",
      true,
      [
        due(100, lastRead: 0, .ping, next: 120), due(120, lastRead: 101, .none, next: 201),
        due(201, lastRead: 101, .ping, next: 221), due(221, lastRead: 101, .close, next: nil),
      ]
    ),
    (
      "one that talks is never asked",
      true,
      [due(100, lastRead: 99, .none, next: 199), due(199, lastRead: 198, .none, next: 298)]
    ),
    (
      "the question waits its whole time",
      true, [due(100, lastRead: 0, .ping, next: 120), due(110, lastRead: 0, .none, next: 120)]
    ),
    (
      "a client without calls asks nothing until it has one",
      false,
      [
        due(100, lastRead: 0, streams: 0, .none, next: nil),
        Step(at: 500, event: .streamOpened(lastRead: at(0)), action: .none, due: 500),
        due(500, lastRead: 0, .ping, next: 520),
      ]
    ),
    (
      "a call soon after the last byte waits for silence",
      false,
      [
        due(100, lastRead: 0, streams: 0, .none, next: nil),
        Step(at: 150, event: .streamOpened(lastRead: at(120)), action: .none, due: 220),
      ]
    ),
    (
      "a call changes nothing where the peer is watched already",
      false, [Step(at: 10, event: .streamOpened(lastRead: at(0)), action: .none, due: 100)]
    ),
  ]

  @Test("a silent peer is found out", arguments: cases.indices)
  func life(_ index: Int) {
    let (name, withoutStreams, steps) = Self.cases[index]
    var machine = Machine(
      time: .seconds(100), timeout: .seconds(20), asksWithoutStreams: withoutStreams, now: Self.at(0))
    #expect(machine.due == Self.at(100))
    for (number, step) in steps.enumerated() {
      #expect(machine.handle(step.event, at: Self.at(step.at)) == step.action, "\(name): step \(number)")
      #expect(machine.due == step.due.map(Self.at), "\(name): due after step \(number)")
    }
  }
}
