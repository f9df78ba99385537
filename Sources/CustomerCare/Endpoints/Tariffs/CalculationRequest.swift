import Electricity
import JSON

/// The body of a calculation: a use, and the same use under other conditions.
///
/// A field that is wrong by itself is noted and stands in `input` as something harmless, so that
/// the tariffs can be asked about the others.
struct CalculationRequest: Sendable {
    /// The use.
    let input: CalculationInput
    /// The same use under other households, dates or prices.
    let comparedInput: CalculationInput?
    private let wrong: [Problem.FieldError]
    private let fields: Fields
    private let comparedFields: Fields?

    /// Throws only for a body that is no object; `faults` tells the rest.
    init(_ body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        guard let root = JSONObject(root: body, faults: faults) else {
            throw Problem(faults) ?? Problem(.invalidRequest)
        }
        var use = UseReading(root, faults)
        use.readDates()
        use.readEnergy()
        use.readHouseholds()
        use.readPricing()
        use.readReactive()
        use.readTariff()
        input = use.input
        fields = use.fields
        var compared: CalculationInput?
        var comparedFields: Fields?
        if let object = root.optionalObject("compare") {
            var other = UseReading(object, faults, base: use.input)
            other.readDates()
            other.readHouseholds()
            other.readTariff()
            if other.fields.given.isEmpty { object.fault(nil, .missing) }
            compared = other.input
            comparedFields = other.fields
        }
        comparedInput = compared
        self.comparedFields = comparedFields
        wrong = Problem(faults)?.errors ?? []
    }

    /// Every wrong field: those found in the body, and those that only the tariffs tell.
    func faults(by calculator: BillCalculator, today: LocalDate) -> [Problem.FieldError] {
        var found = wrong
        let own = calculator.faults(of: input, today: today)
        for fault in own where fields.canTell(fault) {
            found.append(fields.error(fault, at: fields.name(of: fault.field)))
        }
        if let comparedInput, let comparedFields {
            for fault in calculator.faults(of: comparedInput, today: today)
            where !own.contains(fault) && comparedFields.canTell(fault) {
                found.append(
                    comparedFields.error(fault, at: comparedFields.name(ofCompared: fault.field)))
            }
        }
        return found
    }
}

/// Which fields of a use were given, which of them can be used, and where they stand.
struct Fields: Sendable {
    /// `#`, or `#/compare`.
    let pointer: String
    var given: Set<String> = []
    var wrong: Set<String> = []

    /// Whether the fault is one of what was sent, not of what stands in for a wrong field.
    func canTell(_ fault: CalculationFault) -> Bool {
        if wrong.contains(name(of: fault.field)) { return false }
        switch fault.reason {
        case .notApplicable, .missing, .noPrice, .partsDoNotMatch:
            return !wrong.contains("purpose")
        case .beforeFrom, .periodTooLong: return wrong.isDisjoint(with: ["from", "to"])
        case .outOfRange, .beforeFirstTariff, .tooFarAhead, .unknownTariff: return true
        }
    }

    /// The field as it was sent: two fields may mean the same.
    func name(of field: CalculationFault.Field) -> String {
        switch field {
        case .households where given.contains("people"): "people"
        case .tariff where given.contains("tariffOn"): "tariffOn"
        default: field.rawValue
        }
    }

    /// The field of a comparison that brings the fault in.
    func name(ofCompared field: CalculationFault.Field) -> String {
        let name = name(of: field)
        if given.contains(name) { return name }
        switch field {
        case .from, .to: return given.contains("from") ? "from" : "to"
        default: return given.contains("tariffOn") ? "tariffOn" : "tariff"
        }
    }

    func error(_ fault: CalculationFault, at name: String) -> Problem.FieldError {
        let text = fault.reason.text
        return Problem.FieldError(
            place: .pointer("\(pointer)/\(name)"), code: fault.reason.rawValue,
            detail: Wording(text.vi, text.en))
    }
}

/// Reads the fields of a use; a comparison begins with the use it is compared with.
struct UseReading {
    private let object: JSONObject
    private let faults: JSONFaults
    private let isComparison: Bool
    private(set) var input: CalculationInput
    private(set) var fields: Fields

    /// Begins with nothing.
    init(_ object: JSONObject, _ faults: JSONFaults) {
        self.object = object
        self.faults = faults
        isComparison = false
        fields = Fields(pointer: object.pointer)
        let someDay = LocalDate(daysSince1970: 0)
        input = CalculationInput(from: someDay, to: someDay, energy: .period(.total(0)))
    }

    /// Begins with another use.
    init(_ object: JSONObject, _ faults: JSONFaults, base: CalculationInput) {
        self.object = object
        self.faults = faults
        isComparison = true
        fields = Fields(pointer: object.pointer)
        input = base
    }

