import CairnAPI
import Journal
import Requests
import Wire

extension ReplaySnapshot {
  /// The checksum that belongs to what it says, whatever it has in ``checksum``. Some milliseconds for the largest.
  var trueChecksum: String {
    Digest.sha256(Array(canonicalForm.utf8)).reduce(into: "") { text, byte in
      let hex = String(byte, radix: 16)
      text += hex.count == 1 ? "0" + hex : hex
    }
  }

  /// As the proto documents it. Agents are a set: sorted here, each once.
  private var canonicalForm: String {
    let agents = Set(of: agents).sortedTexts
    let state = SessionState.schema.name(of: state.rawValue) ?? String(state.rawValue)
    var lines = ["cairn-snapshot-1", state, String(eventCount), String(agents.count)]
    lines += agents
    lines.append(metadata.map { MetadataJSON.text(of: $0) ?? "" } ?? "{}")
    return lines.map { $0 + "\n" }.joined()
  }

  /// Bytes that its checksum takes time for, about.
  var readBytes: Int {
    agents.reduce(metadata?.readBytes(upTo: Limits.metadataBytes) ?? 0) { $0 + 16 + $1.utf8.count }
  }
}
