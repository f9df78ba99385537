import Electricity
import JSON

/// The days for which outages are asked.
struct OutageWindow {
    /// Days of a window at most: a quarter.
    static let longest = 92

    private let from: LocalDate?
    private let to: LocalDate?

    /// From now on, as far as a window goes.
    static let fromNow = OutageWindow()

    private init() {
        from = nil
        to = nil
    }

    /// Reads `from` and `to`; 422 names each that is wrong.
    init(_ arguments: Arguments) throws(Problem) {
        var wrong: [Problem.FieldError] = []
        func day(_ name: String) -> LocalDate? {
            do {
                return try arguments.queryDate(name)
            } catch {
                wrong += error.errors
                return nil
            }
        }
        from = day("from")
        to = day("to")
        if let from, let to {
            if from > to {
                wrong += OutageWindow.refused("from", OutageWindow.reversed)
            } else if from.dayCount(through: to) > OutageWindow.longest {
                wrong += OutageWindow.refused("to", OutageWindow.tooLong)
            }
        }
        if !wrong.isEmpty { throw Problem(invalid: wrong) }
    }

    /// First and last day, and the instants between which an outage must lie in part.
    struct Bounds {
        let first: LocalDate
        let last: LocalDate
        /// What was over at this instant is left out.
        let start: Instant
        /// What begins at this instant or later is left out.
        let end: Instant

        /// All of the days from a first to a last, or only what is not over at `start`.
        init(first: LocalDate, last: LocalDate, start: Instant? = nil) {
            self.first = first
            self.last = last
            self.start = start ?? first.start
            end = last.advanced(byDays: 1).start
        }
    }

    /// The window as of now: without `from` what is past stays hidden.
    ///
    /// Only today tells how long a window without a beginning is; 422 when too long.
    func bounds(now: Instant) throws(Problem) -> Bounds {
        let today = LocalDate(of: now)
        let first = from ?? min(today, to ?? today)
        let last = to ?? first.advanced(byDays: OutageWindow.longest - 1)
        guard first.dayCount(through: last) <= OutageWindow.longest else {
            throw Problem(invalid: OutageWindow.refused("to", OutageWindow.tooLong))
        }
        let hidesPast = from == nil && first == today
        return Bounds(first: first, last: last, start: hidesPast ? now : nil)
    }

    private static func refused(_ name: String, _ wording: Wording) -> [Problem.FieldError] {
        Problem(parameter: name, .outOfRange, wording).errors
    }

    private static let reversed = Wording(
        "“from” phải không sau “to”.", "“from” must not be after “to”.")
    private static let tooLong = Wording(
        "Tối đa \(longest) ngày.", "At most \(longest) days.")
}
