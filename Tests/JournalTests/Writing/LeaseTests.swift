import CairnAPI
import GRPC
import Patience
import Postgres
import TestSupport
import Testing

@testable import Journal

@Suite struct LeaseTests {
  private func scope(_ epoch: Int64) -> CallScope {
    var scope = CallScope.test
    scope.lease = Lease(id: "l", epoch: epoch)
    return scope
  }

  private func expectLost(
    _ epoch: Int64, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
  ) async {
    do {
      try await body()
      Issue.record("was written", sourceLocation: sourceLocation)
    } catch {
      let error = error as? RPCError
      #expect(error?.code == .aborted, sourceLocation: sourceLocation)
      #expect(error?.reason == .leaseLost, sourceLocation: sourceLocation)
      #expect(error?.particular("lease") == "l", sourceLocation: sourceLocation)
      #expect(error?.particular("epoch") == String(epoch), sourceLocation: sourceLocation)
    }
  }

  @Test("what is written under a lease that is held is written; under another epoch, or none, nothing is")
  func epochs() async throws {
    try await withServer { server, database in
      let journal = server.journal
      _ = try await journal.createNote("a")
      try database.grantLease("l", epoch: 5)
      #expect(try await journal.createNote("b", scope(5)).written != nil)
      #expect(try await journal.createNote("c", keys: .client, scope(5)).written != nil)
      #expect(try await journal.createNote("d", scope(5).named("r")).written != nil)
      #expect(try await journal.updateNotes(["a"], scope(5)).written != nil)
      for epoch in [4, 6] as [Int64] {
        await expectLost(epoch) { _ = try await journal.createNote("x", scope(epoch)) }
        await expectLost(epoch) { _ = try await journal.createNote("x", keys: .client, scope(epoch)) }
        await expectLost(epoch) { _ = try await journal.createNote("x", scope(epoch).named("x")) }
        await expectLost(epoch) { _ = try await journal.updateNotes(["a"], scope(epoch)) }
        await expectLost(epoch) { _ = try await journal.updateNotes(["a"], scope(epoch).named("x")) }
      }
      let counts = try database.connect().query(
        "SELECT (SELECT count(*) FROM note), (SELECT count(*) FROM change)"
      )
      .only()
      #expect(try counts.decode(0, as: Int64.self) == 4)
      #expect(try counts.decode(1, as: Int64.self) == 5)
    }
  }

  @Test("a lease is of its project")
  func projects() async throws {
    try await withServer { server, database in
      try database.grantLease("l", epoch: 1, in: ProjectID("other")!)
      await expectLost(1) { _ = try await server.journal.createNote("x", scope(1)) }
    }
  }

  @Test("a batch of creates that share a commit checks the lease of each")
  func batch() async throws {
    try await withServer { server, database in
      let journal = server.journal
      try database.grantLease("l", epoch: 2)
      let scopes = (0..<40).map { $0 % 4 == 0 ? .test : scope(Int64($0 % 4)) }
      let results = await withTaskGroup(of: (Int, Bool).self) { group in
        for (number, scope) in scopes.enumerated() {
          group.addTask {
            await server.loop.run {
              (number, (try? await journal.createNote("n\(number)", scope))?.written != nil)
            }
          }
        }
        return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
      }
      for (number, wasWritten) in results { #expect(wasWritten == [0, 2].contains(number % 4)) }
      let count = try database.connect().query("SELECT count(*) FROM note").only().decode(0, as: Int64.self)
      #expect(count == 20)
    }
  }

  @Test(
    "who revokes a lease waits for what is being written under it; afterwards nothing is",
    arguments: [true, false])
  func revocation(create: Bool) async throws {
    try await withServer { server, database in
      let journal = server.journal
      try database.grantLease("l", epoch: 1)
      _ = try await journal.createNote("a")
      let writers = (0..<6).map { number in
        Task {
          await server.loop.run {
            for written in 0... {
              do {
                if create {
                  _ = try await journal.createNote("\(number)-\(written)", scope(1))
                } else {
                  _ = try await journal.updateNotes(["a"], scope(1), pause: 0.001)
                }
              } catch { return (error as? RPCError)?.reason }
            }
            return nil
          }
        }
      }
      try await eventually("something is written under the lease") { journal.status.settled > 20 }
      try database.grantLease("l", epoch: 2)
      // What is committed now is all there will ever be.
      let sum = "SELECT count(*) FROM change WHERE lease = 'l'"
      let before = try database.connect().query(sum).only().decode(0, as: Int64.self)
      for writer in writers {
        #expect(await writer.value == .leaseLost)
      }
      let after = try database.connect().query(sum).only().decode(0, as: Int64.self)
      #expect(before == after)
      #expect(before > 0)
    }
  }

  @Test("a named request that was done under a lease gets its answer again when the lease is gone")
  func repeated() async throws {
    try await withServer { server, database in
      try database.grantLease("l", epoch: 1)
      _ = try await server.journal.createNote("a")
      let first = try await server.journal.updateNotes(["a"], scope(1).named("r")).written?.stamp
      let created = try await server.journal.createNote("b", scope(1).named("c")).written
      try database.grantLease("l", epoch: 2)
      #expect(try await server.journal.createNote("b", scope(1).named("c")).repeated?.stamp == created)
      let again = try await server.journal.updateNotes(["a"], scope(1).named("r")).repeated?.stamp
      #expect(first != nil && first == again)
    }
  }
}
