import Postgres

/// What a deleted account leaves of its service requests: that there were some, and how far they
/// came; nothing that was typed.
enum ServiceRequestErasure {
    /// Takes back what is open and erases the forms; the account is locked.
    static func erase(
        _ account: UUID, in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) {
        guard let client = context.client else { throw Problem(.unauthenticated) }
        _ = try await transaction.query(lock, .uuid(account))
        let now = Parameter.timestamp(context.now)
        try await transaction.queue(note, .uuid(account), now, .uuid(client.clientId))
        try await transaction.queue(cancel, .uuid(account), now)
        try await transaction.queue(forget, .uuid(account))
        try await transaction.queue(forgetTexts, .uuid(account))
        // Their content goes when the store is swept, which finds nobody who knows it.
        try await transaction.queue(forgetAttachments, .uuid(account))
    }

    /// A request that is held.
    struct Locked: Row {
        static let columns = ["tracking_code"]

        init(_ row: inout RowDecoder) throws(RowError) {
            try row.skip()
        }
    }

    static let lock = Statement<Locked>(
        "service_request_erasure_lock",
        """
        -- The requests of an account, locked: nobody takes a step of one meanwhile.
        select tracking_code from service_requests where account_id = $1
        order by tracking_code for update
        """)

    static let note = Command(
        "service_request_erasure_note",
        """
        -- The end of what is open, in its history.
        insert into service_request_events (account_id, tracking_code, step, from_state, to_state,
            actor, client_id, happened_at)
        select account_id, tracking_code, step + 1, state, 'cancelled', 'account', $3, $2
        from service_requests
        where account_id = $1 and state in ('received', 'processing', 'awaiting_customer')
        """)

    static let cancel = Command(
        "service_request_erasure_cancel",
        """
        -- What is open is taken back.
        update service_requests set state = 'cancelled', step = step + 1, updated_at = $2
        where account_id = $1 and state in ('received', 'processing', 'awaiting_customer')
        """)

    static let forgetTexts = Command(
        "service_request_erasure_texts",
        """
        -- Nothing that was written with a step is kept.
        delete from service_request_texts where account_id = $1
        """)

    static let forgetAttachments = Command(
        "service_request_erasure_attachments",
        """
        -- No document is kept.
        delete from service_request_attachments where account_id = $1
        """)

    static let forget = Command(
        "service_request_erasure_forget",
        """
        -- Nothing that was typed is kept.
        update service_requests set sealed_form = '', rating_comment = null where account_id = $1
        """)
}
