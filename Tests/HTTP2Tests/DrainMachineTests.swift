import Testing

@testable import HTTP2

@Suite struct DrainMachineTests {
  typealias Step = (event: DrainMachine.Event, action: DrainMachine.Action)

  static let cases: [(name: String, steps: [Step])] = [
    (
      "an idle connection closes once the peer has heard",
      [(.start, .sendNotice), (.heard(openStreams: 0), .sendGoAway(thenClose: true))]
    ),
    (
      "a busy one waits for its last stream",
      [
        (.start, .sendNotice), (.heard(openStreams: 2), .sendGoAway(thenClose: false)),
        (.heard(openStreams: 1), .none), (.lastStreamEnded, .close),
      ]
    ),
    (
      "streams that end before the peer has heard do not close it early",
      [
        (.start, .sendNotice), (.lastStreamEnded, .none),
        (.heard(openStreams: 1), .sendGoAway(thenClose: false)), (.lastStreamEnded, .close),
      ]
    ),
    ("a second start changes nothing", [(.start, .sendNotice), (.start, .none)]),
    ("without a start nothing happens", [(.lastStreamEnded, .none), (.heard(openStreams: 0), .none)]),
  ]

  @Test("a connection says goodbye in order", arguments: cases.indices)
  func drain(_ index: Int) {
    var machine = DrainMachine()
    for step in Self.cases[index].steps { #expect(machine.handle(step.event) == step.action) }
  }
}
