import CairnAPI
import Requests

extension CreateContextRequest: WriteRequest {}
extension UpdateContextRequest: WriteRequest {}
extension DeleteContextRequest: WriteRequest {}
extension UndeleteContextRequest: WriteRequest {}
extension BatchCreateContextsRequest: BatchRequest {}
extension BatchUpdateContextsRequest: BatchRequest {}
extension BatchDeleteContextsRequest: BatchRequest {}
extension RestoreContextVersionRequest: WriteRequest {}
extension RelateContextsRequest: WriteRequest {}
extension UnrelateContextsRequest: WriteRequest {}
extension RememberRequest: WriteRequest {}
extension ForgetRequest: WriteRequest {}
extension SupersedeRequest: WriteRequest {}
extension CreateTemplateRequest: WriteRequest {}
extension UpdateTemplateRequest: WriteRequest {}
extension DeleteTemplateRequest: WriteRequest {}
extension CreateContextFromTemplateRequest: WriteRequest {}
