/// How a fraction becomes a whole number (làm tròn), for quotas, split kWh and VND.
package enum Rounding: String, Sendable, CaseIterable {
    /// The nearest, one half upwards: "làm tròn số học" of the law.
    case halfUp
    case down
    case up

    /// The rounded quotient of a number that is not negative by a positive one.
    func quotient<Number: FixedWidthInteger>(_ dividend: Number, by divisor: Number) -> Number {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        let goesUp =
            switch self {
            case .halfUp: remainder >= divisor - remainder
            case .down: false
            case .up: remainder > 0
            }
        return goesUp ? quotient + 1 : quotient
    }
}
