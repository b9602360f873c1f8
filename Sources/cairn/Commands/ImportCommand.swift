import CairnAPI
import EventLoop
import GRPC
import Glibc

extension Command {
  static let importContexts = Command(
    syntax: CommandSyntax(
      name: "import", summary: "store the contexts of a file or a folder",
      discussion: """
        Takes what `cairn export` writes, and files of others: Markdown (front matter gives title, id, type, status, \
        tags, owner, date; other keys become metadata) and plain text, one file or a folder of them, a context a \
        file; conversations.json of ChatGPT and Claude, a context a conversation; memories as mem0 lists them.

        Former versions in the file become the history of the contexts that are new; that they were stored here is a \
        change of now. What cannot be stored is reported by its line, element or file. An import that was interrupted goes on with \
        --resume and the id that it printed: nothing is stored twice.

        The exit status is 0 when everything was stored or skipped, 1 when something was wrong, 130 after Ctrl-C, \
        and that of `cairn call` when the server refused.
        """,
      operands: [
        Operand(name: "FILE", help: "A file or a folder; - or nothing is standard input.", isRequired: false)
      ],
      options: ClientOptions.options + [
        Option(
          name: "format", letter: "f", value: "FORMAT",
          help: "\(ImportFormat.names). Default: found out, where that is safe."),
        Option(
          name: "mode", value: "MODE",
          help:
            "What happens to contexts whose id is taken: skip (they stay), overwrite (they get a new version) or "
            + "new-ids (all get new ids). Default: skip."),
        Option(
          name: "on-error", value: "WHAT",
          help:
            "After something wrong: skip (report it, store the rest), stop, or none (look at everything first, "
            + "and store nothing when something is wrong; needs a file). Default: skip."),
        Option(
          name: "no-versions", help: "Leave former versions out: every context begins with the present one."),
        Option(name: "dry-run", help: "Check everything and store nothing."),
        Option(name: "resume", value: "ID", help: "Go on with an import that was interrupted."),
        Option(name: "quiet", letter: "q", help: "Say nothing unless something is wrong."),
      ],
      examples: [
        "cairn import contexts.jsonl", "cairn import notes/ --format markdown --mode overwrite",
        "cairn import conversations.json",
        "unzip -p export.zip conversations.json | cairn import --format claude",
      ])
  ) { arguments, context throws(CommandError) in
    let interruption = Interruption(on: context.loop)
    let session = try ClientSession(arguments, context)
    let wish: ImportWish
    do throws(UsageError) { wish = try ImportWish(arguments) } catch { throw CommandError(error) }
    let job = ImportJob(wish: wish, session: session, loop: context.loop)
    interruption.handle { job.interrupted() }
    return try await job.run()
  }
}

/// What the command line asks of an import.
struct ImportWish: Sendable {
  enum ErrorPolicy: String { case skip, stop, none }

  let input: ImportInput
  let mode: ImportMode
  let onError: ErrorPolicy
  let ignoresVersions: Bool
  let isDryRun: Bool
  let resumed: String?
  let isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    var format: ImportFormat?
    if let text = arguments["format"] {
      guard let known = ImportFormat(rawValue: text) else {
        throw UsageError("--format \(text): there are \(ImportFormat.names)")
      }
      format = known
    }
    input = ImportInput(path: arguments.operands.first ?? "-", format: format)
    switch arguments["mode"] ?? "skip" {
    case "skip": mode = .skip
    case "overwrite": mode = .overwrite
    case "new-ids": mode = .newIds
    case let text: throw UsageError("--mode \(text): there are skip, overwrite and new-ids")
    }
    guard let policy = ErrorPolicy(rawValue: arguments["on-error"] ?? "skip") else {
      throw UsageError("--on-error \(arguments["on-error"] ?? ""): there are skip, stop and none")
    }
    onError = policy
    if policy == .none, input.path == "-" {
      throw UsageError("--on-error none reads everything twice: give it a file, not standard input")
    }
    ignoresVersions = arguments.has("no-versions")
    isDryRun = arguments.has("dry-run")
    resumed = arguments["resume"]
    isQuiet = arguments.has("quiet")
  }

  func options(id: String, isOnlyAsked: Bool) -> ImportOptions {
    var options = ImportOptions()
    options.importId = id
    options.mode = mode
    options.onError = onError == .stop && !isOnlyAsked ? .stop : .skip
    options.validateOnly = isOnlyAsked
    options.ignoreVersions = ignoresVersions
    return options
  }
}

