import Electricity
import JSON

/// A service that can be asked for (dịch vụ), as the catalogue defines it.
struct ServiceDefinition: Sendable {
    /// In which time a request is to be done.
    enum Level: Sendable, Equatable {
        /// Working days in Vietnam, public holidays left out.
        case workingDays(Int)
        case hours(Int)
    }

    let slug: String
    let name: Wording
    let description: Wording
    /// Whether it is asked for a code that the account follows; a new customer has none.
    let needsCustomerCode: Bool
    /// Nil for what is not asked for here, but at `madeAt`.
    let level: Level?
    let madeAt: String?
    let documents: [Wording]
    let fields: [FormField]

    /// Whether it is the report that the power is out (báo mất điện), which is more than a form.
    var isOutageReport: Bool { slug == ServiceDefinition.outageReportSlug }
    static let outageReportSlug = "outage-report"

    /// Writes the members that a list of services shows.
    func writeSummary(to json: inout JSONWriter, language: Language) {
        json.field("service", slug)
        json.field("name", name.text(in: language))
        json.field("description", description.text(in: language))
        json.field("needsCustomerCode", needsCustomerCode)
        json.field("madeAt", madeAt)
        if let level {
            json.field("serviceLevel") { json in
                switch level {
                case .workingDays(let count):
                    json.field("unit", "workingDay")
                    json.field("count", count)
                case .hours(let count):
                    json.field("unit", "hour")
                    json.field("count", count)
                }
            }
        } else {
            json.nullField("serviceLevel")
        }
    }

    /// Writes the form as JSON Schema (draft 2020-12).
    func writeForm(to json: inout JSONWriter, language: Language) {
        json.field("form") { json in
            json.field("$schema", "https://json-schema.org/draft/2020-12/schema")
            json.field("type", "object")
            json.list("required") { json in
                for field in fields where field.isRequired { json.element(field.name) }
            }
            json.field("properties") { json in
                for field in fields { field.writeSchema(to: &json, language: language) }
            }
        }
    }

    /// Reads a form, records every wrong and missing field, and gives what is kept as JSON.
    func read(_ form: JSONObject) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 512)
        json.object { json in
            for field in fields { field.read(form)?.write(as: field.name, to: &json) }
        }
        return json.bytes
    }
}

/// The catalogue of services and the working days that their service levels count in.
struct ServiceBook: Sendable {
    static let catalogueName = "services/services.json"
    static let holidaysName = "services/holidays.json"

    let services: [ServiceDefinition]
    private let holidays: Set<LocalDate>

    /// Takes both assets; throws when one cannot be used.
    init(catalogue: [UInt8], holidays: [UInt8]) throws(GuideBook.Fault) {
        guard let services = ServiceBook.services(catalogue) else {
            throw GuideBook.Fault(asset: ServiceBook.catalogueName)
        }
        guard let days = ServiceBook.days(holidays) else {
            throw GuideBook.Fault(asset: ServiceBook.holidaysName)
        }
        self.services = services
        self.holidays = days
    }

    /// The service of that name in paths and bodies.
    func service(_ slug: String) -> ServiceDefinition? {
        services.first { $0.slug == slug }
    }

    /// When a request that comes in now is to be done: so many hours later, or at the end of the
    /// working day, 17:00, that many working days later.
    func expected(_ level: ServiceDefinition.Level, from now: Instant) -> Instant {
        switch level {
        case .hours(let count): return now.advanced(bySeconds: Int64(count) * 3_600)
        case .workingDays(let count):
            var day = LocalDate(of: now)
            for _ in 0..<count {
                repeat { day = day.advanced(byDays: 1) } while !isWorkingDay(day)
            }
            return day.start.advanced(bySeconds: ServiceBook.endOfWorkSeconds)
        }
    }

    private static let endOfWorkSeconds: Int64 = 61_200

    /// Whether offices work: neither a weekend nor a public holiday (Labour Code 2019, articles
    /// 111 and 112; the days are data).
    func isWorkingDay(_ day: LocalDate) -> Bool {
        // 1 January 1970 was a Thursday; Monday is 0.
        let weekday = (day.daysSince1970 + 3) % 7
        return weekday < 5 && !holidays.contains(day)
    }

    // MARK: Reading the assets

    static func wording(_ object: JSONObject, _ name: JSONName) -> Wording? {
        guard let texts = object.object(name), let vietnamese = texts.string("vi", length: 1...500),
            let english = texts.string("en", length: 1...500)
        else { return nil }
        return Wording(vietnamese, english)
    }

    private static func days(_ bytes: [UInt8]) -> Set<LocalDate>? {
        let faults = JSONFaults()
        guard let value = try? JSONValue.parse(bytes),  // any fault means: malformed
            let root = JSONObject(root: value, faults: faults),
            let texts = root.strings("days", count: 1...1_000, length: 10...10)
        else { return nil }
        let days = texts.compactMap { $0.flatMap { LocalDate($0) } }
        return days.count == texts.count ? Set(days) : nil
    }

    private static func services(_ bytes: [UInt8]) -> [ServiceDefinition]? {
        guard let value = try? JSONValue.parse(bytes),  // any fault means: malformed
            case .array(let items)? = value.member("services")
        else { return nil }
        let services = items.compactMap(service)
        return services.count == items.count ? services : nil
    }

    private static func service(_ value: JSONValue) -> ServiceDefinition? {
        guard let object = JSONObject(root: value, faults: JSONFaults()),
            let slug = object.string("service", length: 1...40),
            let name = wording(object, "name"), let description = wording(object, "description"),
            let word = object.string("customerCode", length: 4...8),
            case .array(let fieldItems)? = value.member("fields"),
            case .array(let documentItems)? = value.member("documents")
        else { return nil }
        let fields = fieldItems.compactMap { item in
            JSONObject(root: item, faults: JSONFaults()).flatMap { FormField($0, item) }
        }
        let documents = documentItems.compactMap { item in
            JSONValue.object([JSONMember(name: "text", value: item)])
        }.compactMap { JSONObject(root: $0, faults: JSONFaults()).flatMap { wording($0, "text") } }
        let level: ServiceDefinition.Level? =
            if let days = value.wholeNumber("workingDays") {
                .workingDays(Int(days))
            } else if let hours = value.wholeNumber("hours") { .hours(Int(hours)) } else { nil }
        let madeAt = object.optionalString("madeAt", length: 1...100)
        guard fields.count == fieldItems.count, documents.count == documentItems.count,
            (level == nil) != (madeAt == nil)
        else { return nil }
        return ServiceDefinition(
            slug: slug, name: name, description: description,
            needsCustomerCode: word == "followed", level: level, madeAt: madeAt,
            documents: documents, fields: fields)
    }
}
