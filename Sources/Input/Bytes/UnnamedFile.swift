import Foundation
import Records

/// A file that nobody else can open and that is gone when it is closed, for what must not fill the memory.
package enum UnnamedFile {
    /// - Returns: a descriptor for reading and writing, which the caller closes.
    /// - Throws: ``Diagnostic`` `write_failed`.
    package static func make() throws -> Int32 {
        // The Xs are mkstemp's to replace; nobody sees the name, since it is gone at once.
        var name = Array((folder + "/millrace-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw failure() }
        unlink(name)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    package static func append(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        var written = 0
        while written < bytes.count {
            let count = write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            written += count
        }
    }

    /// - Throws: ``Diagnostic`` `write_failed` where the bytes are not all there.
    package static func read(_ range: Range<Int>, from descriptor: Int32) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { room, count in
            while count < range.count {
                let got = pread(
                    descriptor, room.baseAddress.map { $0 + count }, range.count - count,
                    off_t(range.lowerBound + count))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { throw failure() }
                count += got
            }
        }
    }

    private static var folder: String { ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp" }

    private static func failure() -> Diagnostic {
        Diagnostic(
            code: "write_failed", "a temporary file cannot be written: \(String(cString: strerror(errno)))",
            file: folder, hint: "make room there, or set TMPDIR to another folder")
    }
}
