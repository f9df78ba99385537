import Glibc
import Reactor
import Testing

@Suite("Files that are read more than once")
struct FileInputTests {
    @Test("a file is read in pieces, and again from its beginning")
    func pieces() throws {
        let path = "/tmp/customer-care-file-input-\(getpid())"
        defer { _ = unsafe unlink(path) }
        try FileOutput.replace(path, with: Array("abcdef".utf8), mode: 0o600)
        let file = try FileInput(path)
        #expect(file.byteCount == 6)
        for _ in 0..<2 {
            #expect(try file.read(atMost: 4) == Array("abcd".utf8))
            #expect(try file.read(atMost: 4) == Array("ef".utf8))
            #expect(try file.read(atMost: 4) == [])
            try file.rewind()
        }
    }

    @Test("one that is not there, or is a folder, is refused")
    func refused() throws {
        #expect(throws: SystemError.self) { try FileInput("/tmp/customer-care/nothing") }
        #expect(throws: SystemError.self) { try FileInput("/tmp").read(atMost: 1) }
    }
}
