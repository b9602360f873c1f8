import CairnAPI
import EventLoop
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension TransferService {
  package func exportContexts(
    _ request: ExportContextsRequest, _ responses: ResponseWriter<ExportContextsResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let project = try await journal.project(request.project, call)
    let export = try ContextExport(
      validating: request, project: project.text, key: try await journal.tokenKey())
    let cursor = try await start(of: export, in: project, call)
    // Former versions are needed from the horizon on.
    let held = export.includesVersions ? nil : cursor.moment.position
    try await journal.holding(.export, at: held, in: project, on: call.loop) { hold throws(RPCError) in
      try await journal.confirm(cursor.moment.position, in: project)
      try await send(export, from: cursor, hold: hold, to: responses, call)
    }
  }

  /// Sends an export whose state is held.
  private func send(
    _ export: ContextExport, from cursor: ExportCursor, hold: Hold,
    to responses: ResponseWriter<ExportContextsResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let project = hold.project
    var sender = ExportSender(export, cursor, responses, blocking: blocking, loop: call.loop)
    if export.start == nil { try await sender.begin(project, journal: try await store.journalID()) }
    call.sendHeaders()
    var pageSize = ExportPageSize()
    while sender.cursor.phase == .contexts {
      try await journal.require(project, on: call.loop)
      let page = try await store.page(of: export, after: sender.cursor, rows: pageSize.rows, in: project)
      guard let last = page.last else {
        sender.beginRelationships()
        break
      }
      if export.includesVersions { try await send(versionsOf: page, to: &sender, hold) }
      // What could not be renewed may have lapsed.
      try await journal.confirm(hold)
      for (context, size) in page.contexts { try await sender.send(.context(context), size: size) }
      try await sender.endPage(last)
      pageSize.adapt(to: page)
    }
    while export.includesRelationships {
      try await journal.require(project, on: call.loop)
      let (found, last) = try await store.relationships(of: export, after: sender.cursor, in: project)
      guard let last else { break }
      try await journal.confirm(hold)
      for (relationship, size) in found { try await sender.send(.relationship(relationship), size: size) }
      try await sender.endPage(last.text)
    }
    try await sender.end()
  }

  /// Where it goes on, or the moment that it shows: without another wish that of the call, exactly.
  private func start(
    of export: ContextExport, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> ExportCursor {
    if let start = export.start {
      _ = try await journal.moment(WantedMoment(.known(start.moment)), in: project, call)
      return start
    }
    if let moment = try await journal.moment(export.asOf, in: project, call) { return ExportCursor(moment) }
    return ExportCursor(try await journal.present(of: project, call))
  }

  private func send(
    versionsOf page: ExportPage, to sender: inout ExportSender, _ hold: Hold
  ) async throws(RPCError) {
    var waves = VersionWaves(
      page.contexts.filter { $0.context.version > 1 }.map(\.context.id), after: hold.position)
    while !waves.isDone {
      let versions = try await store.versions(&waves, at: sender.cursor.moment.position, in: hold.project)
      for (version, size) in versions { try await sender.send(.contextVersion(version), size: size) }
    }
  }
}

/// How many contexts are looked at in one round trip: many small ones, few large ones.
private struct ExportPageSize {
  private(set) var rows = 200

  mutating func adapt(to page: ExportPage) {
    rows = page.looked < rows ? max(1, page.looked * 2) : min(rows * 2, Limits.batchItems)
  }
}

/// Gathers records into messages of bounded size.
private struct ExportSender {
  private let export: ContextExport
  private let responses: ResponseWriter<ExportContextsResponse>
  private let blocking: BlockingPool
  private let loop: EventLoop
  private(set) var cursor: ExportCursor
  private var records: [TransferRecord] = []
  private var bytes = 0

  init(
    _ export: ContextExport, _ cursor: ExportCursor, _ responses: ResponseWriter<ExportContextsResponse>,
    blocking: BlockingPool, loop: EventLoop
  ) {
    self.export = export
    self.cursor = cursor
    self.responses = responses
    self.blocking = blocking
    self.loop = loop
  }

  mutating func begin(_ project: ProjectID, journal: UUID128) async throws(RPCError) {
    var header = TransferHeader()
    header.project = project.text
    header.journalId = journal.description
    header.position = cursor.moment.position
    header.time = WellKnown.Timestamp(cursor.moment.time)
    append(.header(header), size: 0)
    try await flush(token: cursor)
  }

  mutating func send(_ record: TransferRecord.Record, size: Int) async throws(RPCError) {
    if bytes + size > Limits.transferBytes, !records.isEmpty { try await flush(token: nil) }
    append(record, size: size)
    cursor.sent += 1
  }

  mutating func endPage(_ last: String) async throws(RPCError) {
    cursor.last = last
    if !records.isEmpty { try await flush(token: cursor) }
  }

  mutating func beginRelationships() {
    cursor.phase = .relationships
    cursor.last = ""
  }

  mutating func end() async throws(RPCError) {
    var end = TransferEnd()
    end.records = Int64(cursor.sent)
    append(.end(end), size: 0)
    try await flush(token: nil)
  }

  private mutating func append(_ record: TransferRecord.Record, size: Int) {
    var holder = TransferRecord()
    holder.record = record
    records.append(holder)
    bytes += size
  }

  private mutating func flush(token: ExportCursor?) async throws(RPCError) {
    var response = ExportContextsResponse()
    response.position = cursor.moment.position
    if export.isJSON {
      var lines = try await lines(records)[...]
      // What was sent before: these records are not there yet.
      response.recordsSent = Int64(max(0, cursor.sent - records.count))
      while lines.count > Limits.linesBytes {
        response.jsonLines = Array(lines.prefix(Limits.linesBytes))
        lines = lines.dropFirst(Limits.linesBytes)
        try await responses.write(response)
      }
      response.jsonLines = Array(lines)
    } else {
      response.records = records
    }
    records = []
    bytes = 0
    response.recordsSent = Int64(cursor.sent)
    response.resumeToken = token.map { export.token(for: $0) } ?? ""
    try await responses.write(response)
  }

  /// Printing takes longer than a loop may be held up.
  private func lines(_ records: [TransferRecord]) async throws(RPCError) -> [UInt8] {
    try await blocking.run(on: loop) { () throws(RPCError) in
      var lines: [UInt8] = []
      for record in records {
        do throws(JSONError) {
          lines += Array(try record.json().utf8)
        } catch {
          throw RPCError(.internal, .internal, "a record has no JSON form: \(error)")
        }
        lines.append(0x0A)
      }
      return lines
    }
  }
}
