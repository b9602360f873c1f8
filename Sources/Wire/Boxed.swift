/// Keeps a value on the heap, copied on write. Generated messages use it for the fields through which
/// they contain themselves, which a struct cannot hold inline, and for large messages in a field.
@propertyWrapper public struct Boxed<Value: Sendable & Hashable>: Sendable {
  // Only changed while uniquely referenced, which makes sharing it between threads safe.
  @usableFromInline final class Storage: @unchecked Sendable {
    @usableFromInline var value: Value?
    @usableFromInline init(_ value: Value?) { self.value = value }
  }

  /// Nil stands for nil, so that a message without the field has nothing to allocate.
  @usableFromInline var storage: Storage?

  @inlinable public init(wrappedValue: Value?) {
    storage = wrappedValue == nil ? nil : Storage(wrappedValue)
  }

  @inlinable public var wrappedValue: Value? {
    // Lent, not copied: a large message has many references to count.
    _read { if let storage { yield storage.value } else { yield nil } }
    _modify {
      if storage == nil || !isKnownUniquelyReferenced(&storage) { storage = Storage(storage?.value) }
      // In place, so that arrays inside can grow without being copied each time.
      yield &storage!.value
    }
  }
}

extension Boxed: Hashable {
  @inlinable public static func == (one: Boxed, other: Boxed) -> Bool {
    one.storage === other.storage || one.wrappedValue == other.wrappedValue
  }

  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}
