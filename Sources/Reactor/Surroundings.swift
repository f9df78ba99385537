import Glibc

/// What the process was started with.
package enum Surroundings {
    /// The environment variables by name; of a name given twice the first counts, as in `getenv`.
    ///
    /// Read it before the first thread starts.
    package static var environment: [String: String] {
        var variables: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let line = unsafe String(cString: text)
            if let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let name = String(line[..<equals])
                if variables[name] == nil {
                    variables[name] = String(line[line.utf8.index(after: equals)...])
                }
            }
            unsafe entry += 1
        }
        return variables
    }

    /// The processors that this process may use, at least one.
    ///
    /// Glibc's `sched_getaffinity` hides behind _GNU_SOURCE; the kernel tells the same as text.
    package static var processorCount: Int {
        let status = ProcessFile.read("/proc/self/status") ?? []
        let lines = status.split(separator: UInt8(ascii: "\n"))
        let name = Array("Cpus_allowed:".utf8)
        guard let line = lines.first(where: { $0.starts(with: name) }) else {
            return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        }
        // Hexadecimal words of a bit set, with commas between them.
        let bits = line.dropFirst(name.count).reduce(0) { count, byte in
            count + (Int(String(UnicodeScalar(byte)), radix: 16) ?? 0).nonzeroBitCount
        }
        return max(1, bits)
    }
}
