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
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        var hash = SHA256()
        var bytes = 0
        do {
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
                hash.update(data: piece)
                bytes += piece.count
            }
        } catch {
            return nil
        }
        self.init(bytes: bytes, hash)
    }
}
