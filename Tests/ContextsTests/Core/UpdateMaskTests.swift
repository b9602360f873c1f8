import CairnAPI
import Requests
import Testing
import Wire

@testable import Contexts

@Suite struct UpdateMaskTests {
  private func mask(_ paths: [String]?, of context: Context = Context()) -> (
    UpdateMask<ContextField>, Violations
  ) {
    var violations = Violations()
    let mask = UpdateMask<ContextField>(
      validating: paths.map { WellKnown.FieldMask(paths: $0) }, of: context, at: "update_mask", &violations)
    return (mask, violations)
  }

  @Test("paths name fields and places in the metadata")
  func valid() {
    let (mask, violations) = mask(["title", "media_type", "metadata.a", "metadata.b.c", "metadata.`x.y`.z-1"])
    #expect(violations.isEmpty)
    #expect(mask.fields == [.title, .mediaType])
    #expect(mask.metadataPaths.map(\.keys) == [["a"], ["b", "c"], ["x.y", "z-1"]])
  }

  @Test("a star means every field")
  func star() {
    #expect(mask(["*"]).0.fields == Set(ContextField.allCases.filter { !$0.isPartOfMemory }))
  }

  @Test("without a mask the fields that have a value are meant", arguments: [nil, []] as [[String]?])
  func absent(_ paths: [String]?) {
    var context = Context()
    context.title = "t"
    context.metadata = WellKnown.Struct()
    context.version = 7
    #expect(mask(paths, of: context).0.fields == [.title, .metadata])
    #expect(mask(paths).1.listed.map(\.reason) == [.fieldMaskInvalid])
  }

  @Test(
    "wrong paths are each named",
    arguments: [
      (["title", "title"], ["is there twice"]),
      (["metadata", "metadata.x"], ["clashes with the path metadata"]),
      (["metadata.x", "metadata"], ["clashes with a path below it"]),
      (["metadata.x", "metadata.x.y"], ["clashes with another path of the metadata"]),
      (["metadata.x.y", "metadata.x"], ["clashes with another path of the metadata"]),
      (["metadata.x", "metadata.x"], ["is there twice"]),
      (["memory", "memory.kind"], ["clashes with the path memory"]),
      (["memory.origin.task", "memory.origin"], ["clashes with a path below it"]),
      (["title", "*"], ["clashes with the other paths"]),
      (["id", "version", "nonsense"], ["cannot be changed", "only the server sets", "is no field"]),
      (
        ["metadata.", "metadata.a..b", "metadata.`a"], ["cannot be read", "cannot be read", "cannot be read"]
      ),
    ])
  func wrong(_ paths: [String], _ problems: [String]) {
    let (_, violations) = mask(paths)
    #expect(violations.listed.count == problems.count)
    for (violation, problem) in zip(violations.listed, problems) {
      #expect(violation.description.contains(problem))
      #expect(violation.field == "update_mask" && violation.reason == .fieldMaskInvalid)
    }
  }

  @Test("a mask of very many paths is refused without a look at each")
  func many() {
    #expect(mask(Array(repeating: "title", count: 100_000)).1.count == 1)
  }
}
