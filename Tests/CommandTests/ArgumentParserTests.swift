import Testing

@testable import cairn

@Suite("Command lines")
struct ArgumentParserTests {
  static let syntax = CommandSyntax(
    name: "try", summary: "try it",
    operands: [
      Operand(name: "WHAT", help: "a thing"), Operand(name: "HOW", help: "a way", isRequired: false),
    ],
    options: [
      Option(name: "header", letter: "H", value: "NAME:VALUE", help: "", repeats: true),
      Option(name: "deadline", value: "TIME", help: ""),
      Option(name: "verbose", letter: "v", help: ""),
    ])

  @Test(
    "words are sorted into operands and options",
    arguments: [
      (["a"], ["a"], [:]), (["a", "b"], ["a", "b"], [:]), (["a", "-"], ["a", "-"], [:]),
      (["--deadline", "1s", "a"], ["a"], ["deadline": ["1s"]]),
      (["a", "--deadline=1s"], ["a"], ["deadline": ["1s"]]),
      (["a", "--deadline="], ["a"], ["deadline": [""]]),
      (["a", "--deadline=a=b"], ["a"], ["deadline": ["a=b"]]),
      (["-H", "a:b", "x", "-Hc:d", "--header", "e:f"], ["x"], ["header": ["a:b", "c:d", "e:f"]]),
      (["-v", "a", "--verbose"], ["a"], ["verbose": ["", ""]]),
      (["--", "--verbose", "-v"], ["--verbose", "-v"], [:]),
      (["a", "--deadline", "-v"], ["a"], ["deadline": ["-v"]]),
    ] as [([String], [String], [String: [String]])])
  func understood(words: [String], operands: [String], options: [String: [String]]) throws {
    #expect(try Self.syntax.parse(words) == .arguments(Arguments(operands: operands, options: options)))
  }

  @Test(
    "help is seen anywhere in front of --",
    arguments: [["--help"], ["a", "b", "c", "-h"], ["-v", "--help"]])
  func help(words: [String]) throws {
    #expect(try Self.syntax.parse(words) == .help)
  }

  @Test(
    "what cannot be understood is named",
    arguments: [
      ([], "WHAT is missing: a thing"), (["a", "b", "c"], "unexpected argument \"c\""),
      (["a", "--deadlin", "1s"], "unknown option --deadlin; did you mean --deadline?"),
      (["a", "--zebra"], "unknown option --zebra; see `cairn try --help`"),
      (["a", "-x"], "unknown option -x; see `cairn try --help`"),
      (["a", "--deadline"], "--deadline needs a value: TIME"), (["a", "-H"], "-H needs a value: NAME:VALUE"),
      (["a", "--verbose=yes"], "--verbose takes no value"),
      (["a", "--help=yes"], "--help takes no value"),
      (["a", "-vv"], "-v takes no value; write its options apart"),
      (["a", "--deadline", "1s", "--deadline", "2s"], "--deadline is there twice"),
    ])
  func refused(words: [String], reason: String) {
    #expect(throws: UsageError(reason)) { try Self.syntax.parse(words) }
  }

  @Test("every command's help names every option and its usage", arguments: Command.all.map(\.syntax.name))
  func helpIsWhole(name: String) throws {
    let syntax = try #require(Command.all.first { $0.syntax.name == name }).syntax
    let text = HelpText.command(syntax)
    #expect(text.hasPrefix("Usage: cairn \(name)"))
    for option in syntax.options { #expect(text.contains("--\(option.name)")) }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 96 })
    let letters = syntax.options.compactMap(\.letter)
    #expect(Set(letters).count == letters.count)
  }

  @Test("an unknown command is told the nearest")
  func unknownCommand() {
    let interface = CommandLineInterface(
      commands: Command.all, context: CommandContext(environment: [:], loop: .init(name: "test")))
    #expect(interface.unknown(["descirbe"]) == "there is no command \"descirbe\"; did you mean describe?")
    #expect(interface.unknown(["migrate"]) == "say which: cairn migrate up, cairn migrate status")
    #expect(interface.unknown(["zebra"]) == "there is no command \"zebra\"; see `cairn --help`")
    #expect(interface.find(["migrate", "up", "--x"])?.1 == ["--x"])
  }

  @Test(
    "durations have a unit",
    arguments: [
      ("250ms", .milliseconds(250)), ("30s", .seconds(30)), ("1.5s", .milliseconds(1500)),
      ("5m", .seconds(300)),
      ("1h", .seconds(3600)), ("30d", .seconds(2_592_000)), ("10us", .microseconds(10)), ("0", .zero),
      ("5", nil), ("", nil), ("s", nil),
      ("-1s", nil), ("1 s", nil), ("1e3s", nil), ("1.s", nil), ("999999999999h", nil), ("0x1s", nil),
    ] as [(String, Duration?)])
  func durations(text: String, value: Duration?) {
    #expect(Quantity.duration(text) == value)
  }

  @Test(
    "sizes are bytes or have a unit",
    arguments: [
      ("1", 1), ("4MiB", 4 << 20), ("64KiB", 64 << 10), ("1GiB", 1 << 30), ("12B", 12), ("4MB", nil),
      ("-1", nil),
      ("", nil), ("MiB", nil), ("99999999999999999999", nil), ("9223372036854775807GiB", nil), ("+1", nil),
    ] as [(String, Int?)])
  func sizes(text: String, value: Int?) {
    #expect(Quantity.bytes(text) == value)
  }
}
