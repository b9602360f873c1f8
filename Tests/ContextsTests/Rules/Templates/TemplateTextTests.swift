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
      ("{{x", nil), ("{{}}", nil), ("{{a b}}", nil), ("{{>}}", nil), ("{{1a}}", nil), ("{{é}}", nil),
    ] as [(String, [TemplateText.Piece]?)])
  func table(source: String, pieces: [TemplateText.Piece]?) {
    #expect((try? TemplateText(source))?.pieces == pieces)
  }

  @Test("say in which line they are wrong")
  func line() {
    #expect(throws: TemplateText.SyntaxError(description: "has `{{` without `}}` in line 3")) {
      try TemplateText("a\n{{b}}\n{{c")
    }
  }
}
