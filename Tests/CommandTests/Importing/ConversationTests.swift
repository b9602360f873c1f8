import CairnAPI
import Testing
import Wire

@testable import cairn

@Suite("Conversations and memories of others")
struct ConversationTests {
  static func contexts(
    _ json: String, _ read: (JSONValue) -> [ForeignItem]
  ) throws -> [Result<Context, InputError>] { read(try JSONParser.parse(json)) }

  /// A conversation of ChatGPT: nodes as `id>parent:role:text`.
  static func chatGPT(_ nodes: [String], current: String? = nil) -> String {
    let members = nodes.enumerated().map { place, node in
      let parts = node.split(separator: ":", omittingEmptySubsequences: false)
      let ids = parts[0].split(separator: ">", omittingEmptySubsequences: false)
      let parent = ids.count > 1 ? "\"\(ids[1])\"" : "null"
      let message =
        parts.count < 3
        ? "null"
        : """
        {"author": {"role": "\(parts[1])"}, "create_time": \(place + 1),
         "content": {"content_type": "text", "parts": ["\(parts[2])"]}}
        """
      return "\"\(ids[0])\": {\"parent\": \(parent), \"message\": \(message)}"
    }
    let current = current.map { ", \"current_node\": \"\($0)\"" } ?? ""
    return "{\"title\": \"T\", \"id\": \"c\", \"mapping\": {\(members.joined(separator: ", "))}\(current)}"
  }

  @Test(
    "of ChatGPT's tree the branch that was shown last is taken",
    arguments: [
      (["r", "1>r:user:a", "2>1:assistant:b", "3>1:assistant:c"], "2", "a|b"),
      (["r", "1>r:user:a", "2>1:assistant:b", "3>1:assistant:c"], "3", "a|c"),
      (["r", "1>r:user:a", "2>1:assistant:b", "3>1:assistant:c"], nil, "a|c"),
      (["1>2:user:a", "2>1:assistant:b"], "2", "a|b"), (["r", "1>r:user:"], "1", ""), (["r"], "none", ""),
    ] as [([String], String?, String)])
  func branches(nodes: [String], current: String?, texts: String) throws {
    let items = try Self.contexts(Self.chatGPT(nodes, current: current), ChatGPTConversation.contexts)
    let context = try items[0].get()
    let said = context.content.split(separator: "\n\n").filter { !$0.hasPrefix("**") }
    #expect(said.joined(separator: "|") == texts)
    #expect((context.id, context.title, context.type) == ("chatgpt-c", "T", .conversation))
    #expect(context.tags == ["chatgpt"])
  }

  @Test("parts that are no text are named, hidden messages left out")
  func parts() throws {
    let json = """
      {"mapping": {
        "1": {"message": {"author": {"role": "user"}, "content": {"parts": [
          "look", {"content_type": "image_asset_pointer"}, {"text": "words"}]}}},
        "2": {"parent": "1", "message": {"author": {"role": "system"}, "content": {"parts": ["secret"]},
          "metadata": {"is_visually_hidden_from_conversation": true}}},
        "3": {"parent": "2", "message": {"author": {"role": "tool"}, "content": {"text": "ran"}}}},
       "current_node": "3"}
      """
    let context = try Self.contexts(json, ChatGPTConversation.contexts)[0].get()
    #expect(
      context.content == "**User**\n\nlook\n\n[image_asset_pointer]\n\nwords\n\n**Tool**\n\nran\n\n")
    #expect(context.title == "Untitled conversation" && context.id == "")
  }

  @Test(
    "Claude's messages say their text, or their parts, and what was attached",
    arguments: [
      (#"{"sender": "human", "text": "hi"}"#, "**Human**\n\nhi\n\n"),
      (
        #"{"sender": "human", "text": "old", "content": [{"type": "text", "text": "new"}]}"#,
        "**Human**\n\nnew\n\n"
      ),
      (
        #"{"text": "a", "attachments": [{"file_name": "f", "extracted_content": "x"}]}"#,
        "**Unknown**\n\na\n\n[f]\n\nx\n\n"
      ),
      (#"{"sender": "human", "text": ""}"#, ""), ("{}", ""),
    ])
  func claude(message: String, content: String) throws {
    let json = "{\"uuid\": \"u\", \"name\": \"\", \"chat_messages\": [\(message)]}"
    let context = try Self.contexts(json, ClaudeConversation.contexts)[0].get()
    #expect(context.content == content && context.id == "claude-u")
  }

  @Test("times that run backwards are put right")
  func times() throws {
    let json = #"{"chat_messages": [], "created_at": "2024-05-02", "updated_at": "2024-05-01"}"#
    let context = try Self.contexts(json, ClaudeConversation.contexts)[0].get()
    #expect(context.createTime != nil && context.updateTime == context.createTime)
  }

  @Test(
    "what is no conversation or memory is said to be none",
    arguments: ["{}", "[]", "1", #"{"mapping": [], "chat_messages": {}, "memory": ""}"#])
  func foreign(json: String) throws {
    for read in [ChatGPTConversation.contexts, ClaudeConversation.contexts, Mem0Memory.contexts] {
      #expect(throws: InputError.self) { try Self.contexts(json, read)[0].get() }
    }
  }

  @Test(
    "memories come one by one or in a list",
    arguments: [
      (#"{"memory": "a"}"#, ["a"]), (#"{"results": [{"memory": "a"}, {"text": "b"}]}"#, ["a", "b"]),
      (#"{"memories": [{"content": "c"}]}"#, ["c"]), (#"{"results": []}"#, []),
    ])
  func lists(json: String, texts: [String]) throws {
    #expect(try Self.contexts(json, Mem0Memory.contexts).map { try $0.get().content } == texts)
  }

  @Test("a memory keeps whose it is, since when, and what else is said of it")
  func memory() throws {
    let json = """
      {"id": "m", "memory": "likes tea", "user_id": "ann", "run_id": "s", "agent_id": "bot",
       "categories": ["food", "food", 1], "created_at": "2024-05-01", "metadata": {"k": [1]}}
      """
    let context = try Self.contexts(json, Mem0Memory.contexts)[0].get()
    #expect((context.id, context.owner, context.session, context.type) == ("m", "ann", "s", .memory))
    #expect(context.tags == ["food"] && context.title == "likes tea")
    #expect(context.createTime == WellKnown.Timestamp(seconds: 1_714_521_600))
    #expect(context.metadata?.fields.keys.sorted() == ["agent_id", "k", "source"])
  }
}
