import Foundation
import Testing

/// What `make reference` writes.
@Suite("The reference")
struct ReferenceTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The pages of files in a folder, by their names.
  private static func pages(of names: [String], in folder: URL) throws -> [String: String] {
    let output = FileManager.default.temporaryDirectory.appending(
      path: "cairn-reference-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: output) }
    let plugin = Generation.products.appending(path: "protoc-gen-reference").path
    let (status, complaint) = try Generation.execute(
      [
        "protoc", "--proto_path=\(folder.path)", "--plugin=protoc-gen-reference=\(plugin)",
        "--reference_out=\(output.path)",
      ] + names)
    guard status == 0 else { throw Generation.Refused(output: complaint) }
    return try read(output)
  }

  private static func pages(of text: String) throws -> [String: String] {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "cairn-reference-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = "syntax = \"proto3\";\npackage shop.v1;\n" + text
    try file.write(to: folder.appending(path: "shop.proto"), atomically: true, encoding: .utf8)
    return try pages(of: ["shop.proto"], in: folder)
  }

  private static func read(_ folder: URL) throws -> [String: String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { name in
        (name, try String(contentsOf: folder.appending(path: name), encoding: .utf8))
      })
  }

  private static let committed = Result { try read(root.appending(path: "docs/reference")) }

  @Test("says what the protos say; after a change of them run `make reference`")
  func current() throws {
    let protos = Self.root.appending(path: "Protos")
    let names = try FileManager.default.contentsOfDirectory(atPath: protos.path + "/cairn/v1").sorted()
    let made = try Self.pages(of: names.map { "cairn/v1/\($0)" }, in: protos)
    let committed = try Self.committed.get()
    #expect(made.keys.sorted() == committed.keys.sorted())
    for (name, text) in made { #expect(text == committed[name], "docs/reference/\(name)") }
  }

  @Test("describes every method")
  func complete() throws {
    let text = try Self.committed.get().values.joined()
    let protos = Self.root.appending(path: "Protos/cairn/v1")
    var methods = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: protos.path) {
      let source = try String(contentsOf: protos.appending(path: name), encoding: .utf8)
      for match in source.matches(of: /(?m)^  rpc (\w+)\(/) {
        methods += 1
        #expect(text.contains("\n### \(match.output.1)\n"), "\(match.output.1)")
      }
    }
    #expect(methods > 40)
  }

  @Test("has no link that leads nowhere")
  func links() throws {
    let pages = try Self.committed.get()
    let anchors = pages.mapValues { page in
      Set(
        page.matches(of: /(?m)^#+ (.+)$|<a id="([^"]+)"/).map { match in
          match.output.2.map(String.init)
            ?? match.output.1!.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
            .replacing(" ", with: "-")
        })
    }
    var count = 0
    for (name, page) in pages {
      for match in page.matches(of: /\]\(([^)#]*)(?:#([^)]+))?\)/) {
        let (file, anchor) = (String(match.output.1), match.output.2.map(String.init))
        if file.hasPrefix("https://") { continue }
        count += 1
        if file.hasPrefix("../") {
          let path = Self.root.appending(path: "docs/reference/\(file)").path
          #expect(FileManager.default.fileExists(atPath: path), "\(name): \(file)")
          continue
        }
        let target = try #require(anchors[file.isEmpty ? name : file], "\(name): \(file)")
        if let anchor { #expect(target.contains(anchor), "\(name): \(file)#\(anchor)") }
      }
    }
    #expect(count > 500)
  }

  private static let shop = """
    // Sells things. Never at night.
    service Shop {
      // Buys one | many, as `a|b`. SOLD_OUT when there is *none*; see CartItem and Shop.Sell.
      rpc Buy(BuyRequest) returns (stream Receipt) { option idempotency_level = NO_SIDE_EFFECTS; }
      // Errors as of Buy.
      rpc Sell(stream SellRequest) returns (Receipt);
    }
    message BuyRequest {
      // Required. What to buy: up to 3 items.
      repeated CartItem items = 1;
      oneof payment {
        string card = 2;
        int64 coins = 3;
      }
      // As in SellRequest.
      string request_id = 4;
    }
    message SellRequest {
      // ID_REUSED when it is known.
      string request_id = 1;
      map<string, CartItem> stock = 2;
    }
    // One thing.
    //
    //   price = weight * 2
    message CartItem {
      enum Kind { KIND_UNSPECIFIED = 0; }
      // Output only.
      optional Kind kind = 1 [deprecated = true];
    }
    message Receipt {}
    // Why not.
    enum ErrorReason {
      ERROR_REASON_UNSPECIFIED = 0;
      // NOT_FOUND. Nothing is left. metadata: `id`.
      ERROR_REASON_SOLD_OUT = 1;
      // INVALID_ARGUMENT. The id was used before.
      ERROR_REASON_ID_REUSED = 2;
    }
    """

  @Test(
    "has fields, kinds of streaming, errors and links",
    arguments: [
      // A summary ends with its sentence; what is a mark elsewhere stands as it is.
      "| [Buy](shop.md#buy) | server streaming, reads | Buys one \\| many, as `a\\|b`. |",
      "[`SOLD_OUT`](errors.md#sold_out) when there is \\*none\\*; see [CartItem](shop.md#cartitem) and "
        + "[Shop.Sell](shop.md#sell).",
      "> **Takes** [`BuyRequest`](shop.md#buyrequest) · **gives** stream of [`Receipt`](shop.md#receipt) · "
        + "server streaming · reads only, may be repeated",
      "> **Takes** stream of [`SellRequest`](shop.md#sellrequest) · **gives** [`Receipt`](shop.md#receipt) · "
        + "client streaming",
      "| `items` | list of [`CartItem`](shop.md#cartitem) | **Required.** What to buy: up to 3 items. |",
      "| `coins` | `int64`<br>one of `payment` |  |",
      "| `stock` | map of `string` to [`CartItem`](shop.md#cartitem) |  |",
      "```\nprice = weight * 2\n```",
      "| `kind` | optional [`CartItem.Kind`](shop.md#cartitemkind) | **Deprecated.** *Output only.* |",
      "### CartItem.Kind", "| `KIND_UNSPECIFIED` | 0 |  |", "It has no fields.",
      "| [`SOLD_OUT`](errors.md#sold_out) | NOT_FOUND | Nothing is left. |",
      "| [`ID_REUSED`](errors.md#id_reused) | INVALID_ARGUMENT | The id was used before. |",
    ])
  func page(_ expected: String) throws {
    let page = try #require(try Self.pages(of: Self.shop)["shop.md"])
    #expect(page.contains(expected), "\(page)")
  }

  @Test(
    "names the errors of a method that are said of its request, of a twin of a field, or of another method")
  func errors() throws {
    let pages = try Self.pages(of: Self.shop)
    let page = try #require(pages["shop.md"])
    for reason in ["SOLD_OUT", "ID_REUSED"] {
      let rows = page.split(separator: "\n").filter { $0.hasPrefix("| [`\(reason)`]") }
      #expect(rows.count == 2, "\(reason)")
    }
    let row = "| <a id=\"sold_out\"></a>`SOLD_OUT` | NOT_FOUND | Nothing is left. | `id` |"
    #expect(try #require(pages["errors.md"]).contains(row))
  }

  @Test("describes what services of one file share once")
  func shared() throws {
    let services = "service A { rpc Get(Id) returns (Thing); } service B { rpc Find(Id) returns (Thing); }"
    let pages = try Self.pages(of: services + " message Id {} message Thing {}")
    // Beside the first of the services in its file.
    #expect(try #require(pages["a.md"]).contains("### Thing"))
    #expect(try #require(pages["b.md"]).contains("[`Thing`](a.md#thing)"))
    #expect(pages["types.md"] == nil)
  }

  @Test("refuses names that would have one heading")
  func clash() throws {
    #expect(throws: Generation.Refused.self) {
      try Self.pages(of: "service S { rpc Find(find) returns (find); } message find {}")
    }
  }
}
