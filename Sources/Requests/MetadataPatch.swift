import Wire

/// The change that an update makes to the metadata.
package enum MetadataPatch: Equatable {
  case keep
  case replace(WellKnown.Struct?)
  /// Sets each place to its value, or removes it where there is none.
  case set([MetadataPath: WellKnown.Value?])

  /// What a mask says about the metadata, with the values of a request.
  package init<Field: UpdatableField>(_ metadata: WellKnown.Struct?, _ mask: UpdateMask<Field>) {
    if let field = Field.metadataField, mask.fields.contains(field) {
      self = .replace(metadata)
    } else if mask.metadataPaths.isEmpty {
      self = .keep
    } else {
      self = .set(
        Dictionary(
          uniqueKeysWithValues: mask.metadataPaths.map { ($0, (metadata ?? WellKnown.Struct())[$0]) }))
    }
  }

  /// Whether the result depends on the stored metadata, which must then be read.
  package var needsStored: Bool { if case .set = self { true } else { false } }

  /// The metadata after the update, given those before.
  package func applied(to metadata: WellKnown.Struct?) -> WellKnown.Struct? {
    switch self {
    case .keep: return metadata
    case .replace(let replacement): return replacement
    case .set(let values):
      var result = metadata ?? WellKnown.Struct()
      for (path, value) in values { result.set(path.keys[...], to: value) }
      return result
    }
  }
}

extension WellKnown.Struct {
  /// The value at `path`, if there is one.
  package subscript(path: MetadataPath) -> WellKnown.Value? {
    var value = WellKnown.Value(.structValue(self))
    for key in path.keys {
      guard let next = value.structValue?.fields[key] else { return nil }
      value = next
    }
    return value
  }

  /// Sets or removes what is at `keys`. Objects on the way are made where they are missing, and put in the
  /// place of other values; removing makes nothing.
  package mutating func set(_ keys: ArraySlice<TextKey>, to value: WellKnown.Value?) {
    guard let key = keys.first else { return }
    if keys.count == 1 {
      fields[key] = value
    } else if let inner = fields[key]?.structValue ?? (value == nil ? nil : WellKnown.Struct()) {
      var inner = inner
      inner.set(keys.dropFirst(), to: value)
      fields[key] = WellKnown.Value(.structValue(inner))
    }
  }
}
