/// A version as clients hold it (AIP-154): equal texts, equal versions.
package enum Etag {
  package static func text(_ version: Int64) -> String { String(version) }
}
