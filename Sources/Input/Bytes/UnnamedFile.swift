import Foundation
import Records

/// A file that nobody else can open and that is gone when it is closed, for what must not fill the memory.
enum UnnamedFile {
    /// - Returns: a descriptor for reading and writing, which the caller closes.
    /// - Throws: ``Diagnostic`` `write_failed`.
    static func make() throws -> Int32 {
        var name = Array((folder + "/millrace-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw failure() }
        unlink(name)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    static func append(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        var written = 0
        while written < bytes.count {
            let count = write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            written += count
        }
    }

    private static var folder: String { ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp" }

    private static func failure() -> Diagnostic {
        Diagnostic(
            code: "write_failed", "a temporary file cannot be written: \(String(cString: strerror(errno)))",
            file: folder, hint: "make room there, or set TMPDIR to another folder")
    }
}
