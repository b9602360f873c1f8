import CairnAPI
import Testing
import Wire

@testable import cairn

@Suite("Sessions for people")
struct SessionTextTests {
  private let now = WellKnown.Timestamp(seconds: 1_795_328_100)

  private func time(_ seconds: Int64) -> WellKnown.Timestamp { .init(seconds: now.seconds + seconds) }

  private func session(_ id: String, _ change: (inout Session) -> Void) -> Session {
    var session = Session()
    session.id = id
    session.state = .working
    session.createTime = time(-90)
    change(&session)
    return session
  }

  @Test("the list is a table")
  func table() {
    let sessions = [
      session("sess-1") {
        $0.agents = ["ann", "bob"]
        $0.lastSequence = 12
        $0.expireTime = time(3599)
        $0.title = "Repair\u{1B}[2J"
      },
      session("b") {
        $0.state = .broken
        $0.createTime = time(-7200)
      },
      session("完了") {
        $0.state = .completed
        $0.outcome = .broken
        $0.agents = (0..<40).map { "agent-\($0)" }
        $0.lastSequence = 1_000_000
        $0.title = "t"
      },
    ]
    #expect(
      SessionTable.lines(sessions, now: now, .plain) == [
        "ID      STATE              AGENTS                          EVENTS  AGE  EXPIRES  TITLE",
        "sess-1  working            ann, bob                            12   1m  in 59m   Repair\\u{1B}[2J",
        "b       broken                                                  0   2h  never",
        "完了    completed: broken  agent-0, agent-1, agent-2 +37  1000000   1m  -        t",
      ])
  }

  @Test(
    "where a session stands",
    arguments: [
      ({ _ in }, "working", "never"),
      ({ $0.expireTime = .init(seconds: 1_795_328_160) }, "working", "in 1m"),
      ({ $0.expireTime = .init(seconds: 1_795_328_100) }, "expired", "0s ago"),
      ({ $0.state = .coordinating }, "coordinating", "never"),
      ({ $0.state = .completed }, "completed", "-"),
      (
        {
          $0.state = .completed
          $0.outcome = .completed
        }, "completed", "-"
      ),
      (
        {
          $0.state = .completed
          $0.outcome = .coordinated
        }, "completed: coordinated", "-"
      ),
      (
        {
          $0.state = .completed
          $0.outcome = .expired
          $0.expireTime = .init(seconds: 1)
        }, "expired", "-"
      ),
      ({ $0.deleteTime = .init(seconds: 1) }, "deleted", "-"),
      ({ $0.state = SessionState(rawValue: 77) }, "77", "never"),
    ] as [(@Sendable (inout Session) -> Void, String, String)])
  func standing(change: @Sendable (inout Session) -> Void, word: String, expiry: String) {
    let standing = SessionStanding(session("s", change), now: now)
    #expect(standing.word == word)
    #expect(standing.expiry == expiry)
  }

  @Test("a session is shown with what it has, and nothing else")
  func whole() throws {
    let metadata = try WellKnown.Struct(json: #"{"k":"\u001b[1m"}"#)
    let full = session("s") {
      $0.title = "Repair"
      $0.owner = "eve"
      $0.agents = ["ann"]
      $0.entities = ["a.swift", "b.swift"]
      $0.parent = "p"
      $0.ttl = .init(seconds: 7200)
      $0.expireTime = time(7200)
      $0.maxEvents = 100
      $0.lastSequence = 3
      $0.lastEventTime = time(-5)
      $0.checkpoint = "cp-1"
      $0.version = 2
      $0.position = 41
      $0.metadata = metadata
    }
    #expect(
      SessionText.lines(full, now: now, .plain) == [
        "s  working", "  title       Repair", "  owner       eve", "  agents      ann",
        "  entities    a.swift, b.swift", "  parent      p",
        "  created     2026-11-22 06:13:30.000, 1m ago", "  lives       2h after its last event",
        "  expires     2026-11-22 08:15:00.000, in 2h", "  events      3 of at most 100, the last one 5s ago",
        "  checkpoint  cp-1", "  version     2, at position 41", #"  metadata    {"k":"\u001b[1m"}"#,
      ])
    let bare = session("s") {
      $0.state = .completed
      $0.endTime = now
      $0.ttl = .init()
    }
    #expect(
      SessionText.lines(bare, now: now, .plain) == [
        "s  completed", "  agents   nobody", "  created  2026-11-22 06:13:30.000, 1m ago",
        "  lives    for ever",
        "  ended    2026-11-22 06:15:00.000, 0s ago", "  events   0 of at most 0",
        "  version  0, at position 0",
      ])
    #expect(SessionText.lines(bare, now: now, TextStyle(isColoured: true))[0].contains("\u{1B}[1ms\u{1B}[0m"))
  }

  @Test(
    "a change is a line",
    arguments: [
      (.created, "created  ann  Repair"), (.joined, "joined  ann  agents: ann, bob"),
      (.left, "left  ann  agents: ann, bob"), (.transitioned, "transitioned  ann  broken"),
      (.ended, "ended  ann  coordinated"), (.expired, "expired  ann"), (.deleted, "deleted  ann"),
      (.updated, "updated  ann  Repair"), (SessionChange.Kind(rawValue: 99), "99  ann  Repair"),
    ] as [(SessionChange.Kind, String)])
  func changes(kind: SessionChange.Kind, shown: String) {
    var change = SessionChange()
    change.kind = kind
    change.session = session("s") {
      $0.agents = ["ann", "bob"]
      $0.title = "Repair"
      $0.state = .broken
      $0.outcome = .coordinated
    }
    var provenance = Provenance()
    provenance.time = now
    provenance.agent = "ann"
    change.provenance = provenance
    #expect(SessionChangeLine.text(change, .plain) == "2026-11-22 06:15:00.000  s  \(shown)")
  }

  @Test("values of enums have words, both ways")
  func words() {
    #expect(SessionEvent.Type_.testPass.word == "test-pass" && SessionState.unspecified.wordIfSet == "")
    #expect(SessionEvent.Type_(word: "Test-Pass") == .testPass && SessionState(word: "broken") == .broken)
    #expect(SessionState(word: "unspecified") == nil && SessionState(word: "") == nil)
    #expect(EventHandoff.Kind.handedOver.word == "handed-over")
  }
}
