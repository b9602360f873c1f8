import Testing

@testable import Contexts

@Suite struct SearchQueryTests {
  @Test(
    "queries are read as people write them",
    arguments: [
      ("", ""), ("bridge", "'bridge'"), ("iron bridge", "'iron' & 'bridge'"),
      ("  iron\t\nbridge\u{a0}", "'iron' & 'bridge'"), ("\"iron bridge\"", "'iron bridge'"),
      ("\"iron bridge", "'iron bridge'"), ("a\"b c\"d", "'a' & 'b c' & 'd'"), ("-closed", "!'closed'"),
      ("bridge -\"no entry\"", "'bridge' & !'no entry'"), ("--closed", "!'closed'"),
      ("e-mail", "'e-mail'"), ("foot*", "'foot':*"), ("-foot*", "!'foot':*"), ("foot***", "'foot':*"),
      ("fo*ot", "'fo*ot'"), ("a OR b", "('a' | 'b')"), ("a OR b OR -c", "('a' | 'b' | !'c')"),
      ("x a OR b y", "'x' & ('a' | 'b') & 'y'"), ("OR a OR", "'a'"), ("a OR OR b", "('a' | 'b')"),
      ("a OR - b", "('a' | 'b')"), ("a or b", "'a' & 'or' & 'b'"), ("-OR", "!'OR'"),
      ("\"OR\"", "'OR'"), ("it's", "'it''s'"), ("back\\slash", "'back\\\\slash'"),
      ("a & b | !c", "'a' & 'b' & '!c'"), ("- * ** () \"\" \"-\" ' \\", ""), ("東京", "'東京'"), ("🪨", "'🪨'"),
      ("word:*A", "'word:*A'"), ("7", "'7'"),
      ("std::vector<int>", "'std::vector int '"), ("&alpha; <", "' alpha;'"), ("<in*", "' in':*"),
    ])
  func read(_ text: String, _ tsquery: String) {
    #expect(SearchQuery(text).tsquery == tsquery)
  }

  @Test(
    "a star needs two characters before it",
    arguments: [
      ("a*", true), ("ab*", false), ("x OR é*", true), ("東京*", false), ("*", false), ("\"a*\"", false),
    ])
  func prefixes(_ text: String, _ isShort: Bool) {
    #expect(SearchQuery(text).hasShortPrefix == isShort)
  }

  @Test("terms are counted, whatever joins them")
  func count() {
    #expect(SearchQuery("a b OR c -d \"e f\" - *").termCount == 5)
    #expect(SearchQuery(String(repeating: "x ", count: 500)).termCount == 500)
  }

  @Test("whatever stands in a query stays inside of quotes")
  func quotes() {
    var dice = SystemRandomNumberGenerator()
    let alphabet = Array("ab'\"\\-*|&!():<>~ OR\n\t")
    for _ in 0..<2_000 {
      let text = String((0..<Int.random(in: 0..<30)).map { _ in alphabet.randomElement(using: &dice)! })
      let outside = SearchQuery(text).tsquery.outsideQuotes
      #expect(outside != nil && outside!.allSatisfy { "!|&():* ".contains($0) }, "\(text.debugDescription)")
    }
  }
}

extension String {
  /// What does not stand in quotes, as `to_tsquery` reads them; nil when a quote is left open.
  fileprivate var outsideQuotes: String? {
    var outside = ""
    var isInside = false
    var rest = self[...]
    while let character = rest.popFirst() {
      if !isInside {
        if character == "'" { isInside = true } else { outside.append(character) }
      } else if character == "\\" || (character == "'" && rest.first == "'") {
        if rest.popFirst() == nil { return nil }
      } else if character == "'" {
        isInside = false
      }
    }
    return isInside ? nil : outside
  }
}
