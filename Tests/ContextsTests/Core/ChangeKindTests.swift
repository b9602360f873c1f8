import CairnAPI
import GRPC
import Requests
import TestSupport
import Testing
import Wire

@testable import Contexts

@Suite struct ChangeKindTests {
  static let kinds: [any ChangeKind.Type] = [
    ContextChange.Kind.self, RelationshipChange.Kind.self, CairnAPI.TemplateChange.Kind.self,
  ]

  @Test(
    "each kind of change that has a name has a word of the journal, and no other number has",
    arguments: kinds.indices)
  func words(_ index: Int) {
    func check<Kind: ChangeKind>(_: Kind.Type) {
      var words: Set<String> = []
      for number in [.min, .max] + Array(-40...40) as [Int32] {
        let kind = Kind(rawValue: number)
        let isMeant = number != 0 && Kind.schema.name(of: number) != nil
        #expect((kind.action != nil) == isMeant, "\(number)")
        guard let word = kind.action else { continue }
        #expect(Kind(action: word) == kind && words.insert(word).inserted)
      }
      #expect(words.count == Kind.actions.count && words.contains("created"))
    }
    check(Self.kinds[index])
  }

  @Test(
    "a word that is none of the kind's is unspecified",
    arguments: ["", "Created", "created ", "something new", "\0"])
  func unknown(_ word: String) {
    #expect(ContextChange.Kind(action: word) == .unspecified)
    #expect(RelationshipChange.Kind(action: word) == .unspecified)
    #expect(CairnAPI.TemplateChange.Kind(action: word) == .unspecified)
  }

  @Test("a word of one kind need not be one of another")
  func apart() {
    #expect(CairnAPI.TemplateChange.Kind(action: "undeleted") == .unspecified)
    #expect(ContextChange.Kind(action: "ended") == .unspecified)
    #expect(RelationshipChange.Kind(action: "deleted") == .unspecified)
  }

  @Test(
    "a watch wants all words or some, and what is no kind is named by its place",
    arguments: [
      ([], nil, []), ([.created], ["created"], []),
      ([.purged, .created, .purged], ["purged", "created"], []),
      (Array(repeating: .updated, count: 16), ["updated"], []),
      (Array(repeating: .unspecified, count: 17), nil, ["kinds"]),
      ([.unspecified, .created, .unrecognized(8)], ["created"], ["kinds[0]", "kinds[2]"]),
      (
        [.unrecognized(-1), .unrecognized(.max), .unrecognized(.min)], [],
        ["kinds[0]", "kinds[1]", "kinds[2]"]
      ),
    ] as [([ContextChange.Kind], Set<String>?, [String])])
  func wanted(_ kinds: [ContextChange.Kind], _ words: Set<String>?, _ wrong: [String]) throws {
    var violations = Violations()
    #expect(violations.actions(kinds, at: "kinds") == words)
    #expect(try wrongFields { () throws(RPCError) in try violations.check() } == wrong)
  }
}
