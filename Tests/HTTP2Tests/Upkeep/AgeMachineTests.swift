import EventLoop
import Testing

@testable import HTTP2

@Suite struct AgeMachineTests {
  struct Look {
    let at: Int64
    let idleSince: Int64?
    let action: AgeMachine.Action
    let next: Int64?
  }

  struct Limits {
    var idle: Int64?
    var age: Int64?
    var grace: Int64?
    var jitter = 0.0
  }

  static let cases: [(name: String, limits: Limits, first: Int64?, looks: [Look])] = [
    ("without limits nobody looks", Limits(), nil, []),
    (
      "an idle connection is asked to leave", Limits(idle: 60), 60,
      [Look(at: 60, idleSince: 0, action: .drain, next: nil)]
    ),
    (
      "one that was used is looked at again", Limits(idle: 60), 60,
      [
        Look(at: 60, idleSince: 20, action: .none, next: 80),
        Look(at: 80, idleSince: nil, action: .none, next: 140),
        Look(at: 140, idleSince: 100, action: .none, next: 160),
        Look(at: 160, idleSince: 100, action: .drain, next: nil),
      ]
    ),
    (
      "an old one is asked to leave, and closed after its grace", Limits(age: 100, grace: 30), 100,
      [
        Look(at: 100, idleSince: nil, action: .drain, next: 130),
        Look(at: 130, idleSince: nil, action: .close, next: nil),
        Look(at: 131, idleSince: nil, action: .none, next: nil),
      ]
    ),
    (
      "without a grace calls have all the time", Limits(age: 100), 100,
      [Look(at: 100, idleSince: nil, action: .drain, next: nil)]
    ),
    (
      "age comes to one in use, whatever idleness says", Limits(idle: 60, age: 100, grace: 1), 60,
      [
        Look(at: 60, idleSince: nil, action: .none, next: 100),
        Look(at: 100, idleSince: nil, action: .drain, next: 101),
      ]
    ),
    (
      "some get a tenth less", Limits(age: 100, jitter: -1), 90,
      [Look(at: 90, idleSince: nil, action: .drain, next: nil)]
    ),
    (
      "some get a tenth more", Limits(age: 100, jitter: 1), 110,
      [Look(at: 110, idleSince: nil, action: .drain, next: nil)]
    ),
  ]

  @Test("a connection ends in time", arguments: cases.indices)
  func life(_ index: Int) {
    let (name, limits, first, looks) = Self.cases[index]
    func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }
    var machine = AgeMachine(
      maxIdle: limits.idle.map { .seconds($0) }, maxAge: limits.age.map { .seconds($0) },
      grace: limits.grace.map { .seconds($0) }, jitter: limits.jitter, now: at(0))
    #expect(machine.due == first.map(at))
    for (number, look) in looks.enumerated() {
      let action = machine.handle(.due(idleSince: look.idleSince.map(at)), at: at(look.at))
      #expect(action == look.action, "\(name): look \(number)")
      #expect(machine.due == look.next.map(at), "\(name): due after look \(number)")
    }
  }
}
