import CairnAPI
import Journal
import Postgres
import Testing
import Wire

@testable import Sessions

/// A session before and after a write has drawn its position.
@Suite struct SessionWriteTests {
  private let grace: Int64 = 50_000_000
  private let stamp = Stamp(position: 9, at: PostgresTimestamp(microseconds: 2_000_000_001_000_000))

  private func step(
    _ expiry: SessionStep.Expiry, action: String? = "updated", events: Int = 0,
    over stored: StoredSession
  ) -> SessionStep {
    SessionStep(
      session: stored.session, action: action, events: .init(repeating: SessionEvent(), count: events),
      expiry: expiry)
  }

  @Test(
    "when it expires",
    arguments: [
      // Expires in so many seconds from the read, by what, and then in so many seconds from the write.
      (100, SessionStep.Expiry.kept, 99), (100, .renewed, 3_600), (100, .grace, 50), (20, .grace, 19),
    ])
  func expiry(before: Int64, by expiry: SessionStep.Expiry, after: Int64) {
    let stored = stored(expiresIn: before)
    let session = step(expiry, over: stored).planned(over: stored, grace: grace).stamped(stamp)
    #expect(session.expireTime == WellKnown.Timestamp(seconds: 2_000_000_001 + after))
  }

  @Test("one that lives for ever lives on")
  func forEver() {
    let stored = stored(expiresIn: nil) { $0.ttl = nil }
    for expiry in [SessionStep.Expiry.kept, .renewed, .grace] {
      let session = step(expiry, over: stored).planned(over: stored, grace: grace).stamped(stamp)
      #expect(session.expireTime == nil)
    }
  }

  @Test("a version is made by a change, not by events alone")
  func version() {
    let stored = stored()
    let grown = step(.kept, action: nil, events: 2, over: stored).planned(over: stored, grace: grace)
      .stamped(stamp)
    #expect(grown.version == 3 && grown.position == 7 && grown.etag == "7")
    #expect(grown.lastSequence == 7 && grown.lastEventTime == WellKnown.Timestamp(stamp.at))
    let changed = step(.kept, over: stored).planned(over: stored, grace: grace).stamped(stamp)
    #expect(changed.version == 4 && changed.position == 9 && changed.etag == "9")
    #expect(changed.updateTime == WellKnown.Timestamp(stamp.at) && changed.lastSequence == 5)
  }

  @Test("who only asks hears nothing that only a write gives")
  func told() {
    let stored = stored { $0.updateTime = WellKnown.Timestamp(seconds: 1_999_999_000) }
    let told = step(.renewed, events: 1, over: stored).planned(over: stored, grace: grace)
      .told(over: stored.session)
    #expect(told.version == 3 && told.position == 7 && told.etag == "7")
    #expect(told.expireTime == nil && told.lastEventTime == nil)
    #expect(told.updateTime == stored.session.updateTime)
  }
}