    /// Reads a field and notes whether it was given and is wrong.
    private mutating func read<Value>(_ name: String, _ read: (JSONObject) -> Value?) -> Value? {
        let count = faults.list.count
        let value = read(object)
        if value != nil || object.holds(JSONName(name)) { fields.given.insert(name) }
        if faults.list.count > count { fields.wrong.insert(name) }
        return value
    }

    private mutating func day(_ name: String, isRequired: Bool) -> LocalDate? {
        read(name) { object in
            let key = JSONName(name)
            let length = 0...64
            let text =
                isRequired
                ? object.string(key, length: length) : object.optionalString(key, length: length)
            guard let text else { return nil }
            guard let day = LocalDate(text) else {
                object.fault(key, .wrongFormat)
                return nil
            }
            return day
        }
    }

    mutating func readDates() {
        let from = day("from", isRequired: !isComparison)
        let to = day("to", isRequired: !isComparison)
        if isComparison {
            input.from = from ?? input.from
            input.to = to ?? input.to
        } else if let day = from ?? to {
            // One wrong day leaves a period of the other one.
            input.from = day
            input.to = to ?? day
        } else {
            fields.wrong.formUnion(["from", "to"])
        }
    }

    mutating func readEnergy() {
        if object.holds("registers") {
            if object.holds("kwh") {
                object.fault("registers", .notAllowed)
                fields.wrong.insert("registers")
            }
            guard
                let registers = read("registers", { $0.optionalObject("registers") })
            else { return }
            let count = faults.list.count
            let bounds = CalculationBounds.kWh
            let standard = registers.integer("standard", in: bounds)
            let peak = registers.integer("peak", in: bounds)
            let offPeak = registers.integer("offPeak", in: bounds)
            if faults.list.count > count { fields.wrong.insert("registers") }
            input.energy = .period(
                .registers(standard: standard ?? 0, peak: peak ?? 0, offPeak: offPeak ?? 0))
        } else if let kWh = read("kwh", { $0.integer("kwh", in: CalculationBounds.kWh) }) {
            input.energy = .period(.total(kWh))
        }
    }

    mutating func readHouseholds() {
        let count = CalculationBounds.households
        let people = count.lowerBound...count.upperBound * 4
        let households = read("households") { $0.optionalInteger("households", in: count) }
        let tenants = read("people") { $0.optionalInteger("people", in: people) }
        if fields.given.isSuperset(of: ["households", "people"]) {
            object.fault("people", .notAllowed)
            fields.wrong.insert("people")
        }
        if let households {
            input.households = Households(count: households)
        } else if let tenants {
            input.households = Households(people: tenants)
        }
    }

    mutating func readPricing() {
        let purpose = read("purpose") { object -> PricingCategory? in
            guard let text = object.optionalString("purpose", length: 0...64) else { return nil }
            let purpose = PricingCategory(rawValue: text)
            if purpose == nil { object.fault("purpose", .notAllowed) }
            return purpose
        }
        input.category = purpose ?? input.category
        let volts = read("voltage") {
            $0.optionalInteger("voltage", in: CalculationBounds.volts)
        }
        input.voltage = volts.map(VoltageLevel.init)
    }

    mutating func readReactive() {
        guard let reactive = read("reactive", { $0.optionalObject("reactive") }) else { return }
        let capacity = reactive.optionalInteger("capacityKW", in: CalculationBounds.capacityKW)
        let kvarh = reactive.optionalInteger("kvarh", in: CalculationBounds.kvarh)
        let factor = reactive.optionalDecimal(
            "powerFactor", decimals: 3, in: CalculationBounds.powerFactorThousandths)
        let hasFactor = reactive.holds("powerFactor")
        if reactive.holds("kvarh") {
            if hasFactor { reactive.fault("powerFactor", .notAllowed) }
        } else if !hasFactor {
            reactive.fault("kvarh", .missing)
        }
        if let kvarh {
            input.reactive = ReactiveUse(.kvarh(kvarh), capacityKW: capacity)
        } else if let factor {
            input.reactive = ReactiveUse(.powerFactorThousandths(factor), capacityKW: capacity)
        }
    }

    mutating func readTariff() {
        let decision = read("tariff") { $0.optionalString("tariff", length: 1...64) }
        let day = day("tariffOn", isRequired: false)
        if fields.given.isSuperset(of: ["tariff", "tariffOn"]) {
            object.fault("tariffOn", .notAllowed)
            fields.wrong.insert("tariffOn")
        }
        if let decision {
            input.choice = .ofDecision(decision)
        } else if let day {
            input.choice = .ofDay(day)
        }
    }
}
