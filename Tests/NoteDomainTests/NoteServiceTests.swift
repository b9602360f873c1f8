import CairnAPI
import GRPC
import Journal
import TestSupport
import Testing

@testable import NoteDomain

/// A domain that is nothing but the kit does what every domain does.
@Suite struct NoteServiceTests {
  private func code(_ body: () async throws -> Void) async -> StatusCode? {
    do {
      try await body()
      return nil
    } catch { return (error as? RPCError)?.code }
  }

  @Test("notes are created, read and changed, by the etag they were read with")
  func writes() async throws {
    try await withNotes { notes, _ in
      let made = try await notes.create("made")
      #expect(made.id.count == 36 && made.version == 1 && made.createTime == made.updateTime)
      #expect(try await notes.get(made.id) == made)
      let named = try await notes.create("named", id: "n")
      let updated = try await notes.update(named, "updated", etag: named.etag)
      #expect(updated.version == 2 && updated.text == "updated" && updated.position > named.position)
      #expect(updated.createTime == named.createTime)
      #expect(try await notes.get("n") == updated)
      #expect(await code { _ = try await notes.update(named, "late", etag: named.etag) } == .aborted)
      #expect(await code { _ = try await notes.create("again", id: "n") } == .alreadyExists)
      #expect(await code { _ = try await notes.get("nowhere") } == .notFound)
      #expect(await code { _ = try await notes.update(Note(), "x") } == .invalidArgument)
      #expect(await code { _ = try await notes.create("") } == .invalidArgument)
    }
  }

  @Test("a named request that is made again has its first answer, whatever happened since")
  func repetitions() async throws {
    try await withNotes { notes, _ in
      let made = try await notes.create("one", request: "r1")
      let updated = try await notes.update(made, "two", request: "r2")
      _ = try await notes.update(made, "three")
      #expect(try await notes.create("one", request: "r1").id == made.id)
      #expect(try await notes.update(made, "two", request: "r2") == updated)
      #expect(try await notes.get(made.id).text == "three")
    }
  }

  @Test("every moment is there: of one note, and of a list whose pages are of one moment")
  func past() async throws {
    try await withNotes { notes, _ in
      var positions: [Int64] = []
      for id in ["a", "b", "c", "d", "e"] { positions.append(try await notes.create(id, id: id).position) }
      let b = try await notes.update(try await notes.get("b"), "b2")
      #expect(try await notes.get("b", asOf: positions[4]).text == "b")
      #expect(try await notes.get("b", asOf: b.position).text == "b2")
      #expect(await code { _ = try await notes.get("c", asOf: positions[1]) } == .notFound)
      #expect(try await notes.list() == ["a", "b2", "c", "d", "e"])
      #expect(try await notes.list(asOf: positions[2]) == ["a", "b", "c"])
      let pinned = try await notes.list(asOf: b.position) { () throws(RPCError) in
        _ = try await notes.update(try await notes.get("e"), "later")
      }
      #expect(pinned == ["a", "b2", "c", "d", "e"])
      var foreign = ListNotesRequest()
      (foreign.pageSize, foreign.asOf) = (1, moment(at: b.position))
      foreign.pageToken = try await notes.listNotes(foreign).nextPageToken
      foreign.asOf = moment(at: positions[4])
      #expect(await code { _ = try await notes.listNotes(foreign) } == .invalidArgument)
    }
  }

  @Test("a watch sends every change, with the note as that change left it")
  func watch() async throws {
    try await withNotes { notes, _ in
      let made = try await notes.create("one")
      let updated = try await notes.update(made, "two")
      var request = WatchNotesRequest()
      request.afterPosition = 0
      let feed = try await notes.watchNotes(request)
      var seen: [Note] = []
      var live: Note?
      while seen.count < 3, let response = try await feed.next() {
        switch response.event {
        case .note(let note): seen.append(note)
        case .caughtUp: live = try await notes.update(made, "three")
        default: break
        }
      }
      #expect(seen == [made, updated, try #require(live)])
    }
  }

  @Test("a create takes one round trip, an update two")
  func roundTrips() async throws {
    let database = try TestDatabase(.notes)
    // Nothing in the background makes round trips of its own.
    let server = try TestServer(database.url, { $0.listensForHints = false })
    try await server.run {
      let store = NoteStore(journal: server.journal, pool: server.pool)
      let scope = CallScope(operation: "note.v1.NoteService/Test")
      var note = Note()
      (note.id, note.text) = ("n", "n")
      let first = note
      _ = try await store.create(first, scope)
      let creation = try await server.roundTrips {
        var second = first
        second.id = "m"
        _ = try await store.create(second, scope)
      }
      #expect(creation == 1)
      _ = try await store.update(first, scope)
      let update = try await server.roundTrips { _ = try await store.update(first, scope) }
      #expect(update == 2)
    }
    withExtendedLifetime(database) {}
  }
}
