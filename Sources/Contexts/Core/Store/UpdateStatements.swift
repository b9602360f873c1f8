import CairnAPI
import Journal
import Postgres
import Requests
import Wire

extension [ResolvedUpdate] {
  /// The statement that makes them all, of which there is at least one. A statement for each would take half as
  /// long again, and the write holds feeds back meanwhile.
  func statement(in project: ProjectID, isFull: Bool) -> BoundStatement {
    if count == 1 { return self[0].statement(in: project, isFull: isFull) }
    func new<T: PostgresArrayElement>(_ field: ContextField, _ value: (Context) -> T) -> [T?] {
      map { $0.new(field, value($0.update.values)) }
    }
    return ContextQueries.updateSeveral.bind([
      project.text, isFull, map(\.id), new(.title, \.title), new(.type) { Int16($0.type.rawValue) },
      new(.status) { Int16($0.status.rawValue) }, new(.content, \.content), new(.data, \.data),
      new(.mediaType, \.mediaType), new(.owner, \.owner), new(.session, \.session),
      new(.tags) { JSONB($0.tagsJSON) }, map(\.setsMetadata), map(\.newMetadata), map(\.setsExpireTime),
      map(\.newExpireTime), map(\.setsMemory), map(\.newMemory),
    ])
  }
}

extension ResolvedUpdate {
  /// The statement that makes this one alone.
  fileprivate func statement(in project: ProjectID, isFull: Bool) -> BoundStatement {
    let values = update.values
    return ContextQueries.update.bind([
      project.text, id, isFull, new(.title, values.title), new(.type, Int16(values.type.rawValue)),
      new(.status, Int16(values.status.rawValue)), new(.content, values.content), new(.data, values.data),
      new(.mediaType, values.mediaType), new(.owner, values.owner), new(.session, values.session),
      new(.tags, values.tags), setsMetadata, newMetadata, setsExpireTime, newExpireTime, setsMemory,
      newMemory,
    ])
  }

  /// The value that a field gets; nil where it stays.
  fileprivate func new<T: PostgresValue>(_ field: ContextField, _ value: @autoclosure () -> T) -> T? {
    update.fields.contains(field) ? value() : nil
  }

  fileprivate var setsMetadata: Bool { update.metadata != .keep }
  fileprivate var newMetadata: JSONB? { metadata.map { JSONB($0) } }
  fileprivate var setsExpireTime: Bool { update.fields.contains(.expireTime) }
  fileprivate var newExpireTime: PostgresTimestamp? { update.values.expireTime.map { PostgresTimestamp($0) } }
  fileprivate var setsMemory: Bool { update.concernsMemory }
  fileprivate var newMemory: JSONB? { memory.map { JSONB(MemoryJSON.text(of: $0)) } }
}
