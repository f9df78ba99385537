import JSON

/// The texts for people that travel inside the binary: chapters of the guide, hotlines, contract.
final class GuideBook: Sendable {
    /// One chapter in one language.
    struct Chapter: Sendable {
        let slug: String
        let title: String
        let text: String
    }

    /// A number to call (tổng đài).
    struct Hotline: Sendable {
        let name: Wording
        let number: String
    }

    /// What an asset lacks; found at start-up, never by a client.
    struct Fault: Error, CustomStringConvertible {
        let asset: String
        var description: String { "the asset \(asset) is missing or malformed" }
    }

    private let vietnamese: [Chapter]
    private let english: [Chapter]
    let hotlines: [Hotline]
    /// The day for which the hotlines are known, `YYYY-MM-DD`.
    let hotlinesAsOf: String
    /// The services that can be asked for.
    let services: ServiceBook
    /// How long before planned outages people must be told.
    let outageNotice: OutageNotice
    /// How other systems write what they bring.
    let importProfiles: ImportProfiles
    /// The templates of messages.
    let messages: MessageBook
    /// The contract, as it stands in the repository.
    let contract: [UInt8]

    /// Reads the assets; throws when one cannot be used.
    init() throws(Fault) {
        let index = try GuideBook.text("guides/guides.index")
        let slugs = index.split(separator: "\n").map(String.init)
        vietnamese = try GuideBook.chapters(slugs, in: .vietnamese)
        english = try GuideBook.chapters(slugs, in: .english)
        contract = try GuideBook.bytes("openapi.yaml")
        services = try ServiceBook(
            catalogue: GuideBook.bytes(ServiceBook.catalogueName),
            holidays: GuideBook.bytes(ServiceBook.holidaysName))
        outageNotice = try OutageNotice(GuideBook.bytes(OutageNotice.assetName))
        var profiles: [(name: String, bytes: [UInt8])] = []
        for name in ImportProfiles.assetNames {
            profiles.append((name, try GuideBook.bytes(name)))
        }
        importProfiles = try ImportProfiles(profiles)
        messages = try MessageBook(GuideBook.bytes(MessageBook.assetName))
        (hotlines, hotlinesAsOf) = try GuideBook.hotlines()
    }

    /// The chapters in the order of the page.
    func chapters(in language: Language) -> [Chapter] {
        switch language {
        case .vietnamese: vietnamese
        case .english: english
        }
    }

    private static func chapters(
        _ slugs: [String], in language: Language
    ) throws(Fault) -> [Chapter] {
        var chapters: [Chapter] = []
        for slug in slugs {
            let name = "guides/\(slug).\(language.rawValue).txt"
            let lines = try text(name).split(
                separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            guard lines.count == 2, let title = lines.first, let body = lines.last else {
                throw Fault(asset: name)
            }
            let text = body.drop { $0 == "\n" }
            chapters.append(Chapter(slug: slug, title: String(title), text: String(text)))
        }
        return chapters
    }

    private static func hotlines() throws(Fault) -> ([Hotline], String) {
        let name = "guides/hotlines.json"
        let faults = JSONFaults()
        guard let value = try? JSONValue.parse(bytes(name)),  // any fault means: malformed
            let root = JSONObject(root: value, faults: faults),
            let asOf = root.string("asOf", length: 10...10),
            case .array(let items) = value.member("items")
        else { throw Fault(asset: name) }
        var hotlines: [Hotline] = []
        for item in items {
            guard let item = JSONObject(root: item, faults: faults),
                let number = item.string("number", length: 1...32),
                let wording = item.object("name"),
                let vietnamese = wording.string("vi", length: 1...200),
                let english = wording.string("en", length: 1...200)
            else { throw Fault(asset: name) }
            hotlines.append(Hotline(name: Wording(vietnamese, english), number: number))
        }
        return (hotlines, asOf)
    }

    private static func text(_ name: String) throws(Fault) -> String {
        guard let text = String(validating: try bytes(name), as: UTF8.self) else {
            throw Fault(asset: name)
        }
        return text
    }

    private static func bytes(_ name: String) throws(Fault) -> [UInt8] {
        guard let bytes = Assets.bytes(name) else { throw Fault(asset: name) }
        return bytes
    }
}
