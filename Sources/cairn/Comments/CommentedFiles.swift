import DynamicMessage

/// Descriptors with their comments, which this program has of its own API and reflection leaves out.
enum CommentedFiles {
  /// The file with its comments, if it is one of ours as this program knows it; else as it is.
  static func commented(_ file: SchemaFile) -> SchemaFile {
    guard let text = texts[file.name],
      KnownFiles.all.contains(where: { $0.name == file.name && $0.serialized == file.serialized })
    else { return file }
    let comments = ProtoComments(String(decoding: text, as: UTF8.self))
    return (try? SchemaFile(bytes: file.serialized + comments.serialized)) ?? file
  }

  private static let texts: [String: [UInt8]] = [
    "cairn/v1/access.proto": PackageResources.access_proto,
    "cairn/v1/agent.proto": PackageResources.agent_proto,
    "cairn/v1/agent_resource.proto": PackageResources.agent_resource_proto,
    "cairn/v1/as_of.proto": PackageResources.as_of_proto,
    "cairn/v1/assignment.proto": PackageResources.assignment_proto,
    "cairn/v1/change.proto": PackageResources.change_proto,
    "cairn/v1/commit.proto": PackageResources.commit_proto,
    "cairn/v1/context.proto": PackageResources.context_proto,
    "cairn/v1/context_resource.proto": PackageResources.context_resource_proto,
    "cairn/v1/coordination_event.proto": PackageResources.coordination_event_proto,
    "cairn/v1/errors.proto": PackageResources.errors_proto,
    "cairn/v1/feed.proto": PackageResources.feed_proto,
    "cairn/v1/memory.proto": PackageResources.memory_proto,
    "cairn/v1/operation.proto": PackageResources.operation_proto,
    "cairn/v1/operations.proto": PackageResources.operations_proto,
    "cairn/v1/project.proto": PackageResources.project_proto,
    "cairn/v1/queue.proto": PackageResources.queue_proto,
    "cairn/v1/relationship.proto": PackageResources.relationship_proto,
    "cairn/v1/replay.proto": PackageResources.replay_proto,
    "cairn/v1/search.proto": PackageResources.search_proto,
    "cairn/v1/session.proto": PackageResources.session_proto,
    "cairn/v1/session_analytics.proto": PackageResources.session_analytics_proto,
    "cairn/v1/session_checkpoint.proto": PackageResources.session_checkpoint_proto,
    "cairn/v1/session_fork.proto": PackageResources.session_fork_proto,
    "cairn/v1/session_insight.proto": PackageResources.session_insight_proto,
    "cairn/v1/session_log.proto": PackageResources.session_log_proto,
    "cairn/v1/session_message.proto": PackageResources.session_message_proto,
    "cairn/v1/session_purge.proto": PackageResources.session_purge_proto,
    "cairn/v1/session_resource.proto": PackageResources.session_resource_proto,
    "cairn/v1/task.proto": PackageResources.task_proto,
    "cairn/v1/task_resource.proto": PackageResources.task_resource_proto,
    "cairn/v1/template.proto": PackageResources.template_proto,
    "cairn/v1/transfer.proto": PackageResources.transfer_proto,
    "cairn/v1/work.proto": PackageResources.work_proto,
    "cairn/v1/version.proto": PackageResources.version_proto,
  ]
}
