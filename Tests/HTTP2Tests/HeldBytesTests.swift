import Testing

@testable import HTTP2

@Suite struct HeldBytesTests {
  struct Case: Sendable {
    let name: String
    let received: Int
    let own: Int
    let admits: Int
    let isTight: Bool
  }

  /// The limit is 100.
  static let cases = [
    Case(
      name: "an empty connection takes a message of any size", received: 0, own: 0, admits: 1000,
      isTight: false),
    Case(name: "half of the limit is not tight yet", received: 50, own: 10, admits: 50, isTight: false),
    Case(name: "more than half is", received: 51, own: 10, admits: 49, isTight: true),
    Case(name: "a full one takes nothing", received: 100, own: 99, admits: 0, isTight: true),
    Case(name: "who holds everything goes on", received: 200, own: 200, admits: 1000, isTight: true),
  ]

  @Test("what a connection may hold is bounded", arguments: cases)
  func bound(_ it: Case) {
    var held = HeldBytes(receiveLimit: 100, queueLimit: 100)
    held.received(it.received)
    held.queued(it.received)
    #expect(held.isReceivingTight == it.isTight, "\(it.name)")
    #expect(held.isQueueTight == it.isTight, "\(it.name)")
    #expect(held.admitsReceived(it.admits, own: it.own), "\(it.name)")
    #expect(held.admitsQueued(it.admits, own: it.own), "\(it.name)")
    if it.own < it.received || it.received == 0 && it.own > 0 {
      #expect(!held.admitsReceived(it.admits + 1, own: it.own), "\(it.name)")
      #expect(!held.admitsQueued(it.admits + 1, own: it.own), "\(it.name)")
    }
    #expect(held.total == 2 * it.received)
  }

  @Test(
    arguments: [
      (held: 0, own: 0, count: 1000, admits: true), (0, 0, 1001, false), (900, 0, 100, true),
      (900, 0, 101, false),
      (500, 500, 0, true), (501, 501, 0, false), (600, 300, 100, true), (600, 300, 101, false),
    ])
  func `One connection holds no more than the others leave free`(
    held: Int, own: Int, count: Int, admits: Bool
  ) {
    var shared = SharedBytes()
    shared.held = held
    #expect(shared.admits(count, own: own, limit: 1000) == admits)
  }

  @Test func `Each that takes what it may leaves as much for those after it`() {
    var shared = SharedBytes()
    for taker in 1...10 {
      var own = 0
      while shared.admits(1, own: own, limit: 1 << 16) {
        own += 1
        shared.held += 1
      }
      #expect(own == 1 << (16 - taker))
      #expect(shared.held == (1 << 16) - own)
    }
  }

  /// What handlers work on counts with what was received; the limit is 100.
  static let useCases: [(name: String, received: Int, inUse: Int, own: Int, more: Int, admits: Bool)] = [
    ("the first message may become anything", 0, 10, 10, 1000, true),
    ("what fits passes", 10, 60, 10, 30, true),
    ("what does not fit passes while others have little", 60, 60, 10, 30, true),
    ("and not when they have more than half", 0, 70, 10, 31, false),
    ("what was received counts", 30, 70, 0, 1, false),
  ]

  @Test("what handlers may work on is bounded", arguments: useCases.indices)
  func use(_ index: Int) {
    let it = Self.useCases[index]
    var held = HeldBytes(receiveLimit: 100, queueLimit: 100)
    held.received(it.received)
    held.used(it.inUse)
    #expect(held.admitsUse(it.more, own: it.own) == it.admits, "\(it.name)")
    #expect(held.total == it.received + it.inUse)
  }

  @Test("what handlers work on leaves less room for what is received")
  func useAndReceipt() {
    var held = HeldBytes(receiveLimit: 100, queueLimit: 100)
    held.used(51)
    #expect(held.isReceivingTight && !held.admitsTurn)
    #expect(held.admitsReceived(49, own: 0) && !held.admitsReceived(50, own: 0))
    held.used(-26)
    #expect(held.admitsTurn && held.admitsReceived(1000, own: 0))
  }

  @Test("without limits nothing is tight")
  func unlimited() {
    var held = HeldBytes(receiveLimit: .max, queueLimit: .max)
    held.received(1 << 40)
    #expect(!held.isReceivingTight)
    #expect(held.admitsReceived(1 << 40, own: 0))
  }
}
