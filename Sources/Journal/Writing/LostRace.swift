import CairnAPI
import GRPC

/// Losing twice in a row needs two others who choose the same keys in the same moment.
private let raceAttempts = 5

/// Runs a write that looks whether keys are taken and then stores something under them, again when another server used
/// one of them in between: `constraint` is the primary key that says so.
///
/// - Parameter refusal: What a caller that keeps losing is told, as in "others keep using ids of this batch".
package func afterLostRaces<Value>(
  over constraint: String, refusal: @autoclosure () -> String, _ write: () async throws(RPCError) -> Value
) async throws(RPCError) -> Value {
  for _ in 0..<raceAttempts {
    do throws(RPCError) { return try await write() } catch {
      guard error.particular("constraint") == constraint else { throw error }
    }
  }
  throw RPCError(.aborted, .contention, refusal() + "; try again")
}
