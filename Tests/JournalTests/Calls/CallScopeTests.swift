import CairnAPI
import GRPC
import Testing

@testable import Journal

@Suite struct CallScopeTests {
  @Test("a call without metadata is anonymous, in the default project")
  func defaults() throws {
    let scope = try CallScope(metadata: ["cairn-agent": ""], path: "/cairn.v1.ContextService/GetContext")
    #expect(scope.project == .default)
    #expect(scope.principal == "anonymous")
    #expect(scope.agent == nil && scope.session == nil && scope.task == nil && scope.lease == nil)
    #expect(scope.operation == "cairn.v1.ContextService/GetContext")
  }

  @Test("metadata says who calls, where and as part of what")
  func everything() throws {
    let scope = try CallScope(
      metadata: [
        "cairn-project": "my-project_1.x", "cairn-principal": "ann", "cairn-agent": "builder 7",
        "cairn-session": "s", "cairn-task": "t", "cairn-lease": "l", "cairn-lease-epoch": "12",
      ], path: "/a/B")
    #expect(scope.project == ProjectID("my-project_1.x"))
    #expect(scope.principal == "ann" && scope.agent == "builder 7")
    #expect(scope.session == "s" && scope.task == "t" && scope.lease == Lease(id: "l", epoch: 12))
  }

  @Test("every wrong key is named at once")
  func wrong() {
    do throws(RPCError) {
      _ = try CallScope(
        metadata: [
          "cairn-project": "No!", "cairn-agent": String(repeating: "x", count: 129),
          "cairn-lease-epoch": "-1",
        ], path: "/a/B")
      Issue.record("not refused")
    } catch {
      #expect(error.code == .invalidArgument)
      #expect(error.reason == .callMetadataInvalid)
      #expect(error.particular("key") == "cairn-project")
      for key in ["cairn-project", "cairn-agent", "cairn-lease-epoch"] {
        #expect(error.message.contains(key))
      }
    }
  }

  @Test(
    "a lease is named together with its epoch",
    arguments: [(["cairn-lease": "l"], "cairn-lease"), (["cairn-lease-epoch": "1"], "cairn-lease-epoch")]
      as [(Metadata, String)])
  func halfALease(_ metadata: Metadata, _ key: String) {
    #expect {
      _ = try CallScope(metadata: metadata, path: "/a/B")
    } throws: {
      let error = $0 as? RPCError
      return error?.reason == .callMetadataInvalid && error?.particular("key") == key
    }
  }

  @Test(
    "a project that is not named, and any key that is there twice, are refused",
    arguments: [
      (["cairn-project": ""], "cairn-project"),
      (["cairn-project": "a", "cairn-project": "a"], "cairn-project"),
      (["cairn-project": "a", "cairn-project": "b"], "cairn-project"),
      (["cairn-project": "", "cairn-project": "a"], "cairn-project"),
      (["cairn-principal": "a", "cairn-agent": "b", "cairn-principal": "c"], "cairn-principal"),
    ] as [(Metadata, String)])
  func unclear(_ metadata: Metadata, _ key: String) {
    #expect {
      _ = try CallScope(metadata: metadata, path: "/a/B")
    } throws: {
      ($0 as? RPCError)?.reason == .callMetadataInvalid && ($0 as? RPCError)?.particular("key") == key
    }
  }

  @Test(
    "the project is that of the metadata or that of the request, which agree where both are given",
    arguments: [
      (nil, "", "default"), ("a", "", "a"), (nil, "b", "b"), ("a", "a", "a"), ("default", "", "default"),
      ("a", "b", nil), ("default", "b", nil), (nil, "No!", nil), ("a", "No!", nil),
    ] as [(String?, String, String?)])
  func agreedProjects(metadata: String?, request: String, agreed: String?) {
    let key: Metadata = metadata.map { ["cairn-project": $0] } ?? [:]
    do throws(RPCError) {
      let scope = try CallScope(metadata: key, path: "/a/B", project: request)
      #expect(scope.project.text == agreed)
    } catch {
      #expect(agreed == nil)
      #expect(error.code == .invalidArgument && error.reason == .fieldInvalid)
      #expect(error.message.hasPrefix("project "))
    }
  }

  @Test(
    "project ids are short and plain",
    arguments: [
      ("a", true), ("0", true), ("default", true), ("a-b_c.9", true),
      (String(repeating: "a", count: 63), true),
      ("", false), ("-a", false), (".a", false), ("A", false), ("ä", false), ("a b", false), ("a/b", false),
      (String(repeating: "a", count: 64), false),
    ])
  func projectIDs(text: String, isValid: Bool) {
    #expect((ProjectID(text) != nil) == isValid)
  }
}
