import Glibc
import Testing

@testable import Reactor

@Suite("Blocking thread and disk folder")
struct BlockingThreadTests {
    /// A new folder that is removed afterwards.
    private func inFolder(_ body: (DiskFolder) async throws -> Void) async throws {
        let folder = try DiskFolder("/tmp/disk-folder-\(UInt64.random(in: .min ... .max))")
        defer {
            for name in (try? folder.names(atMost: 100)) ?? [] {
                // A folder inside is empty by then.
                _ = unsafe Glibc.remove("\(folder.path)/\(name)")
            }
            _ = unsafe rmdir(folder.path)
        }
        try await body(folder)
    }

    @Test("a call runs on the other thread, and its caller goes on where it was")
    func hops() async throws {
        let thread = try BlockingThread()
        defer { thread.stopAndJoin() }
        let fixture = try LoopFixture()
        let outcome = fixture.run { _ -> [UInt] in
            let own = pthread_self()
            do throws(SystemError) {
                let other = try await thread.run { () throws(SystemError) in pthread_self() }
                let back = pthread_self()
                try await thread.run { () throws(SystemError) in
                    throw SystemError(call: "write", number: ENOSPC)
                }
                return [own, other, back]
            } catch {
                return [own, own, pthread_self(), UInt(error.number)]
            }
        }
        // The failure is the last call's, so the first one had an answer.
        let found = try #require(outcome)
        #expect(found.last == UInt(ENOSPC))
        #expect(found[0] == found[2])
        let other = fixture.run { _ in
            (try? await thread.run { () throws(SystemError) in pthread_self() }) ?? 0
        }
        #expect(other != 0 && other != found[0])
    }

    @Test("a file appears in its place as a whole, and is read, listed and removed there")
    func file() async throws {
        try await inFolder { folder in
            let place = try folder.folder("place")
            let file = try folder.create("draft")
            try file.append([1, 2])
            try file.append([3])
            try file.synchronize()
            #expect(place.read("draft", atMost: 10) == nil)
            try folder.move("draft", to: place)
            #expect(place.read("draft", atMost: 10) == [1, 2, 3])
            #expect(place.read("draft", atMost: 2) == nil)
            #expect(try place.names(atMost: 10) == ["draft"])
            #expect(try place.names(atMost: 0).isEmpty)
            try place.remove("draft")
            try place.remove("draft")
            #expect(try place.names(atMost: 10).isEmpty)
        }
    }

    @Test("a file that is there is not begun again, and a folder must be one")
    func refusals() async throws {
        try await inFolder { folder in
            _ = try folder.create("file")
            #expect(throws: SystemError.self) { try folder.create("file") }
            #expect(throws: SystemError.self) { try folder.move("nothing", to: folder) }
            #expect(throws: SystemError.self) { try DiskFolder("\(folder.path)/file/inside") }
            try folder.remove("file")
        }
    }
}
