import Crypto
import Foundation
import Records

/// A file that appears under its name only when it is whole; until then it is `NAME.partial`.
final class OutputFile {
    let path: String
    /// Bytes written so far.
    private(set) var length = 0
    /// Of these bytes; nil where that is not wanted, or an earlier attempt wrote some of them.
    private var hash: SHA256?
    private let descriptor: Int32
    private let isStandardOutput: Bool

    /// - Parameters:
    ///   - path: where it goes, or `-` for standard output.
    ///   - keeping: bytes of an earlier attempt that stand; nil starts anew.
    ///   - waiting: whether to wait where another run is writing it, as for a file that is written in a moment.
    ///   - isHashed: whether ``digest`` will be asked for.
    /// - Throws: ``Diagnostic`` `cannot_create_output`.
    init(_ path: String, keeping kept: Int? = nil, waiting: Bool = false, isHashed: Bool = false) throws {
        self.path = path
        hash = isHashed ? SHA256() : nil
        isStandardOutput = path == "-"
        guard !isStandardOutput else {
            descriptor = STDOUT_FILENO
            return
        }
        let folder = path.folderOfPath
        if !folder.isEmpty {
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw Diagnostic(
                code: "cannot_create_output", "this is a folder", file: path, hint: "name a file in it")
        }
        let partial = Self.partialPath(path)
        descriptor = try Self.opened(partial, path, waiting: waiting)
        if let kept {
            var status = stat()
            guard fstat(descriptor, &status) == 0, Int(status.st_size) >= kept, ftruncate(descriptor, off_t(kept)) == 0
            else {
                throw Diagnostic(
                    code: "output_changed", "what an earlier attempt wrote is gone: \(kept) bytes were there",
                    file: partial,
                    hint: "start over with --fresh; answers that were paid for stay known")
            }
            lseek(descriptor, off_t(kept), SEEK_SET)
            length = kept
            hash = nil
        } else {
            ftruncate(descriptor, 0)
        }
    }

    /// The file, which is nobody else's now: two runs that write one file would each take the other's rows away.
    private static func opened(_ partial: String, _ path: String, waiting: Bool) throws -> Int32 {
        while true {
            let descriptor = open(partial, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw Diagnostic(
                    code: "cannot_create_output", "this file cannot be written: \(String(cString: strerror(errno)))",
                    file: path, hint: "check that the folder exists and can be written to")
            }
            if flock(descriptor, waiting ? LOCK_EX : LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
                close(descriptor)
                throw Diagnostic(
                    code: "output_busy", "another run is writing this file", file: path,
                    hint: "wait until it has ended, or name another output")
            }
            // Whoever had it may have given it its name meanwhile: then it is whole, and not to be touched.
            var own = stat(), there = stat()
            if fstat(descriptor, &own) == 0, stat(partial, &there) == 0, own.st_ino == there.st_ino {
                return descriptor
            }
            close(descriptor)
        }
    }

    deinit { if !isStandardOutput { close(descriptor) } }

    static func partialPath(_ path: String) -> String { path + ".partial" }

    /// - Throws: ``Diagnostic`` `write_failed`, also where the disk is full.
    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = Foundation.write(
                    descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw failure()
                }
                written += count
            }
            hash?.update(bufferPointer: buffer)
        }
        length += bytes.count
    }

    /// What the bytes written so far are known again by; nil where somebody has to read them.
    var digest: FileDigest? { hash.map { FileDigest(bytes: length, $0) } }

    /// Puts everything written so far on the disk.
    func sync() throws {
        guard !isStandardOutput else { return }
        if fsync(descriptor) != 0 { throw failure() }
    }

    /// Writes a file as a whole.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try OutputFile(path, waiting: true)
        try file.write(bytes)
        try file.publish()
    }

    /// Puts everything on the disk and gives the file its name.
    func publish() throws {
        try sync()
        try Self.publish(path)
    }

    /// Takes the file away again.
    func discard() { unlink(Self.partialPath(path)) }

    /// Gives a file its name, which must be synced; one that has it already stays as it is.
    static func publish(_ path: String) throws {
        guard path != "-", access(partialPath(path), F_OK) == 0 else { return }
        guard rename(partialPath(path), path) == 0 else { throw failure(path) }
        let folder = path.folderOfPath
        let directory = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }

    private func failure() -> Diagnostic { Self.failure(path) }

    private static func failure(_ path: String) -> Diagnostic {
        let code = errno
        return Diagnostic(
            code: "write_failed", "writing failed: \(String(cString: strerror(code)))", file: path,
            hint: code == ENOSPC ? "make room on the disk, then run the same command again" : nil)
    }
}
