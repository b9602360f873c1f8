/// The calls of ``PostgresPool`` for statements of `.sql` files, with what they are given and what they return.
extension PostgresPool {
  /// See ``lookup(_:_:for:)``.
  package func lookup<Input, Columns>(
    _ query: Query<Input, Columns>, _ input: Input, for caller: Int64 = 0
  ) async throws(PostgresError) -> Results<Columns> {
    let bound = query.bind(input)
    return try query.results(try await lookup(bound.statement, bound.parameters, for: caller))
  }

  /// See ``write(_:_:group:prologue:)``.
  package func write<Input, Columns>(
    _ query: Query<Input, Columns>, _ input: Input
  ) async throws(PostgresError) -> Results<Columns> {
    let bound = query.bind(input)
    return try query.results(try await write(bound.statement, bound.parameters))
  }

  /// See ``upkeep(_:_:)``.
  package func upkeep<Input, Columns>(
    _ query: Query<Input, Columns>, _ input: Input
  ) async throws(PostgresError) -> Results<Columns> {
    let bound = query.bind(input)
    return try query.results(try await upkeep(bound.statement, bound.parameters))
  }

  /// See ``read(_:_:timeout:)``.
  package func read<Input, Columns>(
    _ query: Query<Input, Columns>, _ input: Input, timeout: Duration? = nil
  ) async throws(PostgresError) -> Results<Columns> {
    let bound = query.bind(input)
    return try query.results(try await read(bound.statement, bound.parameters, timeout: timeout))
  }

  /// See ``query(_:_:timeout:)``.
  package func query<Input, Columns>(
    _ query: Query<Input, Columns>, _ input: Input, timeout: Duration? = nil
  ) async throws(PostgresError) -> Results<Columns> {
    let bound = query.bind(input)
    return try query.results(
      try await self.query(bound.statement, bound.parameters, timeout: timeout))
  }

  /// ``read(_:_:timeout:)`` of a statement that was put together.
  package func read<Columns>(
    _ query: ComposedQuery<Columns>, _ composition: Composition
  ) async throws(PostgresError) -> Results<Columns> {
    let bound = composition.statement
    return try query.results(try await read(bound.statement, bound.parameters))
  }

  /// ``query(_:_:timeout:)`` of a statement that was put together.
  package func query<Columns>(
    _ query: ComposedQuery<Columns>, _ composition: Composition
  ) async throws(PostgresError) -> Results<Columns> {
    let bound = composition.statement
    return try query.results(try await self.query(bound.statement, bound.parameters))
  }
}

extension Transaction {
  /// Runs one statement: one round trip.
  @discardableResult
  package func query<Input, Columns>(
    _ query: Query<Input, Columns>, _ input: Input
  ) async throws(PostgresError) -> Results<Columns> {
    try query.results(try await pipeline([query.bind(input)])[0])
  }
}
