/// How sure we are of a figure or a rule.
package enum Confidence: String, Sendable, CaseIterable, Comparable {
    /// No source, or sources that contradict each other.
    case low
    case lowToMedium = "low-medium"
    /// One source.
    case medium
    case mediumToHigh = "medium-high"
    /// Two independent sources, or an official one reproduced to the đồng.
    case high

    /// Whether an answer that rests on it must say so.
    package var needsWarning: Bool { self < .mediumToHigh }

    package static func < (left: Confidence, right: Confidence) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .low: 0
        case .lowToMedium: 1
        case .medium: 2
        case .mediumToHigh: 3
        case .high: 4
        }
    }
}
