import ArgumentParser
import CustomerCare

extension Staff {
    /// Works on messages that could not be sent.
    struct DeadLetters: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "See messages that nobody tries to send any more, and send them again.",
            subcommands: [List.self, Replay.self], defaultSubcommand: List.self)

        /// Lists them.
        struct List: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "List dead letters with the reason, the oldest first.",
                discussion: """
                    Example:
                      customer-care staff dead-letters --json
                    """)

            @OptionGroup var options: Options
            @OptionGroup var rows: Rows

            var call: StaffCall {
                .list(
                    "/v1/staff/dead-letters", limit: rows.limit,
                    shows: [
                        "messageId", "topic", "customerCode", "accountId", "attempts", "fault",
                        "createdAt",
                    ])
            }
        }

        /// Sends some again.
        struct Replay: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Put dead letters back into the queue; what is none is passed over.",
                discussion: """
                    Example:
                      customer-care staff dead-letters replay 01995f3e-8c57-8b1a-9d2e-5f0c6a7b8d90
                    """)

            @OptionGroup var options: Options

            @Argument(help: "Each messageId, 1 to 100 of them.")
            var messages: [String]

            var call: StaffCall {
                .post("/v1/staff/dead-letters/replays", ["messageIds": .texts(messages)])
            }
        }
    }

    /// Works on what messages say.
    struct Templates: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "See what messages say, look at another text, propose it.",
            subcommands: [List.self, Preview.self, Propose.self], defaultSubcommand: List.self)

        /// The two texts of a topic.
        struct Text: ParsableArguments {
            @Argument(help: "The topic, as list shows it.")
            var topic: String

            @Option(name: .customLong("vi"), help: "The Vietnamese text.")
            var vietnamese: String?

            @Option(name: .customLong("en"), help: "The English text.")
            var english: String?

            @Option(help: "Both as JSON instead, with members vi and en; - is standard input.")
            var file: String?

            func validate() throws {
                let isTyped = vietnamese != nil && english != nil
                let isEmpty = vietnamese == nil && english == nil
                guard file == nil ? isTyped : isEmpty else {
                    throw ValidationError("give --vi and --en, or --file")
                }
            }

            /// What is sent.
            var body: StaffCall.Body {
                file.map { .file($0) } ?? ["vi": .text(vietnamese), "en": .text(english)]
            }
        }

        /// Lists them.
        struct List: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "List what messages say, topic by topic, and what is proposed instead.",
                discussion: """
                    With --json, both languages and the text that is proposed. Example:
                      customer-care staff templates
                    """)

            @OptionGroup var options: Options

            var call: StaffCall {
                .list(
                    "/v1/staff/message-templates",
                    shows: [
                        "topic", "version", StaffCall.Column("proposal.proposedAt", "PROPOSED"),
                        StaffCall.Column("proposal.isYours", "BY YOU"), "vi",
                    ])
            }
        }

        /// Looks at a text.
        struct Preview: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Look at a text with sample values, and at what is wrong with it.",
                discussion: """
                    Nothing is kept. Example:
                      customer-care staff templates preview bill_issued --file text.json
                    """)

            @OptionGroup var options: Options
            @OptionGroup var text: Text

            var call: StaffCall {
                .post("/v1/staff/message-templates/\(text.topic)/preview", text.body)
            }
        }

        /// Proposes a text.
        struct Propose: StaffCommand {
            static let configuration = CommandConfiguration(
                abstract: "Propose a text; it is in use when another person proposes the same.",
                discussion: """
                    Example:
                      customer-care staff templates propose bill_issued --file text.json
                    """)

            @OptionGroup var options: Options
            @OptionGroup var text: Text

            var call: StaffCall {
                .post("/v1/staff/message-templates/\(text.topic)/text", text.body)
            }
        }
    }
}
