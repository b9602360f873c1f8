import CairnAPI
import Journal

extension ListContextsResponse: JournalAnswer {}
extension BatchGetContextsResponse: JournalAnswer {}
extension BatchCreateContextsResponse: JournalAnswer {}
extension BatchUpdateContextsResponse: JournalAnswer {}
extension BatchDeleteContextsResponse: JournalAnswer {}
extension ListContextVersionsResponse: JournalAnswer {}
extension SearchResponse: JournalAnswer {}
extension RecallResponse: JournalAnswer {}
extension SupersedeResponse: JournalAnswer {}
extension RelateContextsResponse: JournalAnswer {}
extension UnrelateContextsResponse: JournalAnswer {}
extension ListRelationshipsResponse: JournalAnswer {}
extension ListTemplatesResponse: JournalAnswer {}
