import Journal
import Requests
import Wire

extension VersionedResource {
  /// The same after a write that has drawn its position, of what was planned with position 0.
  func written(_ stamp: Stamp) -> Self {
    guard position == 0, version > 0 else { return self }
    var resource = self
    resource.position = stamp.position
    resource.etag = Etag.text(stamp.position)
    resource.createTime = createTime ?? WellKnown.Timestamp(stamp.at)
    resource.updateTime = WellKnown.Timestamp(stamp.at)
    return resource
  }

  /// What a write would make of `stored`, to who only asks: without what only a write gives.
  func asked(over stored: Self?) -> Self {
    var resource = self
    resource.version = stored?.version ?? 0
    resource.etag = stored?.etag ?? ""
    resource.position = stored?.position ?? 0
    resource.createTime = stored?.createTime
    resource.updateTime = stored?.updateTime
    return resource
  }

  /// What a write makes of it.
  func planned() -> Self {
    var resource = self
    resource.version += 1
    resource.position = 0
    resource.etag = ""
    return resource
  }
}
