import CZstd
import Records

/// zstd for files that are written: the only place that knows it.
package enum Zstd {
    /// A frame of its own with some bytes, and their checksum; frames one after the other are one file (RFC 8878, 3).
    ///
    /// - Throws: ``Diagnostic`` `write_failed` where there is no memory for it.
    package static func frame(_ bytes: [UInt8]) throws -> [UInt8] {
        guard let context = ZSTD_createCCtx() else { throw failure }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        let frame = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { room, count in
            let written = ZSTD_compress2(context, room.baseAddress, room.count, bytes, bytes.count)
            count = ZSTD_isError(written) == 0 ? written : 0
        }
        guard !frame.isEmpty else { throw failure }
        return frame
    }

    private static let failure = Diagnostic(code: "write_failed", "there is no memory to compress the output")
}
