import CairnAPI
import GRPC
import Journal
import Requests

/// The part that contexts, and how they stand to each other, have in writes of several kinds.
package struct ContextCommits: Sendable {
  let contexts: ContextStore
  let relationships: RelationshipStore

  /// Contexts and relationships, all or none. A write that has this part is followed by ``finish(_:in:)``.
  package func part(
    _ writes: Batch<ContextWrite>, _ relations: Batch<RelationshipWrite>, in scope: CallScope
  ) -> WritePart<WrittenContexts> {
    let states = ContextStates(after: writes.valid)
    return contexts.part(writes, id: \.id, detail: .basic, in: scope) { $0.decided(over: $1) }
      .and(RelationshipStore.part(relations.map(\.draft), after: states, in: scope))
      .map { parts in
        WrittenContexts(outcomes: parts.0.outcomes, texts: parts.0.texts, relationships: parts.1)
      }
  }

  /// What a named request was answered before.
  package func repeated(
    _ stored: StoredAnswer?, in scope: CallScope
  ) async throws(RPCError) -> WrittenContexts {
    var written = WrittenContexts(outcomes: [], texts: WrittenTexts([]), relationships: [])
    guard let (contexts, relationships) = try stored?.divided() else { return written }
    if let contexts {
      written.outcomes = try await self.contexts.repeated(contexts, detail: .basic, in: scope)
    }
    if let relationships { written.relationships = try RelationshipAnswer(relationships).results }
    return written
  }

  /// Runs a write that may store contexts again when another one took their ids meanwhile.
  package func repeating<Value>(
    _ write: () async throws(RPCError) -> Value
  ) async throws(RPCError) -> Value {
    try await afterLostRaces(over: "context_pkey", refusal: "others keep using ids of this request", write)
  }

  /// Makes the words of the texts, so that whoever wrote them finds them.
  package func finish(_ written: WrittenContexts, in scope: CallScope) async {
    await contexts.words.finish(written.texts, in: scope.project)
  }
}

/// What a write of several kinds made of contexts and relationships, in the order of their batches.
package struct WrittenContexts {
  var outcomes: [ItemOutcome]
  let texts: WrittenTexts
  var relationships: [Result<Relationship, RPCError>]

  /// The contexts, for an answer of bounded size; and the relationships.
  ///
  /// - Parameter stamp: Of the write; nil when nothing was written, or an answer is repeated.
  package func answer(
    _ stamp: Stamp?
  ) throws(RPCError) -> (contexts: [Context], relationships: [Relationship]) {
    var (contexts, relationships): ([Context], [Relationship]) = ([], [])
    for result in BatchOutcome(outcomes, stamp).bounded { contexts.append(try result.get()) }
    for result in RelationshipAnswer(self.relationships, stamp).results {
      relationships.append(try result.get())
    }
    return (contexts, relationships)
  }
}
