import JSON
import Postgres

/// Takes a document for a request that is not over; the same content again is the same document.
///
/// It goes to the disk as it comes in. What it is, its first bytes say.
struct AddServiceRequestAttachment: Endpoint {
    static let route = Route.post("/v1/service-requests/{trackingCode}/attachments")
        .streamed(
            AttachmentKind.allCases.map(\.rawValue),
            maximumBytes: ServiceRequestAttachment.maximumBytes)

    let account: UUID
    let trackingCode: TrackingCode

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.queryAccount()
        trackingCode = try arguments.trackingCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let store = try context.attachmentStore()
        // Asked before a byte is taken, so that a stranger fills no disk; and again at the end.
        try await require(in: context)
        guard let body = context.body else { throw AddServiceRequestAttachment.noContent }
        let draft = try await store.begin(context.newId())
        do throws(Problem) {
            return try await take(body, into: draft, store, context: context)
        } catch {
            // Left to the sweep of the store when the disk refuses this too.
            _ = try? await store.removeDraft(draft.id)
            throw error
        }
    }

    private func take(
        _ body: IncomingBody, into draft: AttachmentStore.Draft, _ store: AttachmentStore,
        context: Context
    ) async throws(Problem) -> Answer {
        while let bytes = try await body.next() { try await draft.append(bytes) }
        guard draft.byteCount > 0 else { throw AddServiceRequestAttachment.noContent }
        guard let kind = AttachmentKind(beginning: draft.beginning),
            kind.rawValue == body.mediaType
        else {
            var problem = Problem(.unsupportedMediaType)
            problem.detail = Wording(
                "Nội dung tệp không đúng với loại đã khai báo.",
                "The content is not of the media type that it is sent as.")
            throw problem
        }
        let digest = try await draft.finish()
        let attachment = ServiceRequestAttachment(
            attachmentId: draft.id, kind: kind, byteCount: draft.byteCount,
            receivedAt: context.now)
        do throws(Problem) {
            var answer = try await keep(attachment, digest, context: context)
            answer.location = ServiceRequest.location(of: trackingCode, account: account)
            if answer.status == 200 {
                // Left to the sweep when the disk refuses.
                _ = try? await store.remove(draft.id)
            }
            return answer
        } catch {
            if error.code != .outcomeUnknown {
                // Otherwise the row may be there: the sweep looks before it removes.
                _ = try? await store.remove(draft.id)
            }
            throw error
        }
    }

    private func keep(
        _ attachment: ServiceRequestAttachment, _ digest: [UInt8], context: Context
    ) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) -> Answer in
            let locked = try await LockedServiceRequest.lock(
                trackingCode, of: account, in: transaction)
            let same = try await transaction.queryOne(
                ServiceRequestAttachment.same, .uuid(account), .text(trackingCode.text),
                .bytes(digest))
            if let same { return Answer.object(reserving: 256) { json in same.write(to: &json) } }
            let there = try await transaction.query(
                ServiceRequestAttachment.list, .uuid(account), .text(trackingCode.text))
            try check(isOpen: locked.state.isOpen, there.count)
            try await transaction.queue(
                ServiceRequestAttachment.insert, .uuid(account), .text(trackingCode.text),
                .uuid(attachment.attachmentId), .text(attachment.mediaType),
                .int64(Int64(attachment.byteCount)), .bytes(digest), .timestamp(context.now))
            return Answer.object(status: 201, reserving: 256) { json in
                attachment.write(to: &json)
            }
        }
    }

    /// Throws 404 for a request that is not there, 409 for one that takes no documents.
    private func require(in context: Context) async throws(Problem) {
        let found = try await context.database.queryOne(
            ServiceRequest.statement, .uuid(account), .text(trackingCode.text))
        guard let found else { throw Problem(.notFound) }
        // One that is full may still be told of a document that it has.
        try check(isOpen: found.state.isOpen, 0)
    }

    private func check(isOpen: Bool, _ count: Int) throws(Problem) {
        if !isOpen || count >= ServiceRequestAttachment.maximumCount {
            throw Problem(.attachmentNotAccepted)
        }
    }

    private static let noContent = Problem(
        parameter: "content-length", .outOfRange,
        Wording("Tệp không có nội dung.", "The document has no content."))
}

extension Context {
    /// The store of documents; 503 on a service that has none, which serves everything else.
    func attachmentStore() throws(Problem) -> AttachmentStore {
        guard let attachments else {
            throw Problem(.unavailable, reason: "there is no folder for attachments")
        }
        return attachments
    }
}
