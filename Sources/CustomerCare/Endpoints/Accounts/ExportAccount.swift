import Compression
import Electricity
import JSON
import Postgres
import Signing

/// Gives a person all that is kept about them, at once: a zip file of JSON and CSV.
///
/// The law gives them three days to wait (Nghị định 13/2023/NĐ-CP, article 14); nobody waits here.
struct ExportAccount: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/export")

    /// Rows of one table, the newest first; a table that is cut says so.
    private static let most = 1_000
    /// Months of messages.
    private static let months = 24
    /// Exports of one account in a day: each is work for all tables.
    private static let mostInADay: Int64 = 10
    private static let daySeconds: Int64 = 86_400

    let account: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.queryOne(GetAccount.statement, .uuid(account))
        guard let found else { throw Problem(.notFound) }
        let taken = try await context.database.queryOne(
            ExportAccount.recent, .uuid(account),
            .timestamp(context.now.advanced(bySeconds: -ExportAccount.daySeconds)))
        guard (taken?.count ?? 0) < ExportAccount.mostInADay else {
            var problem = Problem(.rateLimited)
            problem.retryAfterSeconds = Int(ExportAccount.daySeconds)
            throw problem
        }
        var tables: [ExportTable] = [ExportTable("account", [{ found.write(to: &$0) }])]
        tables.append(try await contact(of: found, context))
        tables.append(try await consents(context))
        tables += try await codes(context)
        tables.append(try await notifications(context))
        tables.append(try await payments(context))
        tables.append(try await requests(context))
        tables.append(try await reads(context))
        tables.append(try await history(context))
        try await context.write { (transaction) async throws(Problem) in
            try await context.audit(.dataExported, account: account, in: transaction)
        }
        var answer = Answer(status: 200, body: try ExportAccount.archive(tables, context))
        answer.contentType = "application/zip"
        answer.fileName = "customer-care-\(context.today).zip"
        return answer
    }

    private static func archive(
        _ tables: [ExportTable], _ context: Context
    ) throws(Problem) -> [UInt8] {
        let day = context.today
        let second = Int(context.now.secondsSince1970 - day.start.secondsSince1970)
        var archive = ZipArchive(
            year: day.month.year, month: day.month.month,
            day: Int(day.daysSince1970 - day.month.firstDay.daysSince1970) + 1,
            hour: second / 3_600, minute: second / 60 % 60, second: second % 60)
        do {
            try archive.add("README.txt", Array(readme(tables, context.now).utf8))
            for table in tables {
                try archive.add("\(table.name).json", table.json)
                try archive.add("\(table.name).csv", table.csv)
            }
        } catch {
            throw Problem(.internalError, reason: "\(error)")
        }
        return archive.finished()
    }

    private static func readme(_ tables: [ExportTable], _ now: Instant) -> String {
        let list = tables.map { table in
            "\(table.name): \(table.count)"
                + (table.count >= most ? " (mới nhất / the newest)" : "")
        }
        return """
            Dữ liệu của bạn tại trang chăm sóc khách hàng EVN SPC, \(now).
            All that EVN SPC's customer-care page keeps about you, \(now).

            \(list.joined(separator: "\n"))

            """
    }

    // MARK: Tables

    private func contact(of found: Account, _ context: Context) async throws(Problem) -> ExportTable
    {
        let contact = try await context.database.queryOne(
            ExportAccount.contact, .text(found.zaloUserId))
        guard let contact else { return ExportTable("zalo-contact", []) }
        let phone: String?
        do {
            phone = try contact.sealedPhone.map { (sealed) throws(SigningError) in
                try context.personalData.openedPhone(sealed, of: contact.zaloUserId)
            }
        } catch {
            throw Problem(.internalError, reason: "personal_data_not_opened")
        }
        return ExportTable(
            "zalo-contact",
            [
                { json in
                    json.field("followState", contact.followState.rawValue)
                    json.field("lastInteractionAt", contact.lastInteractionAt)
                    json.field("phone", phone)
                }
            ])
    }

    private func consents(_ context: Context) async throws(Problem) -> ExportTable {
        let found = try await context.database.query(
            ExportAccount.consents, .uuid(account), .int64(Int64(ExportAccount.most)))
        return ExportTable(
            "consents",
            found.map { consent in
                { json in
                    json.field("textVersion", consent.textVersion)
                    json.field("givenAt", consent.givenAt)
                }
            })
    }

    /// The subscriptions, and of each verified code what the account may see of the customer.
    private func codes(_ context: Context) async throws(Problem) -> [ExportTable] {
        let listed = try await context.database.query(
            ListSubscriptions.statement, .uuid(account), .timestamp(context.now))
        let subscriptions = listed.compactMap(\.subscription)
        var customers: [(inout JSONWriter) -> Void] = []
        for subscription in subscriptions where subscription.state == .active {
            let code = subscription.customerCode
            let profile = try await context.database.queryOne(
                GetCustomer.statement, .uuid(account), .text(code.text))
            guard let profile else { continue }
            let personal = try profile.opened(code, context.personalData)
            try context.auditRead(.profileRead, account: account, code: code)
            customers.append { profile.write(to: &$0, code, personal) }
        }
        return [
            ExportTable(
                "subscriptions",
                subscriptions.map { one in { one.write(to: &$0, attempts: nil) } }),
            ExportTable("customers", customers),
        ]
    }

    private func notifications(_ context: Context) async throws(Problem) -> ExportTable {
        let found = try await context.database.query(
            ListNotifications.statement, .uuid(account),
            .month(context.today.month.advanced(byMonths: -ExportAccount.months)),
            .timestamp(nil), .uuid(nil), .int64(Int64(ExportAccount.most)))
        return ExportTable(
            "notifications", found.map { one in { one.write(to: &$0, context: context) } })
    }

    private func payments(_ context: Context) async throws(Problem) -> ExportTable {
        let found = try await context.database.query(
            ListPayments.statement, .uuid(account), .uuid(nil), .int64(Int64(ExportAccount.most)))
        return ExportTable("payments", found.map { one in { one.write(to: &$0) } })
    }

    /// The requests with what the person has typed into their forms.
    private func requests(_ context: Context) async throws(Problem) -> ExportTable {
        let found = try await context.database.query(
            ListServiceRequests.statement, .uuid(account), .timestamp(nil), .text(nil),
            .int64(Int64(ExportAccount.most)))
        let forms = try await context.database.query(
            ExportAccount.forms, .uuid(account), .int64(Int64(ExportAccount.most)))
        var opened: [String: [UInt8]] = [:]
        for form in forms where !form.sealedForm.isEmpty {
            guard let code = TrackingCode(typed: form.trackingCode) else { continue }
            do {
                opened[form.trackingCode] = try context.personalData.openedForm(
                    form.sealedForm, of: code)
            } catch {
                throw Problem(.internalError, reason: "personal_data_not_opened")
            }
        }
        return ExportTable(
            "service-requests",
            found.map { request in
                { json in
                    request.write(to: &json, context: context)
                    json.rawField("form", opened[request.trackingCode] ?? Array("{}".utf8))
                }
            })
    }

    private func reads(_ context: Context) async throws(Problem) -> ExportTable {
        let found = try await ListDataReads.find(
            of: account, atMost: Int64(ExportAccount.most), context)
        return ExportTable("data-reads", found.map { one in { one.write(to: &$0) } })
    }

    private func history(_ context: Context) async throws(Problem) -> ExportTable {
        let found = try await context.database.query(
            ExportAccount.history, .uuid(account), .int64(Int64(ExportAccount.most)))
        return ExportTable(
            "history",
            found.map { event in
                { json in
                    json.field("happenedAt", event.happenedAt)
                    json.field("action", event.action)
                    json.field("customerCode", event.customerCode)
                }
            })
    }
}

