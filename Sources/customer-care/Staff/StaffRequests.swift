import ArgumentParser
import CustomerCare

extension Staff {
    /// Works on service requests.
    struct Requests: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "See the queue of service requests, read one, take one a step further.",
            subcommands: [List.self, Show.self, Transition.self], defaultSubcommand: List.self)

        /// Lists the queue.
        struct List: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "List the open requests, the one that is due first before the others.",
                discussion: """
                    Example:
                      customer-care staff requests --unit PB0601 --late
                    """)

            @OptionGroup var options: Options
            @OptionGroup var rows: Rows

            @Option(help: "Of one unit: the first six characters of its customer codes.")
            var unit: String?

            @Option(help: "Of one service, such as outage-report.")
            var service: String?

            @Option(help: "In one state: received, processing or awaiting_customer.")
            var state: String?

            @Flag(help: "Only those that are late.")
            var late = false

            var call: StaffCall {
                .list(
                    "/v1/staff/service-requests",
                    [
                        "unit": unit, "service": service, "state": state,
                        "late": late ? "true" : nil,
                    ], limit: rows.limit,
                    shows: [
                        "trackingCode", "service", "state", "customerCode",
                        StaffCall.Column("unitCode", "UNIT"),
                        StaffCall.Column("receivedAt", "RECEIVED"),
                        StaffCall.Column("expectedAt", "EXPECTED"),
                        StaffCall.Column("isLate", "LATE"),
                    ])
            }
        }

        /// Reads one.
        struct Show: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Read a request with its form, its history and its tag.",
                discussion: """
                    Who reads it and why is noted down first. Example:
                      customer-care staff requests show K7QM-2FXD-9TRC --purpose "called back"
                    """)

            @OptionGroup var options: Options

            @Argument(help: "The tracking code.")
            var trackingCode: String

            @Option(help: "Why: 3 to 200 characters, noted down.")
            var purpose: String

            var call: StaffCall {
                .get("/v1/staff/service-requests/\(trackingCode)", ["purpose": purpose])
            }
        }

        /// Takes one a step further.
        struct Transition: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Take a request a step further, by somebody who has seen it.",
                discussion: """
                    Ends with 75 when somebody else has changed it since it was shown. Example:
                      customer-care staff requests transition K7QM-2FXD-9TRC --tag v1 \
                    --state processing --internal-note "crew 4"
                    """)

            @OptionGroup var options: Options

            @Argument(help: "The tracking code.")
            var trackingCode: String

            @Option(help: "The tag that show tells: of the version that was read.")
            var tag: String

            @Option(help: "One of the transitions that show tells, such as processing.")
            var state: String

            @Option(help: "What the customer is told; rejected and awaiting_customer need it.")
            var publicNote: String?

            @Option(help: "What staff are told.")
            var internalNote: String?

            var call: StaffCall {
                .post(
                    "/v1/staff/service-requests/\(trackingCode)/transitions",
                    [
                        "state": .text(state), "publicNote": .text(publicNote),
                        "internalNote": .text(internalNote),
                    ], tag: tag)
            }
        }
    }

    /// Works on incidents.
    struct Incidents: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "See and end what several people of one transformer have reported.",
            subcommands: [List.self, Complete.self], defaultSubcommand: List.self)

        /// Lists the open ones.
        struct List: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "List the open incidents, the oldest first.",
                discussion: """
                    Example:
                      customer-care staff incidents --unit PB0601 --suspected
                    """)

            @OptionGroup var options: Options
            @OptionGroup var rows: Rows

            @Option(help: "Of one unit: the first six characters of its customer codes.")
            var unit: String?

            @Flag(help: "Only those that enough people have reported.")
            var suspected = false

            var call: StaffCall {
                .list(
                    "/v1/staff/outage-incidents",
                    ["unit": unit, "suspected": suspected ? "true" : nil], limit: rows.limit,
                    shows: [
                        "incidentId", "transformer", StaffCall.Column("unitCode", "UNIT"),
                        StaffCall.Column("reportCount", "REPORTS"),
                        StaffCall.Column("customerCount", "CODES"),
                        StaffCall.Column("beganAt", "BEGAN"),
                        StaffCall.Column("suspectedAt", "SUSPECTED"),
                        StaffCall.Column("needsTwoPersons", "TWO PERSONS"),
                        StaffCall.Column("proposedNote", "PROPOSED"),
                    ])
            }
        }

        /// Ends one.
        struct Complete: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "End an incident and every report in it; everybody is told.",
                discussion: """
                    Where it reaches many, another person does the same with the same note. \
                    Example:
                      customer-care staff incidents complete 01995f3e-8c57-8b1a-9d2e-5f0c6a7b8d90 \
                    --public-note "Đã thay máy biến áp"
                    """)

            @OptionGroup var options: Options

            @Argument(help: "The incidentId.")
            var incident: String

            @Option(help: "What everybody who has reported is told.")
            var publicNote: String?

            var call: StaffCall {
                .post(
                    "/v1/staff/outage-incidents/\(incident)/completion",
                    ["publicNote": .text(publicNote)])
            }
        }
    }
}
