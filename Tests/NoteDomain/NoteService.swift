import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

/// `note.v1.NoteService`.
package struct NoteService: NoteServiceProvider {
  private let journal: Journal
  private let store: NoteStore

  package init(journal: Journal, pool: PostgresPool) {
    self.journal = journal
    store = NoteStore(journal: journal, pool: pool)
  }

  package func createNote(_ request: CreateNoteRequest, _ call: CallContext) async throws(RPCError) -> Note {
    let (note, scope) = try await journal.accept(request, call) { request, violations in
      violations.optionalIdentifier(request.note?.id ?? "", at: "note.id")
      return violations.text(of: request.note)
    }
    return try await store.create(note, scope)
  }

  package func getNote(_ request: GetNoteRequest, _ call: CallContext) async throws(RPCError) -> Note {
    let (project, moment) = try await journal.moment(of: request.asOf, in: request.project, call) {
      $0.identifier(request.id, at: "id")
    }
    return try await store.note(request.id, at: moment?.position, in: project)
  }

  package func listNotes(
    _ request: ListNotesRequest, _ call: CallContext
  ) async throws(RPCError) -> ListNotesResponse {
    let page = try await journal.page(of: request, asOf: request.asOf, call)
    var response = ListNotesResponse()
    (response.notes, response.nextPageToken) = page.cut(
      try await store.read(NoteQueries.page(page)), id: \.id)
    return response
  }

  package func updateNote(_ request: UpdateNoteRequest, _ call: CallContext) async throws(RPCError) -> Note {
    let (note, scope) = try await journal.accept(request, call) { request, violations in
      violations.identifier(request.note?.id ?? "", at: "note.id")
      return violations.text(of: request.note)
    }
    return try await store.update(note, scope)
  }

  package func watchNotes(
    _ request: WatchNotesRequest, _ responses: ResponseWriter<WatchNotesResponse>, _ call: CallContext
  ) async throws(RPCError) {
    var violations = Violations()
    let start = violations.watchStart(
      afterPosition: request.afterPosition, afterOrdinal: request.afterOrdinal, journalID: request.journalId)
    try violations.check()
    try await journal.watch(
      start, of: request.project, matching: { $0.kind == "note" }, atMost: 100, responses, call
    ) {
      elements, project throws(RPCError) in
      let notes = try await store.read(NoteQueries.changed(elements.compactMap(\.row), in: project))
      return (elements.map { WatchNotesResponse($0) ?? WatchNotesResponse($0.row!, notes) }, elements.count)
    }
  }
}

extension CreateNoteRequest: WriteRequest { package var validateOnly: Bool { false } }
extension UpdateNoteRequest: WriteRequest { package var validateOnly: Bool { false } }
extension ListNotesRequest: ListRequest {}
extension WatchNotesResponse: WatchResponse {}
extension WatchNotesResponse.Event: WatchEvent {}

extension WatchNotesResponse {
  fileprivate init(_ change: Change, _ notes: [Note]) {
    self.init()
    event = notes.first { $0.position == change.position && $0.id.hasSameBytes(as: change.id) }.map(
      Event.note)
  }
}

extension Violations {
  /// The note of a request, whose text is checked.
  fileprivate mutating func text(of note: Note?) -> Note {
    title(note?.text ?? "", at: "note.text")
    return note ?? Note()
  }
}