/// An import from the command line: one pass, or a look at everything before it. Confined to `loop`.
final class ImportJob: @unchecked Sendable {
  private let wish: ImportWish
  private let session: ClientSession
  private let loop: EventLoop
  private let blocking = BlockingPool(threads: 1)
  private var running: ImportRun?
  /// A look before the import reads the same folder.
  private var hasToldSkipped = false

  init(wish: ImportWish, session: ClientSession, loop: EventLoop) {
    self.wish = wish
    self.session = session
    self.loop = loop
  }

  func run() async throws(CommandError) -> ExitStatus {
    if wish.isDryRun || wish.onError == .none, wish.resumed == nil {
      let (looked, isWhole) = try await pass(isOnlyAsked: true)
      if wish.isDryRun || looked.failed > 0 || !isWhole {
        let found = looked.failed > 0 ? "; \(looked.failed) wrong" : ""
        say([
          "nothing stored: \(looked.stored + looked.overwritten) can be, \(looked.skipped) skipped\(found)"
        ])
        return looked.failed > 0 || !isWhole ? .failure : .success
      }
    }
    let progress = ProgressLine(isQuiet: wish.isQuiet)
    let (last, isWhole) = try await pass(isOnlyAsked: false)
    say([ImportRun.summary(last) + progress.rate(last.stored + last.overwritten)])
    if last.unfinished > 0 {
      Output.complain([
        "\(last.unfinished) contexts are stored as a former version says: their own records are missing"
      ])
    }
    return last.failed > 0 || last.unfinished > 0 || !isWhole ? .failure : .success
  }

  private func say(_ lines: [String]) {
    if !wish.isQuiet { Output.complain(lines) }
  }

  /// - Returns: What became of it, and whether the file was whole.
  private func pass(isOnlyAsked: Bool) async throws(CommandError) -> (ImportContextsResponse, Bool) {
    let name = wish.input.path == "-" ? "standard input" : wish.input.path
    let source: any RecordSource
    do throws(InputError) { source = try await wish.input.open(on: loop, blocking) } catch {
      throw CommandError(error)
    }
    if let skipped = source.skipped, !hasToldSkipped { say(["\(name): \(skipped)"]) }
    hasToldSkipped = true
    let options = wish.options(id: isOnlyAsked ? "" : wish.resumed ?? "", isOnlyAsked: isOnlyAsked)
    let run = ImportRun(source, options, name: name, progress: ProgressLine(isQuiet: wish.isQuiet), on: loop)
    running = isOnlyAsked ? nil : run
    do throws(CallFailure) {
      try await run.run(session.channel, options: session.options.callOptions)
    } catch {
      switch error {
      case .input(let error): throw CommandError([error.description] + hint(run), .failure)
      case .status(let error): throw failed(error, in: run)
      }
    }
    if let damage = source.damage { Output.complain(["\(name) \(damage)"]) }
    return (run.last, source.damage == nil)
  }

  private func failed(_ error: RPCError, in run: ImportRun) -> CommandError {
    if let sequence = error.particular("sequence").flatMap({ Int64($0) }) {
      return CommandError(
        ["\(run.place(sequence)): \(error.message)"] + hint(run), .status(error.code))
    }
    let plain = CommandError(error, calling: session.options.address)
    return CommandError(plain.lines + hint(run), plain.status)
  }

  /// How to go on.
  private func hint(_ run: ImportRun) -> [String] {
    let last = run.last
    guard !last.importId.isEmpty, running === run else { return [] }
    let file = wish.input.path == "-" ? "the same input again" : wish.input.path
    return [
      "\(last.acknowledged) records are dealt with (\(ImportRun.summary(last)));"
        + " to go on: cairn import \(file) --resume \(last.importId) with the same options"
    ]
  }

  /// Ctrl-C: says how to go on, and ends. What was acknowledged is stored.
  func interrupted() -> Never {
    Output.error("\n")
    if let running { Output.complain(hint(running)) }
    ExitStatus.interrupted.endProcess()
  }
}
