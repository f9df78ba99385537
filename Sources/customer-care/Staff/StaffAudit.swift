import ArgumentParser
import CustomerCare

extension Staff {
    /// What lists for auditors take.
    struct Days: ParsableArguments {
        @Option(help: "The first day, YYYY-MM-DD; 31 days before the last when left out.")
        var from: String?

        @Option(help: "The last day; today when left out.")
        var to: String?
    }

    /// Shows what staff did.
    struct Actions: StaffCommand {
        static let configuration = CommandConfiguration(
            abstract: "See what staff did and read, and why, the newest first.",
            discussion: """
                For auditors: needs a key of scope admin. Example:
                  customer-care staff actions --subject PB06010001234 --from 2026-11-01
                """)

        @OptionGroup var options: Options
        @OptionGroup var rows: Rows
        @OptionGroup var days: Days

        @Option(help: "Of one person: the id of the client.")
        var client: String?

        @Option(help: "About one thing: a customer code, a tracking code, an id.")
        var subject: String?

        var call: StaffCall {
            .list(
                "/v1/admin/staff-actions",
                ["client": client, "subject": subject, "from": days.from, "to": days.to],
                limit: rows.limit,
                shows: [
                    StaffCall.Column("happenedAt", "WHEN"), StaffCall.Column("clientName", "WHO"),
                    "action", "subject", "purpose",
                ])
        }
    }

    /// Shows what happened about a code.
    struct AuditEvents: StaffCommand {
        static let configuration = CommandConfiguration(
            abstract: "See who followed a code and read its data, the newest first.",
            discussion: """
                For auditors: needs a key of scope admin. Example:
                  customer-care staff audit-events --code PB06010001234
                """)

        @OptionGroup var options: Options
        @OptionGroup var rows: Rows
        @OptionGroup var days: Days

        @Option(help: "The customer code.")
        var code: String

        var call: StaffCall {
            .list(
                "/v1/admin/audit-events",
                ["customerCode": code, "from": days.from, "to": days.to], limit: rows.limit,
                shows: [
                    StaffCall.Column("happenedAt", "WHEN"), StaffCall.Column("clientName", "BY"),
                    "action", "accountId",
                ])
        }
    }
}
