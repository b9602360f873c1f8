import CairnAPI
import EventLoop
import GRPC
import Glibc
import Wire

extension Command {
  static let exportContexts = Command(
    syntax: CommandSyntax(
      name: "export", summary: "write the contexts of a project to a file",
      discussion: """
        Everything is as it was at one moment, that of the call or --as-of. An export to a file that was interrupted \
        goes on with --resume. `cairn import` takes the file.
        """,
      operands: [
        Operand(name: "FILE", help: "The file; - or nothing is standard output.", isRequired: false)
      ],
      options: ClientOptions.options + [
        Option(
          name: "format", letter: "f", value: "FORMAT",
          help: "jsonl or protobuf. Default: protobuf for a FILE that ends in .binpb or .pb, else jsonl."),
        Option(
          name: "type", value: "TYPE", help: "Only contexts of this type: note, document, code, ….",
          repeats: true),
        Option(
          name: "status", value: "STATUS", help: "Only those in this state: draft, active, archived.",
          repeats: true),
        Option(
          name: "tag", value: "TAG", help: "Only those with this tag; of several, with all.", repeats: true),
        Option(name: "owner", value: "NAME", help: "Only those of this owner."),
        Option(name: "session", value: "ID", help: "Only those of this session."),
        Option(name: "deleted", help: "Deleted contexts, too."),
        Option(
          name: "versions",
          help: "Former versions of the contexts, too, before them. Of relationships there are none."),
        Option(name: "relationships", help: "The relationships between the contexts, too."),
        Option(
          name: "as-of", value: "MOMENT",
          help: "A position of the journal, or a time such as 2026-01-31T12:00:00Z."),
        Option(name: "resume", help: "Go on with an export to FILE that was interrupted."),
        Option(name: "quiet", letter: "q", help: "Say nothing unless something is wrong."),
      ],
      examples: [
        "cairn export contexts.jsonl", "cairn export --owner ann | gzip > ann.jsonl.gz",
        "cairn export contexts.binpb --versions --deleted",
      ])
  ) { arguments, context throws(CommandError) in
    let interruption = Interruption(on: context.loop)
    let session = try ClientSession(arguments, context)
    let request: ExportContextsRequest
    do throws(UsageError) { request = try ExportContextsRequest(arguments) } catch {
      throw CommandError(error)
    }
    let path = arguments.operands.first ?? "-"
    let job = ExportJob(
      request, path: path, isBinary: try ExportContextsRequest.isBinary(path, arguments: arguments),
      isQuiet: arguments.has("quiet"), session: session, loop: context.loop)
    interruption.handle { job.interrupted() }
    return try await job.run(isResumed: arguments.has("resume"))
  }
}

extension ExportContextsRequest {
  init(_ arguments: Arguments) throws(UsageError) {
    self.init()
    var filter = ContextFilter()
    for text in arguments.options["type"] ?? [] {
      guard let type = ContextType(named: text) else {
        throw UsageError("--type \(text): there is no such type")
      }
      filter.types.append(type)
    }
    for text in arguments.options["status"] ?? [] {
      guard let status = ContextStatus(named: text) else {
        throw UsageError("--status \(text): there are draft, active and archived")
      }
      filter.statuses.append(status)
    }
    filter.tags = arguments.options["tag"] ?? []
    filter.owner = arguments["owner"] ?? ""
    filter.session = arguments["session"] ?? ""
    self.filter = filter
    showDeleted = arguments.has("deleted")
    includeVersions = arguments.has("versions")
    includeRelationships = arguments.has("relationships")
    if let text = arguments["as-of"] { asOf = try AsOf(text) }
  }

  static func isBinary(_ path: String, arguments: Arguments) throws(CommandError) -> Bool {
    switch arguments["format"] {
    case nil: return path.hasSuffix(".binpb") || path.hasSuffix(".pb")
    case "jsonl"?: return false
    case "protobuf"?: return true
    case let text?: throw CommandError(UsageError("--format \(text): there are jsonl and protobuf"))
    }
  }
}

