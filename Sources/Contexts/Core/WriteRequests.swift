import CairnAPI
import Requests

extension CreateContextRequest: WriteRequest {}
extension UpdateContextRequest: WriteRequest {}
extension DeleteContextRequest: WriteRequest {}
extension UndeleteContextRequest: WriteRequest {}
extension RestoreContextVersionRequest: WriteRequest {}
extension ForgetRequest: WriteRequest {}
extension CreateTemplateRequest: WriteRequest {}
extension DeleteTemplateRequest: WriteRequest {}
