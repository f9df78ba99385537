import ArgumentParser
import CustomerCare

extension Staff {
    /// Works on outages.
    struct Outages: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draft, publish, change, cancel and end outages.",
            discussion: """
                What is to be thought of, such as a notice shorter than the law wants, is told on \
                standard error, and in the table of list.
                """,
            subcommands: [
                List.self, Show.self, Draft.self, Change.self, Publish.self, Cancel.self,
                Restore.self,
            ], defaultSubcommand: List.self)

        /// What an outage is; a draft needs most of it, a change only what differs.
        struct Form: ParsableArguments {
            @Option(help: "planned, unplanned or loadReduction.")
            var kind: String?

            @Option(help: "Where, as people read it.")
            var place: String?

            @Option(help: "Why, as people read it.")
            var reason: String?

            @Option(help: "When it begins: 2026-12-05 08:00.")
            var start: String?

            @Option(help: "When power is expected back.")
            var expectedEnd: String?

            @Option(
                name: .customLong("scope"),
                help: "What it touches, as KIND/VALUE: feeder/F-1, customerCode/PB…; repeatable.")
            var scopes: [String] = []

            @Option(help: "All of it as JSON instead (OutageInput); - is standard input.")
            var file: String?

            func validate() throws {
                let texts = [kind, place, reason, start, expectedEnd]
                let isTyped = !scopes.isEmpty || texts.contains { $0 != nil }
                guard isTyped != (file != nil) else {
                    throw ValidationError("describe the outage by options, or by --file")
                }
                for scope in scopes where Form.pair(scope) == nil {
                    throw ValidationError("\(scope) is not written KIND/VALUE")
                }
            }

            /// A scope taken apart.
            private static func pair(_ scope: String) -> (String, String)? {
                let parts = scope.split(separator: "/", maxSplits: 1).map(String.init)
                return parts.count == 2 ? (parts[0], parts[1]) : nil
            }

            /// The members as they were typed.
            var members: [(name: String, value: StaffCall.Value)] {
                [
                    ("kind", .text(kind)), ("place", .text(place)), ("reason", .text(reason)),
                    ("start", .instant(start)), ("expectedEnd", .instant(expectedEnd)),
                    ("scopes", .pairs(scopes.compactMap(Form.pair), named: ("kind", "value"))),
                ]
            }
        }

        /// Lists them.
        struct List: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "List outages that matter still, drafts among them, the earliest first.",
                discussion: """
                    Example:
                      customer-care staff outages
                    """)

            @OptionGroup var options: Options
            @OptionGroup var rows: Rows

            var call: StaffCall {
                .list(
                    "/v1/staff/outages", limit: rows.limit,
                    shows: [
                        "outageId", "kind", "place", "start", "expectedEnd",
                        StaffCall.Column("publishedAt", "PUBLISHED"),
                        StaffCall.Column("cancelledAt", "CANCELLED"),
                        StaffCall.Column("customerCount", "CODES"),
                        StaffCall.Column("isProposed", "PROPOSED"), "warnings",
                    ])
            }
        }

        /// Shows one.
        struct Show: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Show an outage with what it touches, its warnings and its tag.",
                discussion: """
                    Example:
                      customer-care staff outages show 01995f3e-8c57-8b1a-9d2e-5f0c6a7b8d90
                    """)

            @OptionGroup var options: Options

            @Argument(help: "The outageId.")
            var outage: String

            var call: StaffCall { .get("/v1/staff/outages/\(outage)") }
        }

        /// Types one.
        struct Draft: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Type an outage: a draft, which nobody sees before it is published.",
                discussion: """
                    Example:
                      customer-care staff outages draft --kind planned --place "Phường 1, Tân An" \
                    --start "2026-12-05 08:00" --expected-end "2026-12-05 11:00" --scope feeder/F-1
                    """)

            @OptionGroup var options: Options
            @OptionGroup var form: Form

            var call: StaffCall {
                .post("/v1/staff/outages", form.file.map { .file($0) } ?? .members(form.members))
            }
        }

        /// Changes one.
        struct Change: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Change an outage, by somebody who has seen its present version.",
                discussion: """
                    Options change what they name and leave the rest; scopes are replaced as a \
                    whole. Ends with 75 when somebody else has changed it since it was shown. \
                    Example:
                      customer-care staff outages change 01995f3e-8c57-8b1a-9d2e-5f0c6a7b8d90 \
                    --tag v1 --expected-end "2026-12-05 12:00"
                    """)

            @OptionGroup var options: Options
            @OptionGroup var form: Form

            @Argument(help: "The outageId.")
            var outage: String

            @Option(help: "The tag that show tells: of the version that was seen.")
            var tag: String

            var call: StaffCall {
                .put(
                    "/v1/staff/outages/\(outage)",
                    form.file.map { .file($0) } ?? .amended(form.members), tag: tag)
            }
        }

        /// Publishes one.
        struct Publish: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Publish a draft: everybody it touches sees it and is told.",
                discussion: """
                    Example:
                      customer-care staff outages publish 01995f3e-8c57-8b1a-9d2e-5f0c6a7b8d90
                    """)

            @OptionGroup var options: Options

            @Argument(help: "The outageId.")
            var outage: String

            var call: StaffCall { .post("/v1/staff/outages/\(outage)/publication") }
        }

        /// Cancels one.
        struct Cancel: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Cancel an outage: it stays to be seen, marked, and people are told.",
                discussion: """
                    Example:
                      customer-care staff outages cancel 01995f3e-8c57-8b1a-9d2e-5f0c6a7b8d90
                    """)

            @OptionGroup var options: Options

            @Argument(help: "The outageId.")
            var outage: String

            var call: StaffCall { .post("/v1/staff/outages/\(outage)/cancellation") }
        }

        /// Ends one.
        struct Restore: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Say that power is back; people are told.",
                discussion: """
                    Example:
                      customer-care staff outages restore 01995f3e-8c57-8b1a-9d2e-5f0c6a7b8d90 \
                    --at "2026-12-05 10:40"
                    """)

            @OptionGroup var options: Options

            @Argument(help: "The outageId.")
            var outage: String

            @Option(name: .customLong("at"), help: "Since when; now when left out.")
            var restoredAt: String?

            var call: StaffCall {
                .post(
                    "/v1/staff/outages/\(outage)/restoration",
                    ["restoredAt": .instant(restoredAt)])
            }
        }
    }
}
