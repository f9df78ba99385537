/// The three parallel arrays in which libpq takes parameters; they grow and are reused.
@safe
struct EncodedParameters: ~Copyable {
    private(set) var count: Int32 = 0
    private(set) var values: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private(set) var lengths: UnsafeMutablePointer<Int32>
    private(set) var formats: UnsafeMutablePointer<Int32>
    private var capacity = 16

    init() {
        unsafe values = .allocate(capacity: capacity)
        unsafe lengths = .allocate(capacity: capacity)
        unsafe formats = .allocate(capacity: capacity)
    }

    deinit {
        unsafe values.deallocate()
        unsafe lengths.deallocate()
        unsafe formats.deallocate()
    }

    /// Points at the buffer's values for the time of `body`.
    mutating func withParameters<Answer>(
        in buffer: borrowing ParameterBuffer, _ body: (borrowing EncodedParameters) -> Answer
    ) -> Answer {
        grow(to: buffer.places.count)
        count = Int32(buffer.places.count)
        return unsafe buffer.bytes.withUnsafeBytes { bytes in
            // An empty buffer has no address, and libpq takes a null pointer for NULL.
            let start = unsafe bytes.baseAddress ?? UnsafeRawPointer(lengths)
            for (index, place) in buffer.places.enumerated() {
                unsafe values[index] = place.offset.map {
                    unsafe (start + $0).assumingMemoryBound(to: CChar.self)
                }
                unsafe lengths[index] = place.length
                unsafe formats[index] = place.isBinary ? 1 : 0
            }
            return body(self)
        }
    }

    private mutating func grow(to needed: Int) {
        guard needed > capacity else { return }
        unsafe values.deallocate()
        unsafe lengths.deallocate()
        unsafe formats.deallocate()
        capacity = needed
        unsafe values = .allocate(capacity: capacity)
        unsafe lengths = .allocate(capacity: capacity)
        unsafe formats = .allocate(capacity: capacity)
    }
}
