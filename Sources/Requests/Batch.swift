import CairnAPI
import GRPC
import Wire

/// What a refused item of a write means for the others.
package enum ItemRefusal {
  /// The others go on: each item has its own status.
  case concernsItem
  /// All are refused, and the error says which item it was.
  case concernsBatch
  /// There is only this item: its error is that of the call.
  case isTheCalls
}

/// The items of a write, each either valid or refused for reasons of its own.
package struct Batch<Item> {
  package let items: [Result<Item, RPCError>]
  package let refusal: ItemRefusal
  /// Where its items are in the request; nil: at their own places.
  private var places: [Int]?

  /// A write of one item.
  package init(_ item: Item) {
    items = [.success(item)]
    refusal = .isTheCalls
  }

  private init(items: [Result<Item, RPCError>], refusal: ItemRefusal, places: [Int]? = nil) {
    self.items = items
    self.refusal = refusal
    self.places = places
  }

  /// Checks each request on its own. Throws when there are none or too many, when a common field is wrong,
  /// or, for an atomic batch, when any item is wrong: then with the wrong fields of all items at once.
  ///
  /// - Parameters:
  ///   - field: The name of the items in the request.
  ///   - kind: The name of the resource in error messages, as in "context".
  ///   - key: The key that no two items may share, compared by bytes; nil for items without one.
  package init<Request>(
    validating requests: [Request], at field: String = "requests", of kind: String, atomic: Bool,
    requestID: String, key: (Item) -> String?, _ validate: (Request, inout Violations) -> Item
  ) throws(RPCError) {
    var common = Violations()
    common.batch(requests.count, at: field)
    common.requestID(requestID)
    try common.check()

    var items: [Result<Item, RPCError>] = []
    items.reserveCapacity(requests.count)
    var all = Violations()
    var keys: Set<TextKey> = []
    for (index, request) in requests.enumerated() {
      var violations = Violations(listing: Limits.listedItemViolationBytes)
      let item = validate(request, &violations)
      if let error = violations.error() {
        items.append(.failure(error))
        all.add(violations, below: "\(field)[\(index)].")
      } else if let key = key(item), !keys.add(key) {
        items.append(.failure(.duplicateInBatch(kind, id: key)))
      } else {
        items.append(.success(item))
      }
    }
    let wrong = items.indices.filter { items[$0].error != nil }
    if atomic, let first = wrong.first, let error = all.error() ?? items[first].error {
      throw error.ofBatch(firstAt: first, failed: wrong.count)
    }
    self.init(items: items, refusal: atomic ? .concernsBatch : .concernsItem)
  }

  /// The valid items in their order.
  package var valid: [Item] { items.successes() }

  /// The same batch of other items.
  package func map<Other>(_ transform: (Item) -> Other) -> Batch<Other> {
    Batch<Other>(items: items.map { $0.map(transform) }, refusal: refusal, places: places)
  }

  /// Some of the valid items as a batch whose errors name their places in this one.
  ///
  /// - Parameter select: Nil for an item that is left out.
  package func selecting<Other>(_ select: (Item) -> Other?) -> Batch<Other> {
    var (chosen, chosenPlaces): ([Other], [Int]) = ([], [])
    for (place, item) in items.enumerated() {
      guard case .success(let item) = item, let other = select(item) else { continue }
      chosen.append(other)
      chosenPlaces.append(self.place(of: place))
    }
    return Batch<Other>(items: chosen.map { .success($0) }, refusal: refusal, places: chosenPlaces)
  }

  private func place(of index: Int) -> Int { places?[index] ?? index }

  /// Decides about each valid item. Throws when the refusal of one concerns the whole call.
  package func decided<Decided>(
    _ decide: (Item) -> Result<Decided, RPCError>
  ) throws(RPCError) -> [Result<Decided, RPCError>] {
    let results = items.map { $0.flatMap(decide) }
    let refused = results.indices.filter { results[$0].error != nil }
    guard let first = refused.first, let error = results[first].error else { return results }
    switch refusal {
    case .concernsItem: return results
    case .concernsBatch: throw error.ofBatch(firstAt: place(of: first), failed: refused.count)
    case .isTheCalls: throw error
    }
  }
}

extension Batch: Sendable where Item: Sendable {}

extension Result {
  /// Why it failed, if it did.
  package var error: Failure? { if case .failure(let error) = self { error } else { nil } }
}

extension Array {
  /// The values of those that did not fail.
  package func successes<Value, E: Error>() -> [Value] where Element == Result<Value, E> {
    compactMap { if case .success(let value) = $0 { value } else { nil } }
  }
}

extension RPCError {
  /// The error of an atomic batch whose first wrong item had this one.
  package func ofBatch(firstAt index: Int, failed count: Int) -> RPCError {
    adding(["index": "\(index)", "failed": "\(count)"])
  }
}

extension Violations {
  /// 1 to 1,000 items.
  package mutating func batch(_ count: Int, at field: String) {
    if count == 0 { add("must not be empty", at: field) }
    if count > Limits.batchItems {
      add("must have at most \(Limits.batchItems) entries, not \(count)", at: field)
    }
  }

  /// Up to 128 characters, or nothing.
  package mutating func requestID(_ id: String) { optionalIdentifier(id, at: "request_id") }

  /// Fields that an item must leave empty, because the batch has them.
  package mutating func leftToBatch(_ item: some WriteRequest) {
    if !item.project.isEmpty { add("must be empty inside a batch, which has its own", at: "project") }
    if !item.requestId.isEmpty { add("must be empty inside a batch, which has its own", at: "request_id") }
    if item.validateOnly { add("must be unset inside a batch, which has its own", at: "validate_only") }
  }
}
