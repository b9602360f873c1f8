/// How a connection says goodbye: announce, wait until the peer must have heard it, name the last
/// stream, close when that one has ended (RFC 9113 §6.8). Pure.
///
///     serving ──start──▶ announced ──heard──▶ leaving ──last stream ended──▶ closing
///                           │  (notice)       (GOAWAY)                         ▲
///                           └──heard, no open streams (GOAWAY, then close)─────┘
struct DrainMachine {
  enum State: Equatable { case serving, announced, leaving, closing }
  enum Event: Equatable {
    case start
    /// The peer has acknowledged the notice, or has had its time to.
    case heard(openStreams: Int)
    case lastStreamEnded
  }
  enum Action: Equatable {
    case none, sendNotice
    case sendGoAway(thenClose: Bool)
    case close
  }

  private(set) var state = State.serving

  mutating func handle(_ event: Event) -> Action {
    switch (state, event) {
    case (.serving, .start):
      state = .announced
      return .sendNotice
    case (.announced, .heard(let openStreams)):
      state = openStreams > 0 ? .leaving : .closing
      return .sendGoAway(thenClose: openStreams == 0)
    case (.leaving, .lastStreamEnded):
      state = .closing
      return .close
    default: return .none
    }
  }
}
