import Foundation
import Records

/// The bytes of one file, or of standard input.
final class FileReader: ByteStream {
    let name: String
    private let descriptor: Int32
    private let isStandardInput: Bool
    private(set) var taken = 0

    /// - Parameter path: a path, or `-` for standard input.
    /// - Throws: ``Diagnostic`` `no_input`, `input_is_directory` or `unreadable_input`.
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

    /// Everything that another stream has left, in a file of its own that is gone when it is closed.
    ///
    /// For what must be read out of order, such as a ZIP archive on standard input.
    init(spooling stream: any ByteStream, name: String) throws {
        self.name = name
        isStandardInput = false
        descriptor = try UnnamedFile.make()
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            while true {
                let count = try stream.read(into: buffer)
                guard count > 0 else { break }
                try UnnamedFile.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: descriptor)
            }
        }
        lseek(descriptor, 0, SEEK_SET)
    }

    /// The same file from its first byte, for whoever reads it at another place.
    func again() throws -> FileReader { try FileReader(reopening: self) }

    private init(reopening other: FileReader) throws {
        name = other.name
        isStandardInput = false
        let path = "/proc/self/fd/\(other.descriptor)"
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(opening: name, errno) }
    }

    /// Runs also where an initialiser throws, so nothing else may close the descriptor.
    deinit {
        if !isStandardInput { close(descriptor) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 {
                taken += count
                return count
            }
            if errno != EINTR {
                throw Diagnostic(
                    code: "unreadable_input", "reading failed: \(String(cString: strerror(errno)))", file: name)
            }
        }
    }

    func skip(_ count: Int) throws -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return try skipByReading(count)
        }
        let skipped = max(0, min(count, Int(status.st_size) - taken))
        try seek(to: taken + skipped)
        return skipped
    }

    /// Whether ``seek(to:)`` works: not on pipes.
    var canSeek: Bool { lseek(descriptor, 0, SEEK_CUR) >= 0 }

    var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    func seek(to byte: Int) throws {
        guard lseek(descriptor, off_t(byte), SEEK_SET) >= 0 else {
            throw Diagnostic(
                code: "unreadable_input", "reading failed: \(String(cString: strerror(errno)))", file: name)
        }
        taken = byte
    }

    private func skipByReading(_ count: Int) throws -> Int {
        var left = count
        var scratch = [UInt8](repeating: 0, count: 1 << 16)
        while left > 0 {
            let wanted = min(left, scratch.count)
            let count = try scratch.withUnsafeMutableBytes { (buffer: UnsafeMutableRawBufferPointer) -> Int in
                try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            }
            if count == 0 { break }
            left -= count
        }
        return count - left
    }

    static func failure(opening path: String, _ code: Int32) -> Diagnostic {
        code == ENOENT
            ? Diagnostic(
                code: "no_input", "no such file", file: path,
                hint: "check the path; it is relative to the current folder")
            : Diagnostic(code: "unreadable_input", String(cString: strerror(code)), file: path)
    }
}
