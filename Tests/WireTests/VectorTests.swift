import Testing
import Wire

@Suite("Vectors by Python's protobuf")
struct VectorTests {
  @Test("every field type has the bytes that Python gives it, and is read back from them")
  func everyType() throws {
    let answers = try Oracle.ask("evaluate", [], Vector.all.map(\.python))
    try #require(answers.count == Vector.all.count)
    for (vector, answer) in zip(Vector.all, answers) {
      let message = vector.message
      let bytes = try #require(Hex.decode(answer))
      #expect(try Everything(decoding: bytes) == message, "\(vector)")
      // Python sorts the entries of a map the other way round.
      if !vector.python.contains("map") {
        #expect(Hex.encode(message.serializedBytes()) == answer, "\(vector)")
      }
    }
  }

  @Test("Python reads what we write as the same message")
  func written() throws {
    let answers = try Oracle.ask("normalize", [], Vector.all.map { Hex.encode($0.message.serializedBytes()) })
    #expect(try answers == Oracle.ask("evaluate", [], Vector.all.map(\.python)))
  }

  @Test("every field type comes back from its JSON, and Python reads that JSON as the same message")
  func json() throws {
    let texts = try Vector.all.map { try $0.message.json(Self.printing) }
    for (vector, text) in zip(Vector.all, texts) {
      #expect(try Everything(json: text, Self.parsing) == vector.message, "\(vector): \(text)")
    }
    #expect(try Oracle.ask("json", [], texts) == Oracle.ask("evaluate", [], Vector.all.map(\.python)))
  }

  static var registry: TypeRegistry { TypeRegistry([Everything.self, Leaf.self]) }

  static var printing: JSONPrinting {
    var options = JSONPrinting()
    options.registry = registry
    return options
  }

  static var parsing: JSONParsing {
    var options = JSONParsing()
    options.registry = registry
    return options
  }
}
