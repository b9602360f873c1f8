import CairnAPI
import Journal
import Postgres
import Requests
import Wire

/// What a statement that changes contexts is given.
typealias ContextChangeInput<Update> = (project: ProjectID, detail: ContextDetail, update: Update)

extension [ResolvedUpdate] {
  /// The statement that makes them all, of which there is at least one. A statement for each would take half as
  /// long again, and the write holds feeds back meanwhile.
  func statement(in project: ProjectID, detail: ContextDetail) -> BoundStatement {
    count == 1
      ? ContextQueries.update.bind((project, detail, self[0]))
      : ContextQueries.updateSeveral.bind((project, detail, self))
  }

  /// Of `update_contexts`: one element an update, NULL where a field stays.
  static var parameters: [Parameter<ContextChangeInput<[ResolvedUpdate]>>] {
    [
      .init("project") { $0.project.text },
      .init("is_full") { $0.detail == .full },
      each("ids") { $0.id },
      new("titles", field: .title) { $0.title },
      new("types", field: .type) { Int16($0.type.rawValue) },
      new("statuses", field: .status) { Int16($0.status.rawValue) },
      new("contents", field: .content) { $0.content },
      new("data", field: .data) { $0.data },
      new("media_types", field: .mediaType) { $0.mediaType },
      new("owners", field: .owner) { $0.owner },
      new("sessions", field: .session) { $0.session },
      new("tags", field: .tags) { JSONB($0.tagsJSON) },
      each("set_metadata") { $0.setsMetadata },
      each("metadata") { $0.newMetadata },
      each("set_expire_times") { $0.setsExpireTime },
      each("expire_times") { $0.newExpireTime },
      each("set_memories") { $0.setsMemory },
      each("memories") { $0.newMemory },
    ]
  }

  private static func each<Value: PostgresArrayElement>(
    _ name: String, value: @escaping @Sendable (ResolvedUpdate) -> Value
  ) -> Parameter<ContextChangeInput<[ResolvedUpdate]>> {
    .init(name) { $0.update.map(value) }
  }

  private static func new<Value: PostgresArrayElement>(
    _ name: String, field: ContextField, value: @escaping @Sendable (Context) -> Value
  ) -> Parameter<ContextChangeInput<[ResolvedUpdate]>> {
    each(name) { $0.new(field, value: value) }
  }
}

extension ResolvedUpdate {
  /// Of `update_context`: NULL where a field stays.
  static var parameters: [Parameter<ContextChangeInput<ResolvedUpdate>>] {
    [
      .init("project") { $0.project.text },
      .init("is_full") { $0.detail == .full },
      .init("id") { $0.update.id },
      .init("title") { $0.update.new(.title) { $0.title } },
      .init("type") { $0.update.new(.type) { Int16($0.type.rawValue) } },
      .init("status") { $0.update.new(.status) { Int16($0.status.rawValue) } },
      .init("content") { $0.update.new(.content) { $0.content } },
      .init("data") { $0.update.new(.data) { $0.data } },
      .init("media_type") { $0.update.new(.mediaType) { $0.mediaType } },
      .init("owner") { $0.update.new(.owner) { $0.owner } },
      .init("session") { $0.update.new(.session) { $0.session } },
      .init("tags") { $0.update.new(.tags) { $0.tags } },
      .init("sets_metadata") { $0.update.setsMetadata },
      .init("metadata") { $0.update.newMetadata },
      .init("sets_expire_time") { $0.update.setsExpireTime },
      .init("expire_time") { $0.update.newExpireTime },
      .init("sets_memory") { $0.update.setsMemory },
      .init("memory") { $0.update.newMemory },
    ]
  }

  /// The value that a field gets; nil where it stays.
  fileprivate func new<T>(_ field: ContextField, value: (Context) -> T) -> T? {
    update.fields.contains(field) ? value(update.values) : nil
  }

  fileprivate var setsMetadata: Bool { update.metadata != .keep }
  fileprivate var newMetadata: JSONB? { metadata.map { JSONB($0) } }
  fileprivate var setsExpireTime: Bool { update.fields.contains(.expireTime) }
  fileprivate var newExpireTime: PostgresTimestamp? { update.values.expireTime.map { PostgresTimestamp($0) } }
  fileprivate var setsMemory: Bool { update.concernsMemory }
  fileprivate var newMemory: JSONB? { memory.map { JSONB(MemoryJSON.text(of: $0)) } }
}
