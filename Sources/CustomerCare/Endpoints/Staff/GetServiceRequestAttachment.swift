import JSON
import Postgres

/// Gives staff a document of a request, to be kept as a file and never shown as a page; who reads
/// it and why is noted down first.
struct GetServiceRequestAttachment: Endpoint {
    static let route = Route.get(
        "/v1/staff/service-requests/{trackingCode}/attachments/{attachment}"
    ).requiring(.staff)

    let trackingCode: TrackingCode
    let attachment: UUID
    let purpose: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        purpose = try arguments.purpose()
        trackingCode = try arguments.trackingCode()
        attachment = try arguments.uuid("attachment")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let store = try context.attachmentStore()
        let found = try await context.write {
            (transaction) async throws(Problem) -> ServiceRequestAttachment in
            let request = try await transaction.queryOne(
                StaffServiceRequest.statement, .text(trackingCode.text))
            guard let request else { throw Problem(.notFound) }
            let found = try await transaction.queryOne(
                ServiceRequestAttachment.one, .uuid(request.accountId), .text(trackingCode.text),
                .uuid(attachment))
            guard let found else { throw Problem(.notFound) }
            try await context.auditStaff(
                .attachmentRead, subject: "\(trackingCode.text)/\(attachment)", purpose: purpose,
                in: transaction)
            return found
        }
        let content = try await store.read(attachment, byteCount: Int(found.byteCount))
        var answer = Answer(status: 200, body: content)
        answer.contentType = "application/octet-stream"
        let kind = AttachmentKind(rawValue: found.mediaType)
        answer.fileName = "\(trackingCode.text)-\(attachment).\(kind?.fileExtension ?? "bin")"
        return answer
    }
}
