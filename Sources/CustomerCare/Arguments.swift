import Electricity
import JSON
import Postgres

/// The path and query parameters of one request, decoded once and not yet interpreted.
///
/// Every reader throws 422: one of the path names every wrong part of it, one of the query names
/// its parameter.
struct Arguments {
    private let path: [(name: String, value: String)]
    private let query: [(name: String, value: String)]

    /// The query and the body as they arrived, for signatures over the very bytes.
    let rawQuery: [UInt8]
    let rawBody: [UInt8]
    /// The field in which Zalo signs its events.
    let zaloSignature: [UInt8]?

    init(
        path: [(name: String, value: String)], query: [(name: String, value: String)],
        rawQuery: [UInt8] = [], rawBody: [UInt8] = [], zaloSignature: [UInt8]? = nil
    ) {
        self.path = path
        self.query = query
        self.rawQuery = rawQuery
        self.rawBody = rawBody
        self.zaloSignature = zaloSignature
    }

    /// The id of the account in the path.
    func account() throws(Problem) -> UUID {
        try id("account")
    }

    /// A UUID in the path.
    func id(_ name: String) throws(Problem) -> UUID {
        guard let id = UUID(text(name)) else { throw wrongPath() }
        return id
    }

    /// The customer code in the path; taken exactly as it is written.
    func customerCode() throws(Problem) -> CustomerCode {
        guard let code = CustomerCode(exact: text("customerCode")) else { throw wrongPath() }
        return code
    }

    /// The month in the path.
    func month() throws(Problem) -> BillingMonth {
        guard let month = BillingMonth(text("month")) else { throw wrongPath() }
        return month
    }

    /// A parameter of the path as text.
    func text(_ name: String) -> String {
        path.first { $0.name == name }?.value ?? ""
    }

    /// The problem that names every wrong part of the path: a part's name says what it must be.
    private func wrongPath() -> Problem {
        Problem(
            invalid: path.compactMap { name, value in
                let wording: Wording? =
                    switch name {
                    case "customerCode":
                        CustomerCode(exact: value) == nil ? Arguments.codeWording : nil
                    case "month": BillingMonth(value) == nil ? Arguments.monthWording : nil
                    default: UUID(value) == nil ? Arguments.idWording : nil
                    }
                return wording.map {
                    Problem.FieldError(
                        place: .parameter(name), code: JSONFault.Code.wrongFormat.rawValue,
                        detail: $0)
                }
            })
    }

    /// A month in the query, if it is there.
    func queryMonth(_ name: String) throws(Problem) -> BillingMonth? {
        guard let text = try queryText(name) else { return nil }
        guard let month = BillingMonth(text) else {
            throw Problem(parameter: name, .wrongFormat, Arguments.monthWording)
        }
        return month
    }

    /// A day in the query, if it is there.
    func queryDate(_ name: String) throws(Problem) -> LocalDate? {
        guard let text = try queryText(name) else { return nil }
        guard let date = LocalDate(text) else {
            throw Problem(parameter: name, .wrongFormat, Arguments.dateWording)
        }
        return date
    }

    /// The account in the query, where the path has none.
    func queryAccount() throws(Problem) -> UUID {
        guard let text = try queryText("account") else {
            throw Problem(parameter: "account", .missing)
        }
        guard let id = UUID(text) else {
            throw Problem(parameter: "account", .wrongFormat, Arguments.idWording)
        }
        return id
    }

    /// `true` or `false` in the query; false when it is not there.
    func queryFlag(_ name: String) throws(Problem) -> Bool {
        switch try queryText(name) {
        case nil, "false": return false
        case "true": return true
        default: throw Problem(parameter: name, .notAllowed)
        }
    }

    /// The code of a managing unit in the query, such as `PB0601`, if it is there.
    func queryUnit() throws(Problem) -> String? {
        guard let text = try queryText("unit") else { return nil }
        guard CustomerCode(exact: text + "0000000") != nil else {
            throw Problem(parameter: "unit", .wrongFormat)
        }
        return text
    }

    /// One of the words of an enumeration in the query, if it is there.
    func queryWord<Word: RawRepresentable<String>>(
        _ name: String, _ type: Word.Type
    ) throws(Problem) -> Word? {
        guard let text = try queryText(name) else { return nil }
        guard let word = Word(rawValue: text) else { throw Problem(parameter: name, .notAllowed) }
        return word
    }

    /// A whole number in the query within bounds, if it is there.
    func queryInteger(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = try queryText(name) else { return nil }
        var number = 0
        guard !text.isEmpty else { throw Problem(parameter: name, .notAnInteger) }
        for byte in text.utf8 {
            guard byte >= 0x30, byte <= 0x39 else { throw Problem(parameter: name, .notAnInteger) }
            guard number <= range.upperBound else { throw Problem(parameter: name, .outOfRange) }
            number = number * 10 + Int(byte - 0x30)
        }
        guard range.contains(number) else { throw Problem(parameter: name, .outOfRange) }
        return number
    }

    /// A parameter of the query as text, if it is there.
    ///
    /// Given twice, it says nothing certain.
    func queryText(_ name: String) throws(Problem) -> String? {
        let values = query.filter { $0.name == name }
        guard values.count <= 1 else { throw Problem(parameter: name, .tooManyItems) }
        return values.first?.value
    }

    /// A parameter of the path that is an id; 404 for one that cannot be.
    func uuid(_ name: String) throws(Problem) -> UUID {
        guard let id = UUID(text(name)) else { throw Problem(.notFound) }
        return id
    }

    /// Why a member of staff asks, which is noted down.
    func purpose() throws(Problem) -> String {
        guard let typed = try queryText("purpose") else {
            throw Problem(parameter: "purpose", .missing)
        }
        guard let purpose = ServiceText.accepted(typed, length: 3...200) else {
            throw Problem(parameter: "purpose", .wrongFormat)
        }
        return purpose
    }

    static let idWording = Wording("Phải là UUID.", "Not a UUID.")
    static let codeWording = Wording(
        "Mã khách hàng gồm PB hoặc PK và 11 chữ số.",
        "A customer code is PB or PK and eleven digits.")
    private static let dateWording = Wording(
        "Ngày có dạng YYYY-MM-DD và phải có thật.", "A date is YYYY-MM-DD and exists.")
    static let monthWording = Wording("Tháng có dạng YYYY-MM.", "A month is YYYY-MM.")
}
