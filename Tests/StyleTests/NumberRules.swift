import Testing

/// An integer or decimal literal of the code.
private struct Number {
    let offset: Int
    let text: String
    /// Its value when it is an integer.
    var value: UInt64? {
        let digits = text.replacing("_", with: "")
        return digits.hasPrefix("0x")
            ? UInt64(digits.dropFirst(2), radix: 16)
            : digits.hasPrefix("0b") ? UInt64(digits.dropFirst(2), radix: 2) : UInt64(digits)
    }
}

private func numbers(in file: SourceFile) -> [Number] {
    words(in: file.code).compactMap { offset, text in
        guard text.first?.isNumber == true else { return nil }
        // `$0` and `$12` are closure arguments.
        if offset > 0, file.code[offset - 1] == UInt8(ascii: "$") { return nil }
        return Number(offset: offset, text: text)
    }
}

/// Where the bounds of the HTTP server stand, each with unit and reason.
private let boundFiles: Set<String> = ["Limits.swift", "Deadlines.swift"]
/// Calendar arithmetic, whose constants (seconds of a day, days of 400 years) are neither bounds
/// nor prices.
private let calendarFiles: Set<String> = [
    "LocalDate.swift", "BillingMonth.swift", "Instant.swift", "DateField.swift",
]

@Sendable private func unnamedLimits(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.isSwift && $0.isSource && $0.module == "HTTP" }
        .filter { !boundFiles.contains($0.name) && !calendarFiles.contains($0.name) }
        .flatMap { file in
            numbers(in: file).filter { ($0.value ?? 0) > 1_024 }.map {
                file.finding(at: $0.offset, "\($0.text): a bound belongs in Limits.swift")
            }
        }
}

@Sendable private func pricesInCode(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.isSwift && $0.isSource && $0.module == "Electricity" }
        .filter { !calendarFiles.contains($0.name) }
        .flatMap { file in
            numbers(in: file)
                .filter { $0.text.count { $0.isNumber } >= 4 && !$0.text.hasPrefix("0x") }
                // A power of ten is a scale or a bound, never a price.
                .filter { $0.text.contains { $0 != "0" && $0 != "1" && $0 != "_" } }
                .map {
                    file.finding(at: $0.offset, "\($0.text): prices and dates of law are data")
                }
        }
}

/// Whether the number goes on behind a point, or has a decimal exponent: without a type such a
/// literal is a `Double`.
private func isFraction(_ number: Number, in code: [UInt8]) -> Bool {
    if number.text.hasPrefix("0x") { return false }
    // `pair.0.1` names parts of a tuple.
    if number.offset > 0, code[number.offset - 1] == UInt8(ascii: ".") { return false }
    if number.text.contains("e") { return true }
    let rest = code[(number.offset + number.text.utf8.count)...].prefix(2)
    return rest.first == UInt8(ascii: ".") && rest.last.map(isDigit) == true
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

@Sendable private func floatingPoint(_ files: [SourceFile]) -> [Finding] {
    let types = ["Double", "Float", "Float16", "Float32", "Float64", "Float80", "CGFloat"]
    return files.filter { $0.isSwift && $0.isSource && $0.module == "Electricity" }
        .flatMap { file in
            types.flatMap { type in
                offsets(of: type, in: file.code).map {
                    file.finding(at: $0, "\(type): money and energy are integers")
                }
            }
                + numbers(in: file).filter { isFraction($0, in: file.code) }.map {
                    file.finding(at: $0.offset, "a fraction: money and energy are integers")
                }
        }
}

@Suite("Numbers")
struct NumberRules {
    @Test("every bound of the HTTP server stands in Limits.swift")
    func limits() {
        expectClean(unnamedLimits)
        expectFindings(1, unnamedLimits, "Sources/HTTP/A.swift", "let size = 8_192\nlet n = 1024\n")
        expectFindings(1, unnamedLimits, "Sources/HTTP/A.swift", "let size = 0x1000\n")
        expectFindings(0, unnamedLimits, "Sources/HTTP/Limits.swift", "let size = 8_192\n")
        expectFindings(0, unnamedLimits, "Sources/HTTP/A.swift", "// RFC 9112\nlet s = \"9112\"\n")
    }

    @Test("Electricity holds no price and no date of law")
    func prices() {
        expectClean(pricesInCode)
        expectFindings(
            2, pricesInCode, "Sources/Electricity/A.swift",
            "let first = 1_984\nlet second = 2380\nlet unit = 1_000_000\nlet days = 365\n")
        expectFindings(0, pricesInCode, "Sources/Electricity/LocalDate.swift", "let d = 146_097\n")
    }

    @Test("Electricity computes in integers")
    func integers() {
        expectClean(floatingPoint)
        expectFindings(1, floatingPoint, "Sources/Electricity/A.swift", "let kWh: Double = 1\n")
        expectFindings(0, floatingPoint, "Sources/Electricity/A.swift", "let isDoubled = true\n")
        expectFindings(
            2, floatingPoint, "Sources/Electricity/A.swift", "let vat = 0.08\nlet kWh = 1e3\n")
        expectFindings(
            0, floatingPoint, "Sources/Electricity/A.swift",
            "let a = 1...3\nlet b = pair.0.1\nlet c = f { $0.1 }\nlet d = 0x1e\n")
    }
}
