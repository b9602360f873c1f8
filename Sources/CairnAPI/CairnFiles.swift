import Wire

/// The files of `cairn.v1`, whose messages and services are generated into this module.
package enum CairnFiles {
  package static let all: [ProtoFile] = [
    CairnV1AccessDescriptor.file,
    CairnV1ContextDescriptor.file, CairnV1ContextResourceDescriptor.file,
    CairnV1RelationshipDescriptor.file, CairnV1AsOfDescriptor.file,
    CairnV1MemoryDescriptor.file, CairnV1SearchDescriptor.file, CairnV1VersionDescriptor.file,
    CairnV1TransferDescriptor.file, CairnV1OperationDescriptor.file,
    CairnV1TemplateDescriptor.file, CairnV1ChangeDescriptor.file, CairnV1CommitDescriptor.file,
    CairnV1ProjectDescriptor.file, CairnV1FeedDescriptor.file,
    CairnV1SessionDescriptor.file, CairnV1SessionResourceDescriptor.file, CairnV1SessionLogDescriptor.file,
    CairnV1SessionCheckpointDescriptor.file, CairnV1SessionMessageDescriptor.file,
    CairnV1SessionForkDescriptor.file, CairnV1SessionPurgeDescriptor.file, CairnV1ReplayDescriptor.file,
    CairnV1SessionInsightDescriptor.file, CairnV1SessionAnalyticsDescriptor.file,
    CairnV1AgentResourceDescriptor.file, CairnV1TaskResourceDescriptor.file,
    CairnV1CoordinationEventDescriptor.file, CairnV1AgentDescriptor.file, CairnV1TaskDescriptor.file,
    CairnV1AssignmentDescriptor.file, CairnV1QueueDescriptor.file, CairnV1WorkDescriptor.file,
    CairnV1ErrorsDescriptor.file, CairnV1OperationsDescriptor.file,
  ]
}
