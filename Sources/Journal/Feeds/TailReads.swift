/// What the tail must read for the topics that are watched: whole projects, and single keys of others. Pure.
struct TailReads: Equatable {
  let projects: [ProjectID]
  let topics: [FeedTopic]

  /// Keys of one project that are read one by one; with more of them the project is read whole.
  static let keyLimit = 64

  init(_ watched: some Collection<FeedTopic>) {
    var whole = Set(watched.filter { $0.key == nil }.map(\.project))
    let keyed = Dictionary(grouping: watched.filter { $0.key != nil }, by: \.project)
    for (project, topics) in keyed where topics.count > Self.keyLimit { whole.insert(project) }
    projects = Array(whole)
    topics = keyed.filter { !whole.contains($0.key) }.flatMap(\.value)
  }
}
