import Wire

/// Metadata as the JSON text that PostgreSQL keeps.
package enum MetadataJSON {
  /// Compact JSON; nil for what JSON cannot hold.
  package static func text(of metadata: WellKnown.Struct) -> String? {
    (try? metadata.jsonValue()).map { JSONPrinter.print($0) }
  }

  /// From what PostgreSQL made of it; nil when that is no JSON object.
  package static func metadata(from text: String) -> WellKnown.Struct? {
    (try? JSONParser.parse(text)).flatMap { try? WellKnown.Struct($0) }
  }
}
