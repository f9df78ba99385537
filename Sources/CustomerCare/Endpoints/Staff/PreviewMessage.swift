import Electricity
import JSON
import Postgres

/// Shows what a text of a message would look like, and what is wrong with it.
struct PreviewMessage: Endpoint {
    static let route = Route.post("/v1/staff/message-templates/{topic}/preview").requiring(.staff)

    let topic: MessageTopic
    let text: Wording

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        topic = try arguments.messageTopic()
        text = try MessageWording.read(body)
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let template = try context.template(topic, saying: text)
        let faults = MessageBook.faults(template)
        let values = MessageTemplate.sample(template.parameters, at: context.now)
        return .object { json in
            for language in [Language.vietnamese, .english] {
                let words = MessageText(
                    book: context.guides.messages, services: context.guides.services,
                    language: language)
                json.field(language.rawValue, words.text(template, values))
            }
            json.list("faults") { json in
                for fault in faults {
                    json.element { json in
                        json.field("language", fault.language.rawValue)
                        json.field("detail", fault.words)
                    }
                }
            }
        }
    }
}

/// The two texts of a message in a body.
enum MessageWording {
    /// Reads both; 422 names what cannot be kept: control characters and what changes direction.
    static func read(_ body: JSONDocument) throws(Problem) -> Wording {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let vietnamese = text(object, .vietnamese)
        let english = text(object, .english)
        if let problem = Problem(faults) { throw problem }
        guard let vietnamese, let english else { throw Problem(.invalidRequest) }
        return Wording(vietnamese, english)
    }

    private static func text(_ object: JSONObject?, _ language: Language) -> String? {
        guard let object,
            let typed = object.string(JSONName(language), length: 1...MessageBook.longestText)
        else { return nil }
        var lines: [String] = []
        for line in typed.split(separator: "\n", omittingEmptySubsequences: false) {
            let kept = PersonalText.accepted(
                String(line), maximumScalars: MessageBook.longestText)
            // A line may be empty; one that only looks so may not.
            guard kept != nil || line.isEmpty else {
                object.fault(JSONName(language), .wrongFormat)
                return nil
            }
            lines.append(kept ?? "")
        }
        return lines.joined(separator: "\n")
    }
}

extension Arguments {
    /// The topic of a message in the path; 404 for a word that is none.
    func messageTopic() throws(Problem) -> MessageTopic {
        guard let topic = MessageTopic(rawValue: text("topic")) else { throw Problem(.notFound) }
        return topic
    }
}

extension Context {
    /// The template of a topic with another text.
    func template(
        _ topic: MessageTopic, saying text: Wording
    ) throws(Problem) -> MessageTemplate {
        guard let known = guides.messages.template(topic) else { throw Problem(.notFound) }
        return MessageTemplate(topic: topic, parameters: known.parameters, text: text)
    }
}

extension MessageTemplate {
    /// Values that look like real ones.
    static func sample(
        _ parameters: [(name: String, kind: Kind)], at now: Instant
    ) -> JSONValue {
        var members: [JSONMember] = []
        for (name, kind) in parameters {
            let value: JSONValue =
                switch kind {
                case .text: .string(name.hasPrefix("customerCode") ? "PB06010001234" : "ABC")
                case .foreignText: .string("Phường 1, Tân An")
                case .vnd: .integer(1_234_567)
                case .number: .integer(321)
                case .date: .string("\(LocalDate(of: now))")
                case .month: .string("\(LocalDate(of: now).month)")
                case .instant: .integer(now.secondsSince1970)
                case .outageKind: .string(OutageKind.planned.rawValue)
                case .billStatus: .string(BillStatus.corrected.rawValue)
                case .requestState: .string(ServiceRequestState.processing.rawValue)
                case .service: .string("new-supply")
                }
            members.append(JSONMember(name: name, value: value))
        }
        return .object(members)
    }
}
