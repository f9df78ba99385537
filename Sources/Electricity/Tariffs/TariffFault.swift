/// What is wrong with one figure of the tariffs.
package struct TariffFault: Hashable, Sendable, CustomStringConvertible {
    /// Why a figure cannot be.
    package enum Reason: String, Sendable, CaseIterable {
        /// There is none.
        case missing
        /// It is outside its bounds.
        case outOfRange = "out_of_range"
        /// The period ends before it begins.
        case endsBeforeStart = "ends_before_start"
        /// Days, or voltages, lie between it and the one before.
        case gap
        /// It shares days, or voltages, with the one before.
        case overlap
        /// It is the last one and must be without end.
        case lastIsNotOpen = "last_is_not_open"
        /// It is not the last one and must have an end.
        case openBeforeLast = "open_before_last"
        /// The same stands there twice.
        case duplicate
        /// It does not reach back to the first tariff.
        case startsTooLate = "starts_too_late"
        /// The category is priced elsewhere in the tariff.
        case wrongCategory = "wrong_category"
    }

    /// Where, as a JSON pointer into the rows: `/tariffs/3/residential/tiers/2/unitPrice`.
    package let pointer: String
    /// Why.
    package let reason: Reason

    package var description: String { "\(pointer): \(reason.rawValue)" }
}

/// All that is wrong with the tariffs.
package struct TariffFaults: Error, Hashable, Sendable, CustomStringConvertible {
    /// At least one fault.
    package let faults: [TariffFault]

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}
