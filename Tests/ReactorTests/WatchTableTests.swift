import Testing

@testable import Reactor

/// Finding handlers by token, and not finding those that are gone.
struct WatchTableTests {
    @Test("a token finds its own handler")
    func lookup() {
        var table = WatchTable()
        let handlers = (0..<5).map { _ in Recorder() }
        let watches = handlers.enumerated().map { number, handler in
            table.insert(handler, descriptor: Int32(number))
        }
        for (number, watch) in watches.enumerated() {
            #expect(Watch(token: watch.token) == watch)
            #expect(table.handler(for: watch) === handlers[number])
            #expect(table.descriptor(of: watch) == Int32(number))
        }
        #expect(table.count == 5)
    }

    @Test("a watch that has ended is not found after its slot was given away again")
    func staleWatch() {
        var table = WatchTable()
        let former = Recorder()
        let present = Recorder()
        let stale = table.insert(former, descriptor: 7)
        #expect(table.remove(stale) == 7)
        #expect(table.remove(stale) == nil)
        #expect(table.handler(for: stale) == nil)
        let fresh = table.insert(present, descriptor: 7)
        #expect(fresh.slot == stale.slot)
        #expect(table.handler(for: stale) == nil)
        #expect(table.descriptor(of: stale) == nil)
        #expect(table.remove(stale) == nil)
        #expect(table.handler(for: fresh) === present)
        #expect(table.count == 1)
    }

    @Test("a token of a slot that never was finds nobody")
    func unknownSlot() {
        let table = WatchTable()
        #expect(table.handler(for: Watch(token: .max)) == nil)
        #expect(table.handler(for: Watch(slot: 0, generation: 0)) == nil)
    }

    @Test("random insertions and removals keep every live watch and no dead one")
    func randomUse() {
        var generator = SeededGenerator(seed: 42)
        var table = WatchTable()
        var live: [(watch: Watch, handler: Recorder)] = []
        var dead: [Watch] = []
        for round in 0..<1_000 {
            if live.isEmpty || Bool.random(using: &generator) {
                let handler = Recorder()
                live.append((table.insert(handler, descriptor: Int32(round)), handler))
            } else {
                let chosen = Int.random(in: 0..<live.count, using: &generator)
                let watch = live.remove(at: chosen).watch
                #expect(table.remove(watch) != nil)
                dead.append(watch)
            }
        }
        #expect(table.count == live.count)
        for entry in live { #expect(table.handler(for: entry.watch) === entry.handler) }
        for watch in dead { #expect(table.handler(for: watch) == nil) }
    }
}
