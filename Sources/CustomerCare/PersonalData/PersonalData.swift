import Electricity
import Postgres
package import Signing

/// Keeps the personal data of customers: sealed at rest, compared by blind index.
package struct PersonalData: Sendable {
    /// A sealed field of a customer; the raw value is its column in table `customers`.
    enum Field: String, Sendable, CaseIterable {
        case holderName = "sealed_holder_name"
        case phone = "sealed_phone"
        case nationalId = "sealed_national_id"
        case address = "sealed_address"
    }

    private let seal: Seal
    private let blindIndex: BlindIndex

    /// Takes the live master keys, newest first; the first one seals and indexes.
    package init(masterKeys: [MasterKey]) throws(SigningError) {
        guard let newest = masterKeys.first else { throw .noMasterKey }
        seal = try Seal(masterKeys: masterKeys, purpose: .personalData)
        blindIndex = BlindIndex(newest)
    }

    // MARK: Sealing

    /// Seals a value for one field of one customer; it opens nowhere else.
    func sealed(
        _ value: String, _ field: Field, of code: CustomerCode
    ) throws(SigningError) -> [UInt8] {
        try seal.seal(Array(value.utf8), context: context(field, code))
    }

    /// Opens the value of one field of one customer.
    func opened(
        _ sealed: [UInt8], _ field: Field, of code: CustomerCode
    ) throws(SigningError) -> String {
        let bytes = try seal.open(sealed, context: context(field, code))
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformedSeal }
        return text
    }

    /// Seals what was typed into the form of a service request; it opens nowhere else.
    func sealedForm(_ form: [UInt8], of code: TrackingCode) throws(SigningError) -> [UInt8] {
        try seal.seal(form, context: "service_requests.sealed_form/\(code.text)")
    }

    /// Opens the form of a service request.
    func openedForm(_ sealed: [UInt8], of code: TrackingCode) throws(SigningError) -> [UInt8] {
        try seal.open(sealed, context: "service_requests.sealed_form/\(code.text)")
    }

    /// Seals what a customer wrote with a step of a service request.
    func sealedText(_ text: String, of code: TrackingCode) throws(SigningError) -> [UInt8] {
        try seal.seal(Array(text.utf8), context: "service_request_texts.sealed_text/\(code.text)")
    }

    /// Opens what a customer wrote with a step of a service request.
    func openedText(_ sealed: [UInt8], of code: String) throws(SigningError) -> String {
        let bytes = try seal.open(sealed, context: "service_request_texts.sealed_text/\(code)")
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformedSeal }
        return text
    }

    /// Seals what Zalo has told until it is worked on.
    func sealedEvent(_ event: [UInt8], key: String) throws(SigningError) -> [UInt8] {
        try seal.seal(event, context: "zalo_events.sealed_event/\(key)")
    }

    /// Opens what Zalo has told.
    func openedEvent(_ sealed: [UInt8], key: String) throws(SigningError) -> [UInt8] {
        try seal.open(sealed, context: "zalo_events.sealed_event/\(key)")
    }

    /// Seals the phone number that a person has given the Official Account.
    func sealedPhone(_ phone: String, of zaloUserId: String) throws(SigningError) -> [UInt8] {
        try seal.seal(Array(phone.utf8), context: "zalo_contacts.sealed_phone/\(zaloUserId)")
    }

    /// Opens the phone number of a person.
    func openedPhone(_ sealed: [UInt8], of zaloUserId: String) throws(SigningError) -> String {
        let bytes = try seal.open(
            sealed, context: "zalo_contacts.sealed_phone/\(zaloUserId)")
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Seals one piece of a document for its place in it.
    func sealedPiece(
        _ piece: [UInt8], of id: UUID, number: Int, isLast: Bool
    ) throws(SigningError) -> [UInt8] {
        try seal.seal(piece, context: pieceContext(id, number, isLast))
    }

    /// Opens one piece of a document; it opens in its place only.
    func openedPiece(
        _ sealed: [UInt8], of id: UUID, number: Int, isLast: Bool
    ) throws(SigningError) -> [UInt8] {
        try seal.open(sealed, context: pieceContext(id, number, isLast))
    }

    private func pieceContext(_ id: UUID, _ number: Int, _ isLast: Bool) -> String {
        "attachments/\(id)/\(number)/\(isLast ? "last" : "more")"
    }

    private func context(_ field: Field, _ code: CustomerCode) -> String {
        "customers.\(field.rawValue)/\(code.text)"
    }

    // MARK: Indexes of stored values

    /// The index of a holder's name as it is stored.
    func holderNameIndex(_ stored: String) -> [UInt8] {
        // A name without a letter matches nothing that can be typed.
        blindIndex.index(of: HolderName.comparable(stored) ?? "", purpose: .name)
    }

    /// The index of a phone number, stored or typed; nil when it is none.
    func phoneIndex(_ phone: String) -> [UInt8]? {
        PhoneNumber.comparable(phone).map { blindIndex.index(of: $0, purpose: .phone) }
    }

    /// The index of an identity card's number, stored or typed; nil when it is none.
    func nationalIdIndex(_ nationalId: String) -> [UInt8]? {
        NationalId.comparable(nationalId).map { blindIndex.index(of: $0, purpose: .nationalId) }
    }

    /// A secret digest of all that is known of a customer, by which a change is noticed.
    func customerFingerprint(_ record: String) -> [UInt8] {
        blindIndex.index(of: record, purpose: .customerRecord)
    }

    // MARK: Indexes of typed values

    /// The indexes a typed name may have been stored under: any of them is right.
    ///
    /// Empty when no letter was typed.
    func holderNameIndexes(typed: String) -> [[UInt8]] {
        HolderName.candidates(typed).map { blindIndex.index(of: $0, purpose: .name) }
    }
}
