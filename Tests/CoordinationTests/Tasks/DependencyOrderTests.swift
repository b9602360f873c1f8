import CairnAPI
import GRPC
import Journal
import Requests
import Testing

@testable import Coordination

@Suite struct DependencyOrderTests {
  private static func tasks(_ graph: [(String, [String])]) -> [NamedTask] {
    graph.map { id, needs in
      var task = CairnTask()
      (task.id, task.type) = (id, "work")
      task.dependencies = needs.map { need in
        var dependency = TaskDependency()
        dependency.task = need
        return dependency
      }
      var violations = Violations()
      return NamedTask(TaskDraft(validating: task, at: "task", &violations))
    }
  }

  @Test("those that others wait for come first, whatever their order in the request")
  func order() throws {
    let tasks = Self.tasks([("d", ["b", "c"]), ("b", ["a"]), ("a", ["elsewhere"]), ("c", ["a"]), ("e", [])])
    let order = try DependencyOrder.order(tasks).map { tasks[$0].id }
    #expect(Set(order).count == 5)
    for (before, after) in [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")] {
      #expect(try #require(order.firstIndex(of: before)) < #require(order.firstIndex(of: after)))
    }
  }

  @Test("a circle is refused with its tasks in order")
  func circle() throws {
    let tasks = Self.tasks([("x", ["a"]), ("a", ["b"]), ("b", ["c"]), ("c", ["a"])])
    let error = try #require(throws: RPCError.self) { _ = try DependencyOrder.order(tasks) }
    #expect(error.reason == .taskDependencyCycle)
    #expect(error.particular("cycle") == "a → b → c → a")
  }

  @Test("a task that waits for itself is a circle")
  func itself() throws {
    let error = try #require(throws: RPCError.self) {
      _ = try DependencyOrder.order(Self.tasks([("a", ["a"])]))
    }
    #expect(error.particular("cycle") == "a → a")
  }
}
