import ArgumentParser
import CustomerCare

extension Staff {
    /// Works on money that fits nothing.
    struct PaymentTasks: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "See money that fits nothing, and say where it goes.",
            subcommands: [List.self, Resolve.self], defaultSubcommand: List.self)

        /// Lists it.
        struct List: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "List money that fits nothing, the oldest first.",
                discussion: """
                    Example:
                      customer-care staff payment-tasks
                    """)

            @OptionGroup var options: Options
            @OptionGroup var rows: Rows

            var call: StaffCall {
                .list(
                    "/v1/staff/payment-tasks", limit: rows.limit,
                    shows: [
                        "paymentTaskId", "kind", "provider",
                        StaffCall.Column("transactionReference", "TRANSACTION"),
                        .money("amount"), .money("expectedAmount", "EXPECTED"), "createdAt",
                        StaffCall.Column("resolution.kind", "PROPOSED"),
                        StaffCall.Column("resolution.customerCode", "FOR"),
                        StaffCall.Column("refund.state", "REFUND"),
                    ])
            }
        }

        /// Says where it goes.
        struct Resolve: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Say where money goes; booked when another person says the same.",
                discussion: """
                    Example:
                      customer-care staff payment-tasks resolve \
                    01995f3e-8c57-8b1a-9d2e-5f0c6a7b8d90 --kind credit \
                    --customer-code PB06010001234 --note "wrong month on the slip"
                    """)

            @OptionGroup var options: Options

            @Argument(help: "The paymentTaskId.")
            var task: String

            @Option(help: "credit (for a customer), returned, or refunded (by the provider).")
            var kind: String

            @Option(help: "Whose credit it is.")
            var customerCode: String?

            @Option(help: "Why, noted down.")
            var note: String

            var call: StaffCall {
                .post(
                    "/v1/staff/payment-tasks/\(task)/resolution",
                    [
                        "kind": .text(kind), "customerCode": .text(customerCode),
                        "note": .text(note),
                    ])
            }
        }
    }

    /// Works on imports.
    struct Imports: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "See imports that wait for a second person, and approve them.",
            subcommands: [List.self, Approve.self], defaultSubcommand: List.self)

        /// Lists them.
        struct List: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "List imports that wait for approval, the newest first.",
                discussion: """
                    Of the newest ones, as many as --limit says, those that wait; all of these \
                    with --all. Example:
                      customer-care staff imports --all --limit 20
                    """)

            @OptionGroup var options: Options
            @OptionGroup var rows: Rows

            @Flag(help: "Those too that do not wait.")
            var all = false

            var call: StaffCall {
                .list(
                    "/v1/staff/imports", limit: rows.limit, only: all ? nil : "needsApproval",
                    shows: [
                        "importId", "kind", "source", "state", "asOf", "rows",
                        StaffCall.Column("faultCount", "FAULTS"),
                        StaffCall.Column("difference.new", "NEW"),
                        StaffCall.Column("difference.corrected", "CORRECTED"),
                        StaffCall.Column("difference.cancelled", "CANCELLED"),
                        .money("difference.total", "TOTAL"), "anomalies",
                    ])
            }
        }

        /// Approves one.
        struct Approve: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Approve an import that is out of the ordinary; its sender commits it.",
                discussion: """
                    Example:
                      customer-care staff imports approve 01995f3e-8c57-8b1a-9d2e-5f0c6a7b8d90 \
                    --reason "new price list, checked with billing"
                    """)

            @OptionGroup var options: Options

            @Argument(help: "The importId.")
            var importId: String

            @Option(help: "Why, noted down.")
            var reason: String

            var call: StaffCall {
                .post("/v1/staff/imports/\(importId)/approval", ["reason": .text(reason)])
            }
        }
    }
}
