/// A unit that manages customers (điện lực), with the places around it.
struct DemoUnit: Sendable {
    /// Six characters, such as `PB0601`.
    let code: String
    let name: String
    let city: String
    let province: String
    /// The province's three digits in the numbers of identity cards.
    let identityDigits: String
    let wards: [String]
}

/// The words that demo customers are made of, from the files `demo/units.txt` and `words.txt`.
struct DemoWords: Sendable {
    let units: [DemoUnit]
    private let lists: [String: [String]]

    /// The lists of `words.txt`.
    enum Kind: String, CaseIterable {
        case surnames, maleMiddleNames, maleNames, femaleMiddleNames, femaleNames
        case companies, companyNames, streets, mobileCodes
    }

    init() throws(DemoError) {
        units = try DemoWords.records("demo/units.txt", fieldCount: 6).map { fields in
            DemoUnit(
                code: fields[0], name: fields[1], city: fields[2], province: fields[3],
                identityDigits: fields[4], wards: DemoWords.items(fields[5]))
        }
        var lists: [String: [String]] = [:]
        for fields in try DemoWords.records("demo/words.txt", fieldCount: 2) {
            lists[fields[0]] = DemoWords.items(fields[1])
        }
        guard !units.isEmpty, Kind.allCases.allSatisfy({ lists[$0.rawValue] != nil }) else {
            throw .asset("demo/words.txt")
        }
        self.lists = lists
    }

    /// One word of a kind.
    func word(_ kind: Kind, _ random: inout DemoRandom) -> String {
        random.pick(lists[kind.rawValue] ?? [])
    }

    private static func records(
        _ name: String, fieldCount: Int
    ) throws(DemoError) -> [[String]] {
        guard let text = Assets.text(name) else { throw .asset(name) }
        let records = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.split(separator: "|").map(String.init)
        }
        guard records.allSatisfy({ $0.count == fieldCount && !$0.contains("") }) else {
            throw .asset(name)
        }
        return records
    }

    private static func items(_ field: String) -> [String] {
        field.split(separator: ";").map(String.init)
    }
}
