/// Why Zalo did not take a message: it answers HTTP 200 with `error` other than zero.
///
/// Codes of https://docs.zaloplatforms.com/docs/OA/phu-luc/ma-loi and
/// https://zalo.cloud/zns/guidelines/handle-error-code.
package struct ZaloFault: Error, Sendable, Equatable {
    /// What is to be done about it.
    package enum Treatment: Sendable, Equatable {
        /// Try again after a while, with growing pauses.
        case retry
        /// Too many calls this minute.
        case slowDown
        /// Nothing is taken at night: in the morning.
        case waitForMorning
        /// A quota is used up: tomorrow.
        case waitForTomorrow
        /// The token is no longer accepted: refresh it once, then try once more.
        case refreshToken
        /// This way does not lead to this person; another one may.
        case switchChannel
        /// Never will be taken.
        case giveUp
        /// Somebody must do something at Zalo: pay, approve, switch on.
        case human
    }

    /// Zalo's code; negative.
    package let code: Int64

    /// Takes a code.
    package init(code: Int64) { self.code = code }

    /// What is to be done; for a code that nobody has documented, try again.
    package var treatment: Treatment { ZaloFault.treatments[code] ?? .retry }

    private static let treatments: [Int64: Treatment] = {
        var treatments: [Int64: Treatment] = [:]
        let groups: [(Treatment, [Int64])] = [
            (.slowDown, [-32]),
            (.refreshToken, [-216, -220, -124]),
            (.waitForTomorrow, [-211, -218, -147, -144]),
            (.waitForMorning, [-234, -133]),
            (.switchChannel, [-213, -230, -232, -249]),
            (.giveUp, [-201, -227, -233, -240, -244, -108, -112, -1121, -1122, -1124]),
            (.giveUp, [-114, -118, -119, -139, -140, -141]),
            (.human, [-204, -205, -209, -212, -221, -223, -224, -242, -1241, -320, -321]),
            (.human, [-136, -137, -115, -131, -146]),
        ]
        for (treatment, codes) in groups {
            for code in codes { treatments[code] = treatment }
        }
        return treatments
    }()
}
