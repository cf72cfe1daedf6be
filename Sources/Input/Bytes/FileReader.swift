import Foundation
import Records

/// The bytes of one file, or of standard input, read forward.
final class FileReader {
    let name: String
    private let descriptor: Int32
    private let isStandardInput: Bool
    /// Bytes that were looked at before reading began.
    private var peeked: [UInt8] = []
    private var peekedTaken = 0

    /// - Parameter path: a path, or `-` for standard input.
    /// - Throws: ``Diagnostic`` `no_input` or `unreadable_input`.
    init(_ path: String) throws {
        isStandardInput = path == "-"
        name = isStandardInput ? "standard input" : path
        guard !isStandardInput else {
            descriptor = STDIN_FILENO
            return
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(opening: path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw Diagnostic(
                code: "input_is_directory", "this is a folder, not a file", file: path,
                hint: "name the files in it, for example '\(path)/*.csv'")
        }
    }

    /// Runs also where ``init(_:)`` throws, so nothing else may close the descriptor.
    deinit {
        if !isStandardInput { close(descriptor) }
    }

    /// The first bytes of the file, which stay to be read; fewer only where the file ends.
    func peek(_ count: Int) throws -> [UInt8] {
        var sample = [UInt8](repeating: 0, count: count)
        var filled = 0
        try sample.withUnsafeMutableBytes { buffer in
            while filled < count {
                let more = try readFile(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                if more == 0 { break }
                filled += more
            }
        }
        peeked = Array(sample[..<filled])
        return peeked
    }

    /// Fills `buffer` from its start as far as one read goes; 0 is the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard peekedTaken < peeked.count else { return try readFile(into: buffer) }
        let count = min(buffer.count, peeked.count - peekedTaken)
        buffer.copyBytes(from: peeked[peekedTaken..<(peekedTaken + count)])
        peekedTaken += count
        if peekedTaken == peeked.count { (peeked, peekedTaken) = ([], 0) }
        return count
    }

    private func readFile(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR {
                throw Diagnostic(
                    code: "unreadable_input", "reading failed: \(String(cString: strerror(errno)))", file: name)
            }
        }
    }

    /// Goes to a byte, before anything was read; what cannot seek is read and thrown away up to there.
    func skip(to byte: Int) throws {
        if lseek(descriptor, off_t(byte), SEEK_SET) >= 0 {
            (peeked, peekedTaken) = ([], 0)
            return
        }
        var left = byte
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            while left > 0 {
                let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)]))
                guard count > 0 else {
                    throw Diagnostic(
                        code: "input_changed", "the input ends before byte \(byte), where the run would go on",
                        file: name, hint: "feed the same input again, or start over with --fresh")
                }
                left -= count
            }
        }
    }

    static func failure(opening path: String, _ code: Int32) -> Diagnostic {
        code == ENOENT
            ? Diagnostic(
                code: "no_input", "no such file", file: path,
                hint: "check the path; it is relative to the current folder")
            : Diagnostic(code: "unreadable_input", String(cString: strerror(code)), file: path)
    }
}