extension AsOf {
  /// A position or a time.
  init(_ text: String) throws(UsageError) {
    self.init()
    if let position = Int64(text), position >= 0 {
      moment = .position(position)
    } else if let time = WellKnown.Timestamp(written: text) {
      moment = .time(time)
    } else {
      throw UsageError("--as-of \(text): expected a position, or a time such as 2026-01-31T12:00:00Z")
    }
  }
}

/// An export from the command line. Confined to `loop`.
final class ExportJob: @unchecked Sendable {
  private var request: ExportContextsRequest
  private let path: String
  private let isBinary: Bool
  private let isQuiet: Bool
  private let session: ClientSession
  private let loop: EventLoop
  private let blocking = BlockingPool(threads: 1)
  private var progress: ProgressLine
  private var file: ExportFile?

  init(
    _ request: ExportContextsRequest, path: String, isBinary: Bool, isQuiet: Bool, session: ClientSession,
    loop: EventLoop
  ) {
    self.request = request
    // Printing JSON is work that the server need not do.
    self.request.format = .records
    self.path = path
    self.isBinary = isBinary
    self.isQuiet = isQuiet
    self.session = session
    self.loop = loop
    progress = ProgressLine(isQuiet: isQuiet)
  }

  func run(isResumed: Bool) async throws(CommandError) -> ExitStatus {
    do throws(InputError) {
      let file = try ExportFile(path, isResumed: isResumed)
      self.file = file
      request.resumeToken = file.token
    } catch {
      throw CommandError(error)
    }
    var sent: Int64 = 0
    do throws(CallFailure) {
      sent = try await copy()
    } catch {
      progress.clear()
      switch error {
      case .input(let error): throw CommandError([error.description] + hint, .failure)
      case .status(let error):
        let plain = CommandError(error, calling: session.options.address)
        throw CommandError(plain.lines + hint, plain.status)
      }
    }
    progress.clear()
    if isQuiet { return .success }
    if request.includeVersions, !request.includeRelationships {
      Output.complain(["relationships are left out: --relationships writes them, too"])
    }
    Output.complain(["\(sent) records\(progress.rate(sent))"])
    return .success
  }

  private func copy() async throws(CallFailure) -> Int64 {
    guard let file else { return 0 }
    var sent: Int64 = 0
    let call = try await asking { () throws(RPCError) in
      try await TransferServiceClient(session.channel).exportContexts(
        request, options: session.options.callOptions)
    }
    while let response = try await asking({ () throws(RPCError) in try await call.next() }) {
      let isBinary = isBinary
      let written = await blocking.run(on: loop) { () -> Result<Void, InputError> in
        do throws(InputError) {
          try file.write(try Self.bytes(response.records, isBinary: isBinary), token: response.resumeToken)
          return .success(())
        } catch {
          return .failure(error)
        }
      }
      if case .failure(let error) = written { throw .input(error) }
      sent = response.recordsSent
      progress.show(sent, text: "\(sent) records", fraction: nil)
    }
    do throws(InputError) { try file.finish() } catch { throw .input(error) }
    return sent
  }

  private func asking<T>(_ body: () async throws(RPCError) -> T) async throws(CallFailure) -> T {
    do throws(RPCError) { return try await body() } catch { throw .status(error) }
  }

  private static func bytes(_ records: [TransferRecord], isBinary: Bool) throws(InputError) -> [UInt8] {
    var bytes: [UInt8] = []
    for record in records {
      if isBinary {
        bytes += RecordCutter.framed(record.serializedBytes())
        continue
      }
      do throws(JSONError) {
        bytes += Array(try record.json().utf8)
        bytes.append(0x0A)
      } catch {
        throw InputError("a record has no JSON form: \(error)")
      }
    }
    return bytes
  }

  private var hint: [String] {
    path == "-" || file?.canResume != true
      ? [] : ["to go on: cairn export \(path) --resume with the same options"]
  }

  /// Ctrl-C: says how to go on, and ends.
  func interrupted() -> Never {
    Output.error("\n")
    if !hint.isEmpty { Output.complain(hint) }
    ExitStatus.interrupted.endProcess()
  }
}
