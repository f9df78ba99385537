import Electricity
import JSON

/// One field of a service's form: what may be typed, and how it is told as JSON Schema.
struct FormField: Sendable {
    /// What a field takes.
    enum Kind: Sendable {
        case personName
        case phone
        case nationalId
        case text(ClosedRange<Int>)
        case integer(ClosedRange<Int64>)
        case choice([String])
        case boolean
        case date
        case month
        case unitCode
    }

    /// A value that was checked.
    enum Value: Sendable {
        case text(String)
        case number(Int64)
        case truth(Bool)
    }

    let name: String
    let kind: Kind
    let isRequired: Bool
    let title: Wording

    /// Reads the field from a form; a wrong or missing value is recorded, nothing is nil.
    func read(_ form: JSONObject) -> Value? {
        guard isRequired || form.holds(key) else { return nil }
        switch kind {
        case .integer(let range): return form.integer(key, in: range).map { .number($0) }
        case .boolean: return form.boolean(key).map { .truth($0) }
        case .text(let length): return text(form, length)
        case .personName:
            return checked(form, 1...FormField.longestName) {
                PersonalText.accepted($0, maximumScalars: FormField.longestName)
            }
        case .phone: return checked(form, 8...20, PhoneNumber.comparable)
        case .nationalId: return checked(form, 9...20, NationalId.comparable)
        case .date: return checked(form, 10...10) { LocalDate($0)?.description }
        case .month: return checked(form, 7...7) { BillingMonth($0) == nil ? nil : $0 }
        case .unitCode:
            return checked(form, 6...6) { CustomerCode(exact: $0 + "0000000") == nil ? nil : $0 }
        case .choice(let words):
            guard let word = form.string(key, length: 0...FormField.longestWord) else {
                return nil
            }
            if words.contains(word) { return .text(word) }
            form.fault(key, .notAllowed)
            return nil
        }
    }

    private static let longestName = 100
    private static let longestWord = 64

    private func text(_ form: JSONObject, _ length: ClosedRange<Int>) -> Value? {
        checked(form, length) {
            ServiceText.accepted($0, length: length)
        }
    }

    /// A text that a reader makes sense of.
    private func checked(
        _ form: JSONObject, _ length: ClosedRange<Int>, _ read: (String) -> String?
    ) -> Value? {
        guard let typed = form.string(key, length: length) else { return nil }
        if let value = read(typed) { return .text(value) }
        form.fault(key, .wrongFormat)
        return nil
    }

    private var key: JSONName { JSONName(name) }

    // MARK: JSON Schema

    /// Writes the field as a property of a JSON Schema.
    func writeSchema(to json: inout JSONWriter, language: Language) {
        json.field(name) { json in
            json.field("title", title.text(in: language))
            switch kind {
            case .integer(let range):
                json.field("type", "integer")
                json.field("minimum", range.lowerBound)
                json.field("maximum", range.upperBound)
            case .boolean: json.field("type", "boolean")
            case .text(let length): FormField.write(length, nil, to: &json)
            case .personName: FormField.write(1...FormField.longestName, nil, to: &json)
            case .phone: FormField.write(8...20, "^\\+?[0-9][0-9 .-]*$", to: &json)
            case .nationalId: FormField.write(9...20, "^[0-9][0-9 .-]*$", to: &json)
            case .unitCode: FormField.write(6...6, "^P[BK][0-9]{4}$", to: &json)
            case .month: FormField.write(7...7, "^[0-9]{4}-(0[1-9]|1[0-2])$", to: &json)
            case .date:
                FormField.write(10...10, nil, to: &json)
                json.field("format", "date")
            case .choice(let words):
                json.field("type", "string")
                json.list("enum") { json in for word in words { json.element(word) } }
            }
        }
    }

    private static func write(
        _ length: ClosedRange<Int>, _ pattern: String?, to json: inout JSONWriter
    ) {
        json.field("type", "string")
        json.field("minLength", length.lowerBound)
        json.field("maxLength", length.upperBound)
        if let pattern { json.field("pattern", pattern) }
    }

    // MARK: The definition

    /// Reads a field of the catalogue; nil when it is malformed.
    init?(_ object: JSONObject, _ value: JSONValue) {
        guard let name = object.string("name", length: 1...40),
            let word = object.string("kind", length: 1...20),
            let isRequired = object.boolean("required"),
            let title = ServiceBook.wording(object, "title"),
            let kind = FormField.kind(word, value)
        else { return nil }
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.title = title
    }

    private static func kind(_ word: String, _ value: JSONValue) -> Kind? {
        switch word {
        case "personName": return .personName
        case "phone": return .phone
        case "nationalId": return .nationalId
        case "boolean": return .boolean
        case "date": return .date
        case "month": return .month
        case "unitCode": return .unitCode
        case "choice":
            guard case .array(let items)? = value.member("choices"), !items.isEmpty else {
                return nil
            }
            let words = items.compactMap { if case .string(let word) = $0 { word } else { nil } }
            return words.count == items.count ? .choice(words) : nil
        case "text", "integer":
            guard let minimum = value.wholeNumber("minimum"),
                let maximum = value.wholeNumber("maximum"), minimum <= maximum
            else { return nil }
            return word == "text"
                ? .text(Int(minimum)...Int(maximum)) : .integer(minimum...maximum)
        default: return nil
        }
    }
}

extension FormField.Value {
    /// Appends the value as a member.
    func write(as name: String, to json: inout JSONWriter) {
        switch self {
        case .text(let text): json.field(name, text)
        case .number(let number): json.field(name, number)
        case .truth(let truth): json.field(name, truth)
        }
    }
}

/// Text that people write for staff, and staff for people.
enum ServiceText {
    /// The text in NFC on one line, without what shows nothing; nil when nothing is left or its
    /// length is another than asked for.
    static func accepted(_ text: String, length: ClosedRange<Int>) -> String? {
        let line = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { "\n\r\t".unicodeScalars.contains($0) ? " " : $0 }))
        let accepted = PersonalText.accepted(line, maximumScalars: length.upperBound)
        guard let accepted, accepted.unicodeScalars.count >= length.lowerBound else { return nil }
        return accepted
    }

    /// Reads an optional note; one that may not be kept is recorded.
    static func note(_ object: JSONObject?, _ name: JSONName, longest: Int = 500) -> String? {
        guard let object, let text = object.optionalString(name, length: 1...longest) else {
            return nil
        }
        if let note = accepted(text, length: 1...longest) { return note }
        object.fault(name, .wrongFormat)
        return nil
    }

    /// Reads a note that must be there.
    static func requiredNote(_ object: JSONObject?, _ name: JSONName) -> String? {
        guard let object else { return nil }
        guard object.holds(name) else {
            object.fault(name, .missing)
            return nil
        }
        return note(object, name)
    }
}
