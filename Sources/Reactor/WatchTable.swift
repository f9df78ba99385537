/// The watched descriptors of one loop, by slot, so that an event finds its handler in one step.
///
/// A slot's generation grows when it is given away again: an event of the same batch that was
/// meant for the former owner of the slot then finds nobody.
struct WatchTable {
    /// A place for one watched descriptor; free when it has no handler.
    private struct Slot {
        var generation: UInt32 = 0
        var descriptor: Int32 = -1
        var handler: (any ReadinessHandler)?
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    /// How many descriptors are watched.
    var count: Int { slots.count - free.count }

    mutating func insert(_ handler: any ReadinessHandler, descriptor: Int32) -> Watch {
        let slot: UInt32
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot())
        }
        slots[Int(slot)].handler = handler
        slots[Int(slot)].descriptor = descriptor
        return Watch(slot: slot, generation: slots[Int(slot)].generation)
    }

    /// The handler behind a token, or nil when the watch has ended meanwhile.
    func handler(for watch: Watch) -> (any ReadinessHandler)? {
        guard Int(watch.slot) < slots.count else { return nil }
        let slot = slots[Int(watch.slot)]
        return slot.generation == watch.generation ? slot.handler : nil
    }

    /// Ends a watch and returns its descriptor, or nil when it has ended already.
    mutating func remove(_ watch: Watch) -> Int32? {
        guard let descriptor = descriptor(of: watch) else { return nil }
        slots[Int(watch.slot)].handler = nil
        slots[Int(watch.slot)].descriptor = -1
        slots[Int(watch.slot)].generation &+= 1
        free.append(watch.slot)
        return descriptor
    }

    func descriptor(of watch: Watch) -> Int32? {
        guard Int(watch.slot) < slots.count, slots[Int(watch.slot)].handler != nil,
            slots[Int(watch.slot)].generation == watch.generation
        else { return nil }
        return slots[Int(watch.slot)].descriptor
    }
}
