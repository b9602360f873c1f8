import Requests
import Wire

/// Metadata from JSON text.
func metadata(_ json: String) -> WellKnown.Struct { MetadataJSON.metadata(from: json)! }
