import CairnAPI
import Requests

extension BatchCreateContextsRequest: WriteRequest {}
extension BatchUpdateContextsRequest: WriteRequest {}
extension BatchDeleteContextsRequest: WriteRequest {}
extension RelateContextsRequest: WriteRequest {}
extension CreateContextRequest: WriteRequest {}
extension UpdateContextRequest: WriteRequest {}
extension DeleteContextRequest: WriteRequest {}
extension UndeleteContextRequest: WriteRequest {}
extension RestoreContextVersionRequest: WriteRequest {}
extension ForgetRequest: WriteRequest {}
extension CreateTemplateRequest: WriteRequest {}
extension DeleteTemplateRequest: WriteRequest {}
