import CairnAPI
import EventLoop
import GRPC
import Journal
import NoteDomain
import TestSupport

extension TestSchema {
  static let notes = TestSchema(JournalMigrations.all + NoteMigrations.all)
}

/// Runs `body` with a client of notes on a server of their own.
func withNotes(
  _ body: @escaping @Sendable (NoteServiceClient, TestServer) async throws -> Void
) async throws {
  try await withServer(.notes, { $0.listensForHints = false }) { server, _ in
    let service = NoteService(journal: server.journal, pool: server.pool)
    let rpc = GRPCServer(services: [service], group: server.group)
    let address = try await rpc.listen(SocketAddress(.ipv4(host: "127.0.0.1", port: 0)))
    let channel = Channel(address.description, on: server.loop)
    let result: Result<Void, any Error>
    do { result = .success(try await body(NoteServiceClient(channel), server)) } catch {
      result = .failure(error)
    }
    await channel.close()
    await rpc.drain(within: .seconds(5))
    try result.get()
  }
}

extension NoteServiceClient {
  func create(_ text: String, id: String = "", request: String = "") async throws(RPCError) -> Note {
    var create = CreateNoteRequest()
    var note = Note()
    (note.id, note.text) = (id, text)
    (create.note, create.requestId) = (note, request)
    return try await createNote(create)
  }

  func update(_ note: Note, _ text: String, etag: String = "", request: String = "") async throws(RPCError)
    -> Note
  {
    var update = UpdateNoteRequest()
    var changed = note
    (changed.text, changed.etag) = (text, etag)
    (update.note, update.requestId) = (changed, request)
    return try await updateNote(update)
  }

  func get(_ id: String, asOf position: Int64? = nil) async throws(RPCError) -> Note {
    var get = GetNoteRequest()
    get.id = id
    get.asOf = position.map { moment(at: $0) }
    return try await getNote(get)
  }

  /// All pages, two notes each.
  func list(asOf position: Int64? = nil, between: () async throws(RPCError) -> Void = {})
    async throws(RPCError) -> [String]
  {
    var list = ListNotesRequest()
    list.pageSize = 2
    list.asOf = position.map { moment(at: $0) }
    var texts: [String] = []
    repeat {
      let page = try await listNotes(list)
      texts += page.notes.map(\.text)
      list.pageToken = page.nextPageToken
      try await between()
    } while !list.pageToken.isEmpty
    return texts
  }
}

func moment(at position: Int64) -> AsOf {
  var asOf = AsOf()
  asOf.moment = .position(position)
  return asOf
}
