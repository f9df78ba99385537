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

    /// Text on standard error as it is, such as a line that is to be written over.
    package static func show(_ text: String) {
        put(text, to: FileOutput.standardError)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        put(text + "\n", to: descriptor)
    }

    private static func put(_ text: String, to descriptor: Int32) {
        // Nobody reads any more, and there is nobody left to tell.
        try? FileOutput.write(Array(text.utf8), to: descriptor)
    }
}