extension ExportAccount {
    /// What the Official Account knows of a person.
    struct Contact: Row {
        static let columns = [
            "zalo_user_id", "follow_state", "last_interaction_at", "sealed_phone",
        ]
        let zaloUserId: String
        let followState: FollowState
        let lastInteractionAt: Instant?
        let sealedPhone: [UInt8]?

        init(_ row: inout RowDecoder) throws(RowError) {
            zaloUserId = try row.string()
            followState = try row.word(FollowState.self)
            lastInteractionAt = try row.optionalInstant()
            sealedPhone = try row.optionalBytes()
        }
    }

    /// Something that was agreed to.
    struct Consent: Row {
        static let columns = ["text_version", "given_at"]
        let textVersion: String
        let givenAt: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            textVersion = try row.string()
            givenAt = try row.instant()
        }
    }

    /// What was typed into the form of a request, sealed.
    struct Form: Row {
        static let columns = ["tracking_code", "sealed_form"]
        let trackingCode: String
        let sealedForm: [UInt8]

        init(_ row: inout RowDecoder) throws(RowError) {
            trackingCode = try row.string()
            sealedForm = try row.bytes()
        }
    }

    /// Something that the account did.
    struct Event: Row {
        static let columns = ["happened_at", "action", "customer_code"]
        let happenedAt: Instant
        let action: String
        let customerCode: String?

        init(_ row: inout RowDecoder) throws(RowError) {
            happenedAt = try row.instant()
            action = try row.string()
            customerCode = try row.optionalString()
        }
    }

    static let recent = Statement<RowCount>(
        "export_account_recent",
        """
        -- How often account $1 was exported since $2.
        select count(*) as row_count
        from audit_events
        where account_id = $1 and happened_at >= $2 and action = 'data_exported'
        """)

    static let contact = Statement<Contact>(
        "export_account_contact",
        """
        -- What the Official Account knows of Zalo user $1.
        select zalo_user_id, follow_state, last_interaction_at, sealed_phone
        from zalo_contacts where zalo_user_id = $1
        """)

    static let consents = Statement<Consent>(
        "export_account_consents",
        """
        -- What account $1 has agreed to, the newest first.
        select text_version, given_at from consent_events
        where account_id = $1 order by given_at desc limit $2
        """)

    static let forms = Statement<Form>(
        "export_account_forms",
        """
        -- What account $1 has typed into forms, the newest first.
        select tracking_code, sealed_form from service_requests
        where account_id = $1 order by received_at desc limit $2
        """)

    static let history = Statement<Event>(
        "export_account_history",
        """
        -- What account $1 did, the newest first.
        select happened_at, action, customer_code from audit_events
        where account_id = $1 order by happened_at desc limit $2
        """)
}
