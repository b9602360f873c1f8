import GRPC
import Testing

@testable import Requests

/// Reader and writer take turns on one actor, so that what is seen between two turns does not depend on luck.
@MainActor @Suite struct ImportIntakeTests {
  /// What the reader has done.
  @MainActor private final class Reader {
    var answers: [Bool] = []
  }

  private let intake = ImportIntake<Int>(limit: 100)
  private let reader = Reader()

  private func taken() async throws(RPCError) -> [Int]? { try await intake.take().map { Array($0) } }

  /// A task that puts records of so many bytes each, and notes each answer.
  private func reading(_ sizes: [Int]) -> Task<Void, Never> {
    Task { [intake, reader] in
      for (record, bytes) in sizes.enumerated() {
        reader.answers.append(await intake.put([record], bytes: bytes))
      }
    }
  }

  @Test("records come in their order, all that are there at once, and nothing at the end")
  func order() async throws {
    for records in [[1, 2], [], [3]] { #expect(await intake.put(records, bytes: 10)) }
    #expect(try await taken() == [1, 2, 3])
    intake.finish(.success(()))
    #expect(try await taken() == nil)
    #expect(try await taken() == nil)
  }

  @Test(
    "the reader reads on up to the limit, and waits above it until the records are taken",
    arguments: [
      ([99], 1), ([100], 1), ([101], 0), ([.max], 0), ([60, 40], 2), ([60, 41], 1), ([100, 0], 2),
      ([100, 1], 1),
      ([0, 0, 0], 3),
    ] as [([Int], Int)])
  func backpressure(_ sizes: [Int], _ unhindered: Int) async throws {
    let reading = reading(sizes)
    // The writer waits first; the reader goes on from there, as far as it may, before the writer has its turn.
    let taken = try await taken()
    #expect(taken == Array(0..<min(sizes.count, unhindered + 1)))
    #expect(reader.answers.count == unhindered)
    await reading.value
    #expect(reader.answers == sizes.map { _ in true })
  }

  @Test("what was taken no longer counts")
  func room() async throws {
    let reading = reading([101, 100, 1])
    #expect(try await taken() == [0])
    // Full again with the second one and the third.
    #expect(try await taken() == [1, 2])
    #expect(reader.answers == [true, true])
    await reading.value
    #expect(reader.answers == [true, true, true])
  }

  @Test("what ended the reading is thrown behind the records that were read before it, again and again")
  func failure() async throws {
    #expect(await intake.put([1], bytes: 1))
    intake.finish(.failure(RPCError(.cancelled, "gone")))
    #expect(try await taken() == [1])
    for _ in 0..<2 {
      let error = await #expect(throws: RPCError.self) { try await taken() }
      #expect(error?.code == .cancelled)
    }
  }

  @Test("a writer that waits hears of the end", arguments: [false, true])
  func end(_ fails: Bool) async throws {
    let reading = Task { [intake] in
      intake.finish(fails ? .failure(RPCError(.unavailable, "cut")) : .success(()))
    }
    do {
      #expect(try await taken() == nil && !fails)
    } catch {
      #expect(fails && error.code == .unavailable)
    }
    await reading.value
  }

  @Test("a reader that waits hears that the writer has stopped, and does not wait any more")
  func close() async throws {
    let reading = reading([101, 101, 1])
    _ = try await taken()
    // The second one waits now.
    while reader.answers.isEmpty { await Task.yield() }
    intake.close()
    await reading.value
    #expect(reader.answers == [true, false, false])
  }
}
