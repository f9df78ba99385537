import Glibc
import Testing

@testable import Reactor

/// A pipe whose ends are closed with it.
private struct Pipe: ~Copyable {
    let reading: Descriptor
    let writingNumber: Int32
    private var writing: Descriptor?

    init() throws(SystemError) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw .last("pipe") }
        reading = Descriptor(owning: ends[0])
        writingNumber = ends[1]
        writing = Descriptor(owning: ends[1])
    }

    /// Closes the writing end and reads what has been written.
    mutating func rest() -> [UInt8] {
        writing = nil
        var content: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(reading.number, &part, part.count)
            if count <= 0 { return content }
            content.append(contentsOf: part[..<count])
        }
    }
}

@Suite("LineWriter")
struct LineWriterTests {
    @Test("lines arrive whole and in their order")
    func order() throws {
        var pipe = try Pipe()
        let writer = try LineWriter(to: pipe.writingNumber)
        let lines = (0..<200).map { "line \($0)" }
        for line in lines { writer.write(Array(line.utf8)) }
        writer.stopAndJoin()
        let text = String(decoding: pipe.rest(), as: UTF8.self)
        #expect(text == lines.map { $0 + "\n" }.joined())
        #expect(writer.droppedCount == 0)
    }

    @Test("a reader that takes nothing costs lines, not time")
    func fullQueue() throws {
        var pipe = try Pipe()
        let flags = fcntl(pipe.writingNumber, F_GETFL)
        _ = fcntl(pipe.writingNumber, F_SETFL, flags | O_NONBLOCK)
        var filled = 0
        let filling = [UInt8](repeating: 0x20, count: 4_096)
        while true {
            let count = unsafe write(pipe.writingNumber, filling, filling.count)
            if count <= 0 { break }
            filled += count
        }
        let writer = try LineWriter(to: pipe.writingNumber, capacity: 4)
        for _ in 0..<1_000 { writer.write(Array("x".utf8)) }
        #expect(writer.droppedCount > 0)
        writer.stopAndJoin()
        #expect(writer.droppedCount == 1_000)
        #expect(pipe.rest().count == filled)
    }

    @Test("a full disk drops lines and counts them")
    func fullDisk() throws {
        let number = unsafe open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(number >= 0)
        let full = Descriptor(owning: number)
        let writer = try LineWriter(to: full.number)
        for _ in 0..<10 { writer.write(Array("lost".utf8)) }
        writer.stopAndJoin()
        #expect(writer.droppedCount == 10)
    }

    @Test("a line that is too long is dropped")
    func longLine() throws {
        var pipe = try Pipe()
        let writer = try LineWriter(to: pipe.writingNumber)
        let limit = LineWriter.maximumLineBytes
        writer.write([UInt8](repeating: 0x61, count: limit))
        writer.write([UInt8](repeating: 0x62, count: limit - 1))
        writer.stopAndJoin()
        #expect(writer.droppedCount == 1)
        #expect(pipe.rest() == [UInt8](repeating: 0x62, count: limit - 1) + [0x0A])
    }

    @Test("what comes after the stop is dropped")
    func afterStop() throws {
        var pipe = try Pipe()
        let writer = try LineWriter(to: pipe.writingNumber)
        writer.stopAndJoin()
        writer.write([0x61])
        #expect(writer.droppedCount == 1)
        #expect(pipe.rest().isEmpty)
    }

    @Test("the process is told about itself")
    func process() throws {
        let status = try #require(ProcessFile.read("/proc/self/status"))
        #expect(String(decoding: status, as: UTF8.self).contains("VmRSS:"))
        #expect(ProcessFile.read("/proc/self/nothing") == nil)
        #expect(try #require(ProcessFile.openDescriptorCount()) > 2)
        #expect(Surroundings.processorCount >= 1)
        #expect(Surroundings.environment["PATH"] != nil)
    }
}
