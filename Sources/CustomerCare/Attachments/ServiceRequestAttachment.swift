import Electricity
import JSON
import Postgres

/// A document of a service request, without its content.
struct ServiceRequestAttachment: Row {
    static let columns = ["attachment_id", "media_type", "byte_count", "received_at"]
    /// Bytes of the largest document: 5 MiB.
    static let maximumBytes = 5_242_880
    /// Documents of one request.
    static let maximumCount = 10

    let attachmentId: UUID
    let mediaType: String
    let byteCount: Int32
    let receivedAt: Instant

    /// One that has just come in.
    init(attachmentId: UUID, kind: AttachmentKind, byteCount: Int, receivedAt: Instant) {
        self.attachmentId = attachmentId
        mediaType = kind.rawValue
        self.byteCount = Int32(clamping: byteCount)
        self.receivedAt = receivedAt
    }

    init(_ row: inout RowDecoder) throws(RowError) {
        attachmentId = try row.uuid()
        mediaType = try row.string()
        byteCount = try row.int32()
        receivedAt = try row.instant()
    }

    /// Writes all members.
    func write(to json: inout JSONWriter) {
        json.field("attachmentId", attachmentId.description)
        json.field("mediaType", mediaType)
        json.field("byteCount", Int(byteCount))
        json.field("receivedAt", receivedAt)
    }

    /// Writes a member that lists documents.
    static func write(_ attachments: [ServiceRequestAttachment], to json: inout JSONWriter) {
        json.list("attachments") { json in
            for attachment in attachments {
                json.element { json in attachment.write(to: &json) }
            }
        }
    }

    static let list = Statement<ServiceRequestAttachment>(
        "service_request_attachments",
        """
        -- The documents of request $2 of account $1, oldest first, 20 at most.
        select attachment_id, media_type, byte_count, received_at
        from service_request_attachments
        where account_id = $1 and tracking_code = $2
        order by received_at, attachment_id limit 20
        """)

    static let same = Statement<ServiceRequestAttachment>(
        "service_request_attachment_same",
        """
        -- The document of request $2 of account $1 with the same content.
        select attachment_id, media_type, byte_count, received_at
        from service_request_attachments
        where account_id = $1 and tracking_code = $2 and content_digest = $3
        """)

    static let one = Statement<ServiceRequestAttachment>(
        "service_request_attachment",
        """
        -- Document $3 of request $2 of account $1.
        select attachment_id, media_type, byte_count, received_at
        from service_request_attachments
        where account_id = $1 and tracking_code = $2 and attachment_id = $3
        """)

    static let insert = Command(
        "service_request_attachment_insert",
        """
        -- A document whose content lies in the store.
        insert into service_request_attachments (account_id, tracking_code, attachment_id,
            media_type, byte_count, content_digest, received_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        """)
}
