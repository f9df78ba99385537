import Glibc

@testable import HTTP

/// How long tests wait for what does come, so that one that never comes fails them.
///
/// `CUSTOMER_CARE_TEST_PATIENCE` multiplies it: under a sanitizer everything takes longer. What a
/// test says about short deadlines is untouched.
enum Patience {
    static let factor: Int = {
        guard let text = unsafe getenv("CUSTOMER_CARE_TEST_PATIENCE") else { return 1 }
        return max(1, unsafe Int(String(cString: text)) ?? 1)
    }()

    static let seconds = 10 * factor

    /// The deadlines of a server whose tests are not about them.
    static var deadlines: Deadlines {
        var deadlines = Deadlines()
        deadlines.header *= factor
        deadlines.body *= factor
        deadlines.idle *= factor
        deadlines.write *= factor
        deadlines.request *= factor
        return deadlines
    }
}
