import Records

/// What a file is packed in, by its first bytes and never by its name.
package enum Compression: String, Sendable, CaseIterable {
    case none, gzip, zstd, xz, bzip2, zip

    private var signature: [UInt8] {
        switch self {
        case .none: []
        case .gzip: [0x1F, 0x8B]
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
        case .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A]
        case .bzip2: [0x42, 0x5A, 0x68]
        case .zip: [0x50, 0x4B, 0x03, 0x04]
        }
    }

    /// Bytes that must be looked at.
    static let signatureLength = 5

    static func of(_ head: [UInt8]) -> Compression {
        // An archive without any entry begins with its end.
        if head.starts(with: [0x50, 0x4B, 0x05, 0x06]) { return .zip }
        return allCases.first { $0 != .none && head.starts(with: $0.signature) } ?? .none
    }

    /// The text in a stream, through one layer of packing.
    static func unpacked(_ bytes: PeekedBytes, limits: RecordLimits, name: String) throws -> (PeekedBytes, Compression)
    {
        let compression = of(try bytes.peek(signatureLength))
        guard compression != .none, compression != .zip else { return (bytes, compression) }
        let unpacked: any ByteStream =
            compression == .gzip
            ? try Gzip(bytes, limits: limits, name: name)
            : try Archive(bytes, kind: .compressed, limits: limits, name: name)
        return (PeekedBytes(unpacked), compression)
    }
}
