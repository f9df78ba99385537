/// How a command that calls the service ended, as its exit status (sysexits.h).
package enum CommandOutcome: Int32, Sendable {
    /// It is done.
    case done = 0
    /// Something that no case names.
    case failed = 1
    /// The data are wrong: EX_DATAERR.
    case invalid = 65
    /// What is named is not there: EX_NOINPUT.
    case notFound = 66
    /// Nobody answers: EX_UNAVAILABLE.
    case unreachable = 69
    /// Not in the state that it is in, or not now: EX_TEMPFAIL. Look again, or try later.
    case later = 75
    /// The key is not known, or may not do this: EX_NOPERM.
    case forbidden = 77

    /// What a status of HTTP comes to.
    init(status: Int) {
        self =
            switch status {
            case 200..<300: .done
            case 401, 403: .forbidden
            case 404: .notFound
            case 400, 413, 414, 415, 422, 428, 431: .invalid
            case 409, 412, 429, 503: .later
            default: .failed
            }
    }
}
