import Reactor

/// What commands say.
package enum Terminal {
    /// A line on standard output: the result somebody asked for.
    package static func say(_ text: String) {
        write(text, to: FileOutput.standardOutput)
    }

    /// A line on standard error: progress and faults.
    package static func tell(_ text: String) {
        write(text, to: FileOutput.standardError)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        // Nobody reads any more, and there is nobody left to tell.
        try? FileOutput.write(Array((text + "\n").utf8), to: descriptor)
    }
}
