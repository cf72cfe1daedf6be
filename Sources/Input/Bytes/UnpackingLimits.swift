import Records

/// Keeps what is unpacked from filling memory or disk, whatever it claims to be.
struct UnpackingLimits {
    private let limits: RecordLimits
    private let name: String
    private var takenBefore = 0
    /// Bytes that came out so far, of this file.
    private(set) var unpacked = 0

    init(_ limits: RecordLimits, name: String) {
        self.limits = limits
        self.name = name
    }

    /// Begins with another file of the archive.
    mutating func restart(taken: Int) {
        takenBefore = taken
        unpacked = 0
    }

    /// - Parameters:
    ///   - count: bytes that came out.
    ///   - taken: bytes of the packed file that went in so far.
    /// - Throws: ``Diagnostic`` `archive_too_large`.
    mutating func add(_ count: Int, taken: Int) throws {
        unpacked += count
        let packed = max(1, taken - takenBefore)
        let isTooLarge = unpacked > limits.unpacked
        guard isTooLarge || unpacked > limits.harmless && unpacked / packed > limits.ratio else { return }
        throw Diagnostic(
            code: "archive_too_large",
            "this unpacks to more than \(isTooLarge ? "\(limits.unpacked) bytes" : "\(limits.ratio) times its size"), as files do that are made to do harm",
            file: name,
            hint: "where it is what it should be, raise input.limits.\(isTooLarge ? "archive_size" : "archive_ratio")")
    }
}
