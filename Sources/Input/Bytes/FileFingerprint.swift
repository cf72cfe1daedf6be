import Foundation
import Records

/// What a file looked like when a run began, to notice that it has changed since.
package struct FileFingerprint: Sendable, Codable, Equatable {
    /// In bytes.
    package var size: Int
    /// Nanoseconds since 1970.
    package var modified: Int

    /// - Returns: nil for standard input, a pipe or a device, which have neither.
    package static func of(_ path: String) throws -> FileFingerprint? {
        guard path != "-" else { return nil }
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileReader.failure(opening: path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        return FileFingerprint(
            size: Int(status.st_size),
            modified: Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec))
    }

    /// How `now` differs, in words for the person with the file; nil where it does not.
    package func difference(to now: FileFingerprint) -> String? {
        if size != now.size { return "it had \(size) bytes and has \(now.size)" }
        if modified != now.modified { return "it was written to in the meantime" }
        return nil
    }
}
