import Crypto
import Foundation
import Records

/// What a file is known again by.
struct FileDigest: Sendable, Equatable {
    let bytes: Int
    /// SHA-256 in hexadecimal digits.
    let sha256: String

    init(bytes: Int, _ hash: SHA256) {
        self.bytes = bytes
        sha256 = hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Reads the file.
    ///
    /// - Throws: ``Diagnostic`` `write_failed` where it cannot be read back.
    init(reading path: String) throws {
        guard let digest = FileDigest(of: path) else {
            throw Diagnostic(code: "write_failed", "the file that was written cannot be read back", file: path)
        }
        self = digest
    }

    /// Reads a file; nil where it cannot be read to its end.
    init?(of path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var hash = SHA256()
        var bytes = 0
        // One buffer for all of it: to be given a new one for each piece takes longer than to read and hash it.
        let isWhole = withUnsafeTemporaryAllocation(byteCount: 1 << 17, alignment: 64) { buffer in
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return count == 0 }
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                bytes += count
            }
        }
        guard isWhole else { return nil }
        self.init(bytes: bytes, hash)
    }
}
