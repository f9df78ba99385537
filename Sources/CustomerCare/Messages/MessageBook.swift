import Electricity
import JSON

/// The template of a topic: a text in each language with named places.
struct MessageTemplate: Sendable {
    /// What stands in a place, and so how it is written for people.
    enum Kind: String, Sendable {
        case text, vnd, date, number
        /// A billing month, `YYYY-MM`.
        case month
        /// Seconds since 1970.
        case instant
        /// Words of another system, of which nothing is passed on that could be a link.
        case foreignText
        /// Why the power is out.
        case outageKind
        /// What became of a bill.
        case billStatus
        /// The state of a service request.
        case requestState
        /// The name of a service.
        case service
    }

    let topic: MessageTopic
    /// In the order of the file, which is that of the template at Zalo.
    let parameters: [(name: String, kind: Kind)]
    let text: Wording
}

/// All templates, checked when they are read: no link, no place without a parameter and no
/// parameter without a place.
struct MessageBook: Sendable {
    static let assetName = "messages/templates.json"
    /// Characters of a text before its places are filled.
    static let longestText = 600

    private var templates: [MessageTopic: MessageTemplate]

    /// Reads the asset; throws what is wrong with it.
    init(_ asset: [UInt8]) throws(GuideBook.Fault) {
        guard let faults = MessageBook.faults(asset), faults.isEmpty,
            let list = MessageBook.read(asset)
        else { throw GuideBook.Fault(asset: MessageBook.assetName) }
        templates = Dictionary(list.map { ($0.topic, $0) }) { first, _ in first }
        guard templates.count == MessageTopic.allCases.count else {
            throw GuideBook.Fault(asset: MessageBook.assetName)
        }
    }

    /// The template of a topic; every topic has one.
    func template(_ topic: MessageTopic) -> MessageTemplate? { templates[topic] }

    private static func read(_ asset: [UInt8]) -> [MessageTemplate]? {
        guard case .array(let items)? = JSONValue.object(asset)?.member("templates") else {
            return nil
        }
        var list: [MessageTemplate] = []
        for item in items {
            guard let topic = item.word("topic", MessageTopic.self),
                case .object(let members)? = item.member("parameters"),
                let vietnamese = item.text("vi"), let english = item.text("en")
            else { return nil }
            var parameters: [(name: String, kind: MessageTemplate.Kind)] = []
            for member in members {
                guard case .string(let word) = member.value,
                    let kind = MessageTemplate.Kind(rawValue: word)
                else { return nil }
                parameters.append((member.name, kind))
            }
            list.append(
                MessageTemplate(
                    topic: topic, parameters: parameters, text: Wording(vietnamese, english)))
        }
        return list
    }

    /// The same book with other texts for some topics; those that have a fault are left out.
    func replacing(_ texts: [MessageTopic: Wording]) -> MessageBook {
        var book = self
        for (topic, text) in texts {
            guard let template = templates[topic] else { continue }
            let new = MessageTemplate(topic: topic, parameters: template.parameters, text: text)
            if MessageBook.faults(new).isEmpty { book.templates[topic] = new }
        }
        return book
    }

    // MARK: The linter

    /// What is wrong with a text.
    struct TextFault {
        let language: Language
        let words: String
    }

    /// What is wrong with the texts of a file, one line each; nil when it is no file of templates.
    static func faults(_ asset: [UInt8]) -> [String]? {
        guard let list = read(asset) else { return nil }
        return list.flatMap { template in
            faults(template).map { fault in
                "\(template.topic.rawValue).\(fault.language.rawValue): \(fault.words)"
            }
        }
    }

    /// What is wrong with the texts of a template.
    static func faults(_ template: MessageTemplate) -> [TextFault] {
        let names = Set(template.parameters.map(\.name))
        return [Language.vietnamese, .english].flatMap { language -> [TextFault] in
            let text = template.text.text(in: language)
            let used = Set(places(in: text))
            var faults = used.subtracting(names).sorted().map { "{\($0)} is no parameter" }
            faults += names.subtracting(used).sorted().map { "{\($0)} is not used" }
            if hasLink(text) { faults.append("a link") }
            if text.unicodeScalars.count > longestText { faults.append("too long") }
            return faults.map { TextFault(language: language, words: $0) }
        }
    }

    /// The names in braces.
    static func places(in text: String) -> [String] {
        text.matches(of: /\{(\w*)\}/).map { String($0.1) }
    }

    /// Forged messages live on links: ours have none, so that people need not tell them apart.
    static func hasLink(_ text: String) -> Bool {
        let lower = text.lowercased()
        return lower.contains("://") || lower.contains("www.")
            || lower.contains(/\b[a-z0-9-]+\.(vn|com|net|org|me|info|top|xyz|app|page|link)\b/)
    }
}

/// A message as a person reads it.
struct MessageText {
    let book: MessageBook
    let services: ServiceBook
    let language: Language

    /// The text of a message with its places filled; a line whose only place is empty is left out.
    func text(_ topic: MessageTopic, _ parameters: JSONValue) -> String {
        book.template(topic).map { text($0, parameters) } ?? ""
    }

    /// The same by a template that need not be in use.
    func text(_ template: MessageTemplate, _ parameters: JSONValue) -> String {
        let values = values(template, parameters)
        let lines = template.text.text(in: language).split(
            separator: "\n", omittingEmptySubsequences: false)
        let filled = lines.compactMap { line -> String? in
            let places = MessageBook.places(in: String(line))
            if places.contains(where: { values[$0] == nil }) { return nil }
            // All at once: what is filled in may have braces of its own.
            return String(line).replacing(/\{(\w*)\}/) { values[String($0.output.1)] ?? "" }
        }
        return filled.joined(separator: "\n")
    }

    /// The values for a template at Zalo, in its order; an empty one is a hyphen there.
    func data(_ topic: MessageTopic, _ parameters: JSONValue) -> [(name: String, value: String)] {
        guard let template = book.template(topic) else { return [] }
        let values = values(template, parameters)
        return template.parameters.map { ($0.name, values[$0.name] ?? "-") }
    }

    private func values(
        _ template: MessageTemplate, _ parameters: JSONValue
    ) -> [String: String] {
        var values: [String: String] = [:]
        for (name, kind) in template.parameters {
            values[name] = parameters.member(name).flatMap { written($0, as: kind) }
        }
        return values
    }

    private func written(_ value: JSONValue, as kind: MessageTemplate.Kind) -> String? {
        let words = ChatText(language: language)
        switch (kind, value) {
        case (.vnd, .integer(let amount)): return words.money(amount)
        case (.number, .integer(let number)): return words.number(number)
        case (.text, .string(let text)): return text.isEmpty ? nil : text
        case (.foreignText, .string(let text)): return ChatText.harmless(text)
        case (.date, .string(let text)): return LocalDate(text).map(words.day)
        case (.month, .string(let text)): return BillingMonth(text).map(words.month)
        case (.instant, .integer(let seconds)):
            return words.moment(Instant(secondsSince1970: seconds))
        case (.outageKind, .string(let text)): return OutageKind(rawValue: text).map(words.kind)
        case (.billStatus, .string(let text)): return BillStatus(rawValue: text).map(words.status)
        case (.requestState, .string(let text)):
            return ServiceRequestState(rawValue: text)?.name.text(in: language)
        case (.service, .string(let text)):
            return services.service(text)?.name.text(in: language) ?? text
        default: return nil
        }
    }
}
