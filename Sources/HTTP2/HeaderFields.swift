import CNghttp2

/// nghttp2's view of a ``HeaderBlock``, for the length of a call.
enum HeaderFields {
  static func with<T>(_ block: HeaderBlock, body: (UnsafeMutableBufferPointer<nghttp2_nv>) -> T) -> T {
    withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: max(1, block.count)) { fields in
      var count = 0
      return block.withFields { name, value in
        fields[count] = nghttp2_nv(
          name: UnsafeMutablePointer(mutating: name.baseAddress),
          value: UnsafeMutablePointer(mutating: value.baseAddress),
          namelen: name.count, valuelen: value.count, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
        count += 1
      } then: {
        body(UnsafeMutableBufferPointer(rebasing: fields[..<count]))
      }
    }
  }
}

/// Header fields that never change, kept for the life of the process so that sending them copies
/// nothing. Never changed, so any thread may read them.
package struct StaticFields: @unchecked Sendable {
  let fields: UnsafeMutableBufferPointer<nghttp2_nv>

  package init(_ pairs: [(StaticString, StaticString)]) {
    let flags = NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue
    fields = .allocate(capacity: pairs.count)
    for (index, (name, value)) in pairs.enumerated() {
      fields[index] = nghttp2_nv(
        name: UnsafeMutablePointer(mutating: name.utf8Start),
        value: UnsafeMutablePointer(mutating: value.utf8Start),
        namelen: name.utf8CodeUnitCount, valuelen: value.utf8CodeUnitCount, flags: UInt8(flags))
    }
  }
}
