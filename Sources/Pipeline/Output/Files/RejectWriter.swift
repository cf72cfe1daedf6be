import Records

/// The rejects file: records that could not be read as rows (contract, section 5).
final class RejectWriter {
    /// Contract, section 5.
    static let columns = ["file", "line", "record", "reason", "raw"]
    private let csv = CSVText()
    let file: OutputFile

    /// - Parameter keeping: bytes of an earlier attempt that stand; nil starts anew.
    init(_ path: String, keeping kept: Int? = nil) throws {
        file = try OutputFile(path, keeping: kept)
        if kept == nil { try file.write(csv.row(Self.columns)) }
    }

    func write(_ rejects: [Reject]) throws {
        guard !rejects.isEmpty else { return }
        var out: [UInt8] = []
        for reject in rejects {
            out += csv.row([reject.file, String(reject.line), String(reject.record), reject.reason, reject.raw])
        }
        try file.write(out)
    }
}
