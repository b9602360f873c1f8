import CairnAPI
import Testing
import Wire

@testable import cairn

@Suite("Sessions for people")
struct SessionTextTests {
  private static let now = WellKnown.Timestamp(seconds: 1_795_328_100)

  private static func time(_ seconds: Int64) -> WellKnown.Timestamp { .init(seconds: now.seconds + seconds) }

  private static func session(_ id: String = "s", _ change: (inout Session) -> Void) -> Session {
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
      Self.session("sess-1") {
        $0.agents = ["ann", "bob"]
        $0.lastSequence = 12
        $0.expireTime = Self.time(3599)
        $0.title = "Repair\u{1B}[2J"
      },
      Self.session("b") {
        $0.state = .broken
        $0.createTime = Self.time(-7200)
      },
      Self.session("完了") {
        $0.state = .completed
        $0.outcome = .broken
        $0.agents = (0..<40).map { "agent-\($0)" }
        $0.lastSequence = 1_000_000
        $0.title = "t"
      },
    ]
    #expect(
      SessionTable.lines(sessions, now: Self.now, .plain) == [
        "ID      STATE              AGENTS                          EVENTS  AGE  EXPIRES  TITLE",
        "sess-1  working            ann, bob                            12   1m  in 59m   Repair\\u{1B}[2J",
        "b       broken                                                  0   2h  never",
        "完了    completed: broken  agent-0, agent-1, agent-2 +37  1000000   1m  -        t",
      ])
  }

  private static let standings: [(Session, word: String, expiry: String)] = [
    (session { _ in }, "working", "never"),
    (session { $0.expireTime = time(60) }, "working", "in 1m"),
    (session { $0.expireTime = now }, "expired", "0s ago"),
    (session { $0.state = .coordinating }, "coordinating", "never"),
    (ended(.unspecified), "completed", "-"),
    (ended(.completed), "completed", "-"),
    (ended(.coordinated), "completed: coordinated", "-"),
    (ended(.expired), "expired", "-"),
    (session { $0.deleteTime = now }, "deleted", "-"),
    (session { $0.state = SessionState(rawValue: 77) }, "77", "never"),
  ]

  private static func ended(_ outcome: SessionOutcome) -> Session {
    session {
      $0.state = .completed
      $0.outcome = outcome
      $0.expireTime = time(-60)
    }
  }

  @Test("where a session stands", arguments: standings.indices)
  func standing(index: Int) {
    let (session, word, expiry) = Self.standings[index]
    let standing = SessionStanding(session, now: Self.now)
    #expect(standing.word == word)
    #expect(standing.expiry == expiry)
  }

  @Test("a session is shown with what it has, and nothing else")
  func whole() throws {
    let metadata = try WellKnown.Struct(json: #"{"k":"\u001b[1m"}"#)
    let full = Self.session("s") {
      $0.title = "Repair"
      $0.owner = "eve"
      $0.agents = ["ann"]
      $0.entities = ["a.swift", "b.swift"]
      $0.parent = "p"
      $0.ttl = .init(seconds: 7200)
      $0.expireTime = Self.time(7200)
      $0.maxEvents = 100
      $0.lastSequence = 3
      $0.lastEventTime = Self.time(-5)
      $0.checkpoint = "cp-1"
      $0.version = 2
      $0.position = 41
      $0.metadata = metadata
    }
    #expect(
      SessionText.lines(full, now: Self.now, .plain) == [
        "s  working", "  title       Repair", "  owner       eve", "  agents      ann",
        "  entities    a.swift, b.swift", "  parent      p",
        "  created     2026-11-22 06:13:30.000, 1m ago", "  lives       2h after its last event",
        "  expires     2026-11-22 08:15:00.000, in 2h", "  events      3 of at most 100, the last one 5s ago",
        "  checkpoint  cp-1", "  version     2, at position 41", #"  metadata    {"k":"\u001b[1m"}"#,
      ])
    let bare = Self.session("s") {
      $0.state = .completed
      $0.endTime = Self.now
      $0.ttl = .init()
    }
    #expect(
      SessionText.lines(bare, now: Self.now, .plain) == [
        "s  completed", "  agents   nobody", "  created  2026-11-22 06:13:30.000, 1m ago",
        "  lives    for ever",
        "  ended    2026-11-22 06:15:00.000, 0s ago", "  events   0 of at most 0",
        "  version  0, at position 0",
      ])
    #expect(
      SessionText.lines(bare, now: Self.now, TextStyle(isColoured: true))[0].contains("\u{1B}[1ms\u{1B}[0m"))
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
    change.session = Self.session("s") {
      $0.agents = ["ann", "bob"]
      $0.title = "Repair"
      $0.state = .broken
      $0.outcome = .coordinated
    }
    var provenance = Provenance()
    provenance.time = Self.now
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
