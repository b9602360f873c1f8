import CairnAPI
import Testing
import Wire

@testable import Contexts

@Suite struct VersionDifferenceTests {
  private func version(_ number: Int64, _ fill: (inout Context) -> Void = { _ in }) -> ContextVersion {
    var context = Context()
    (context.title, context.version) = ("title", number)
    fill(&context)
    var version = ContextVersion()
    (version.context, version.kind) = (context, .updated)
    return version
  }

  @Test("both versions are shown without content and data, which are compared")
  func difference() {
    let old = version(1) {
      ($0.content, $0.data) = ("a\nb", [1, 2])
    }
    let new = version(2) {
      ($0.title, $0.content, $0.data) = ("new", "a\nc", [1, 2, 3])
    }
    let found = DiffContextVersionsResponse(from: old, to: new)
    #expect(found.fromVersion?.context?.version == 1 && found.toVersion?.context?.version == 2)
    #expect(found.fromVersion?.kind == .updated && found.toVersion?.kind == .updated)
    for version in [found.fromVersion, found.toVersion] {
      #expect(version?.context?.content == "" && version?.context?.data == [])
    }
    #expect(found.fields.map(\.path) == ["title"])
    #expect(found.content?.addedLines == 1 && found.content?.removedLines == 1)
    #expect(found.dataDiffers && found.fromDataBytes == 2 && found.toDataBytes == 3)
  }

  @Test("before the first version there was nothing")
  func first() {
    let found = DiffContextVersionsResponse(from: nil, to: version(1) { $0.data = [0] })
    #expect(found.fromVersion == nil && found.toVersion?.context?.version == 1)
    #expect(found.fields.map(\.path).contains("title") && found.fields.allSatisfy { $0.fromValue == nil })
    #expect(found.content == nil && found.dataDiffers)
    #expect(found.fromDataBytes == 0 && found.toDataBytes == 1)
  }

  @Test("the same values are no difference, and equal texts of other bytes are one")
  func equal() {
    let same = DiffContextVersionsResponse(
      from: version(1) { $0.data = [1] }, to: version(2) { $0.data = [1] })
    #expect(same.fields.isEmpty && same.content == nil && !same.dataDiffers)
    let other = DiffContextVersionsResponse(
      from: version(1) { $0.content = "\u{e9}" }, to: version(2) { $0.content = "e\u{301}" })
    #expect(other.content?.addedLines == 1)
  }

  @Test("data of as many bytes may differ")
  func data() {
    let found = DiffContextVersionsResponse(
      from: version(1) { $0.data = [1] }, to: version(2) { $0.data = [2] })
    #expect(found.dataDiffers && found.fromDataBytes == 1 && found.toDataBytes == 1)
  }
}
