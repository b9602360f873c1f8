import Patience
import Testing

@testable import Contexts

@Suite("Template texts")
struct TemplateTextTests {
  @Test(
    "are cut into texts, variables and templates",
    arguments: [
      ("", []),
      ("plain {one} }} {", [.text("plain {one} }} {")]),
      ("a{{x}}b", [.text("a"), .variable("x"), .text("b")]),
      ("{{ _x1 }}{{y}}", [.variable("_x1"), .variable("y")]),
      ("{{> other/id 2 }}", [.template("other/id 2")]),
      ("\\{{x}} \\ {{x}}", [.text("{{x}} \\ "), .variable("x")]),
      ("{{{x}}}", nil),
      ("{{a}}\u{301}{{\u{301}", nil), ("{\u{301}{{x}}", [.text("{\u{301}"), .variable("x")]),
      ("{{> \(String(repeating: "i", count: 129))}}", nil),
      ("{{x", nil), ("{{}}", nil), ("{{a b}}", nil), ("{{>}}", nil), ("{{1a}}", nil), ("{{é}}", nil),
    ] as [(String, [TemplateText.Piece]?)])
  func table(source: String, pieces: [TemplateText.Piece]?) {
    #expect((try? TemplateText(source))?.pieces == pieces)
  }

  @Test("are read in one pass, however many places they have")
  func many() throws {
    let source = String(repeating: "{{n}}\n {\u{301}{{> t}}\\{{", count: 12_000)
    let time = try ContinuousClock().measure {
      let text = try TemplateText(source)
      #expect(text.pieces.count == 48_000 && text.variables == ["n"] && text.templates == ["t"])
    }
    #expect(time < .seconds(3) * patience, "\(time)")
  }

  @Test("say in which line they are wrong")
  func line() {
    #expect(throws: TemplateText.SyntaxError(description: "has `{{` without `}}` in line 3")) {
      try TemplateText("a\n{{b}}\n{{c")
    }
  }
}
